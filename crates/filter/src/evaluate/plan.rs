//! In which order conditions are evaluated, and which are the same.

use crate::check::scope::Scope;
use crate::check::source::{Source, State};
use crate::check::{Condition, Test, compare};
use crate::value::Extracted;
use crate::{Env, FieldUse, check::compare::Against};
use capture_batch::{Differ, Needs, Row, View};
use std::collections::HashMap;
use std::fmt::Write;

/// Conditions, each once, and how they are combined.
pub(crate) struct Plan {
    /// The conditions.
    pub tests: Vec<Test>,
    /// As written.
    pub written: Node,
    /// As it is evaluated over batches: what is cheap first, as far as that changes no answer.
    pub arranged: Node,
    /// How many memories an evaluation needs.
    pub memories: usize,
    /// How many groups of sources share their values.
    pub shared: usize,
}

/// A condition or a combination.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// One of [`Plan::tests`].
    Test(usize),
}

impl Plan {
    /// A plan for a condition.
    pub fn new(condition: Condition, memories: usize, shared: usize) -> Self {
        let mut numbered = Numbered { tests: Vec::new(), by_text: HashMap::new() };
        let written = numbered.node(condition);
        let arranged = arranged(&written, &numbered.tests);
        Plan { tests: numbered.tests, written, arranged, memories, shared }
    }

    /// Whether an answer depends on the rows before.
    pub fn is_ordered(&self) -> bool {
        self.tests.iter().any(|test| test.scope == Scope::Order)
    }

    /// What an evaluation remembers at its start.
    pub fn state(&self) -> State {
        State::new(self.memories, self.shared)
    }
}

/// Gives every condition a number, the same to those that say the same. Conditions that depend on the order of events
/// keep a memory each and so stay apart.
struct Numbered {
    tests: Vec<Test>,
    by_text: HashMap<String, usize>,
}

impl Numbered {
    fn node(&mut self, condition: Condition) -> Node {
        match condition {
            Condition::All(parts) => Node::All(self.nodes(parts)),
            Condition::Any(parts) => Node::Any(self.nodes(parts)),
            Condition::Not(inner) => match self.node(*inner) {
                Node::Not(inner) => *inner,
                inner => Node::Not(Box::new(inner)),
            },
            Condition::Test(test) => Node::Test(self.number(*test)),
        }
    }

    fn nodes(&mut self, parts: Vec<Condition>) -> Vec<Node> {
        parts.into_iter().map(|part| self.node(part)).collect()
    }

    fn number(&mut self, test: Test) -> usize {
        let next = self.tests.len();
        if test.scope != Scope::Order {
            let known = *self.by_text.entry(test.text.clone()).or_insert(next);
            if known != next {
                return known;
            }
        }
        self.tests.push(test);
        next
    }
}

/// The same with cheap conditions first. Conditions in order stay where they are and see the same rows.
fn arranged(node: &Node, tests: &[Test]) -> Node {
    match node {
        Node::Test(test) => Node::Test(*test),
        Node::Not(inner) => Node::Not(Box::new(arranged(inner, tests))),
        Node::All(parts) => Node::All(arranged_parts(parts, tests)),
        Node::Any(parts) => Node::Any(arranged_parts(parts, tests)),
    }
}

fn arranged_parts(parts: &[Node], tests: &[Test]) -> Vec<Node> {
    let mut parts: Vec<Node> = parts.iter().map(|part| arranged(part, tests)).collect();
    let in_order = |part: &Node| cost(part, tests).0 == Scope::Order;
    for run in parts.split_mut(in_order) {
        run.sort_by_key(|part| cost(part, tests));
    }
    parts
}

/// The dearest of the conditions, and how many there are.
fn cost(node: &Node, tests: &[Test]) -> (Scope, usize) {
    match node {
        Node::Test(test) => (tests.get(*test).map_or(Scope::Row, |test| test.scope), 1),
        Node::Not(inner) => cost(inner, tests),
        Node::All(parts) | Node::Any(parts) => parts
            .iter()
            .map(|part| cost(part, tests))
            .fold((Scope::Nothing, 0), |(dearest, count), (scope, more)| (dearest.max(scope), count + more)),
    }
}

impl Test {
    /// What else is looked at where an event has no object: what its parameters name ([`Needs::REFERENCES`]), options
    /// behind it ([`Needs::OPTIONS`]).
    pub fn looks_beyond_the_object(&self, view: View) -> Needs {
        let against = match &self.against {
            Against::Source(source, _) => source.needs(view),
            Against::Nothing | Against::Constants(_) => Needs::empty(),
        };
        (self.left.needs(view) | against) & (Needs::REFERENCES | Needs::OPTIONS)
    }

    /// What makes a difference to it between rows of a type, if it depends on some parameters ([`Scope::Params`]).
    pub fn differ(&self, view: View, code: u16) -> Differ {
        let of_type = |(field, info): (&FieldUse, _)| (field.field.differ)(view, info, &field.arg);
        self.left.reader.field().zip(view.event(code)).map_or(Differ::InMore, of_type)
    }

    /// Whether the condition holds for a row.
    pub fn holds(&self, row: Row<'_>, env: &Env, state: &mut State) -> bool {
        let values = self.left.read(row, env, state);
        match (&values, &self.against) {
            (Extracted::None, _) => false,
            (Extracted::Many(values), _) if self.empty_is_missing && values.is_empty() => false,
            (_, Against::Nothing) => true,
            (values, Against::Constants(fits)) => self.quantifier.holds(values, fits),
            (values, Against::Source(right, comparison)) => {
                let right = Source::read(right, row, env, state);
                self.quantifier.holds(values, |left| compare::on_values(*comparison, left, &right))
            }
        }
    }
}

/// The plan as text: one line a condition, with how often it is computed, as it is evaluated over batches.
pub(crate) fn describe(plan: &Plan) -> String {
    let mut text = String::new();
    describe_node(plan, &plan.arranged, 0, &mut text);
    text
}

fn describe_node(plan: &Plan, node: &Node, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let (title, parts): (&str, &[Node]) = match node {
        Node::All(parts) => ("all of", parts),
        Node::Any(parts) => ("any of", parts),
        Node::Not(inner) => ("not", std::slice::from_ref(inner)),
        Node::Test(test) => {
            if let Some(test) = plan.tests.get(*test) {
                let _ = writeln!(text, "{indent}{}: {}", test.scope.words(), test.text);
            }
            return;
        }
    };
    let _ = writeln!(text, "{indent}{title}");
    parts.iter().for_each(|part| describe_node(plan, part, depth + 1, text));
}
