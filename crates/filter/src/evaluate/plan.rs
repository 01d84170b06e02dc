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
    /// They and their combinations, each once.
    pub nodes: Nodes,
    /// The whole as written.
    pub written: usize,
    /// The whole as it is evaluated over batches: what is cheap first, as far as that changes no answer.
    pub arranged: usize,
    /// How many memories an evaluation needs.
    pub memories: usize,
    /// How many groups of sources share their values.
    pub shared: usize,
}

/// A condition or a combination. Parts are numbers of [`Nodes`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    All(Vec<usize>),
    Any(Vec<usize>),
    Not(usize),
    /// One of the conditions, by its number.
    Test(usize),
}

/// Conditions and combinations, each once; parts come before what they are parts of.
#[derive(Default)]
pub(crate) struct Nodes {
    all: Vec<Node>,
    numbers: HashMap<Node, usize>,
}

impl Nodes {
    /// The number of a node.
    pub fn number(&mut self, node: Node) -> usize {
        let next = self.all.len();
        let number = *self.numbers.entry(node.clone()).or_insert(next);
        if number == next {
            self.all.push(node);
        }
        number
    }

    /// The node with a number.
    pub fn get(&self, number: usize) -> Option<&Node> {
        self.all.get(number)
    }

    /// All of them, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Node> {
        self.all.iter()
    }
}

impl Node {
    /// The numbers of its parts.
    pub fn parts(&self) -> &[usize] {
        match self {
            Node::All(parts) | Node::Any(parts) => parts,
            Node::Not(inner) => std::slice::from_ref(inner),
            Node::Test(_) => &[],
        }
    }

    /// The same with other numbers for its parts.
    pub fn renumbered(&self, mut number: impl FnMut(usize) -> usize) -> Node {
        match self {
            Node::All(parts) => Node::All(parts.iter().map(|part| number(*part)).collect()),
            Node::Any(parts) => Node::Any(parts.iter().map(|part| number(*part)).collect()),
            Node::Not(inner) => Node::Not(number(*inner)),
            Node::Test(test) => Node::Test(*test),
        }
    }
}

impl Plan {
    /// A plan for a condition.
    pub fn new(condition: Condition, memories: usize, shared: usize) -> Self {
        let mut numbered = Numbered { tests: Vec::new(), by_text: HashMap::new(), nodes: Nodes::default() };
        let written = numbered.node(condition);
        let arranged = numbered.arranged(written);
        Plan { tests: numbered.tests, nodes: numbered.nodes, written, arranged, memories, shared }
    }

    /// Whether an answer of a node depends on the rows before.
    pub fn is_ordered(&self, number: usize) -> bool {
        match self.nodes.get(number) {
            Some(Node::Test(test)) => self.tests.get(*test).is_some_and(|test| test.scope == Scope::Order),
            Some(node) => node.parts().iter().any(|part| self.is_ordered(*part)),
            None => false,
        }
    }

    /// The conditions in a node, from left to right, each as often as it stands there.
    pub fn leaves(&self, number: usize) -> Vec<usize> {
        match self.nodes.get(number) {
            Some(Node::Test(_)) => vec![number],
            Some(node) => node.parts().iter().flat_map(|part| self.leaves(*part)).collect(),
            None => Vec::new(),
        }
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
    nodes: Nodes,
}

impl Numbered {
    fn node(&mut self, condition: Condition) -> usize {
        let node = match condition {
            Condition::All(parts) => Node::All(self.parts(parts)),
            Condition::Any(parts) => Node::Any(self.parts(parts)),
            Condition::Not(inner) => {
                let inner = self.node(*inner);
                match self.nodes.get(inner) {
                    Some(Node::Not(twice)) => return *twice,
                    _ => Node::Not(inner),
                }
            }
            Condition::Test(test) => Node::Test(self.test(*test)),
        };
        self.nodes.number(node)
    }

    fn parts(&mut self, parts: Vec<Condition>) -> Vec<usize> {
        parts.into_iter().map(|part| self.node(part)).collect()
    }

    fn test(&mut self, test: Test) -> usize {
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

    /// The same with cheap conditions first. Conditions in order stay where they are and see the same rows.
    fn arranged(&mut self, number: usize) -> usize {
        let node = match self.nodes.get(number).cloned() {
            Some(Node::All(parts)) => Node::All(self.arranged_parts(&parts)),
            Some(Node::Any(parts)) => Node::Any(self.arranged_parts(&parts)),
            Some(Node::Not(inner)) => Node::Not(self.arranged(inner)),
            Some(Node::Test(_)) | None => return number,
        };
        self.nodes.number(node)
    }

    fn arranged_parts(&mut self, parts: &[usize]) -> Vec<usize> {
        let mut parts: Vec<usize> = parts.iter().map(|part| self.arranged(*part)).collect();
        let in_order = |part: &usize| self.cost(*part).0 == Scope::Order;
        for run in parts.split_mut(in_order) {
            run.sort_by_key(|part| self.cost(*part));
        }
        parts
    }

    /// The dearest of the conditions, and how many there are.
    fn cost(&self, number: usize) -> (Scope, usize) {
        match self.nodes.get(number) {
            Some(Node::Test(test)) => (self.tests.get(*test).map_or(Scope::Row, |test| test.scope), 1),
            Some(node) => {
                let parts = node.parts().iter().map(|part| self.cost(*part));
                parts.fold((Scope::Nothing, 0), |(dearest, count), (scope, more)| (dearest.max(scope), count + more))
            }
            None => (Scope::Nothing, 0),
        }
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
pub(crate) fn describe(plan: &Plan, number: usize) -> String {
    let mut text = String::new();
    describe_node(plan, number, 0, &mut text);
    text
}

fn describe_node(plan: &Plan, number: usize, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let Some(node) = plan.nodes.get(number) else { return };
    let title = match node {
        Node::All(_) => "all of",
        Node::Any(_) => "any of",
        Node::Not(_) => "not",
        Node::Test(test) => {
            if let Some(test) = plan.tests.get(*test) {
                let _ = writeln!(text, "{indent}{}: {}", test.scope.words(), test.text);
            }
            return;
        }
    };
    let _ = writeln!(text, "{indent}{title}");
    node.parts().iter().for_each(|part| describe_node(plan, *part, depth + 1, text));
}
