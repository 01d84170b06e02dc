//! A condition as a tree whose nodes can be looked at one by one.

use crate::rule_set::Rule;
use capture_batch::View;
use capture_filter::language::ast::{Check, Expr, Literal, Operand, Right};
use capture_filter::language::operator::Comparison;
use capture_filter::language::span::Span;
use capture_filter::{Env, Filter};

/// A rule's condition, its exceptions included. Nodes come before their parts; the first is the whole.
pub struct Tree {
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// A part of a condition.
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The numbers of its parts.
    pub parts: Vec<usize>,
    /// Where it begins: [`RuleSet::origin`](crate::RuleSet::origin) tells in what and where that was written.
    pub span: Span,
}

/// What a node is.
pub enum Kind {
    /// All parts have to hold.
    All,
    /// One part has to hold.
    Any,
    /// Its part must not hold.
    Not,
    /// A macro of this name; its part is what that stands for.
    Macro(String),
    /// A comparison.
    Check(Box<Leaf>),
}

/// A comparison.
pub struct Leaf {
    /// As text, with lists written out.
    pub text: String,
    /// It alone.
    pub filter: Filter,
    /// What is compared, as text: fields, transformers.
    pub operands: Vec<String>,
    /// The values of a list of which one is enough.
    pub items: Vec<Item>,
}

/// A value of a list.
pub struct Item {
    /// The value, as text.
    pub text: String,
    /// Where it was written.
    pub span: Span,
    /// The comparison with this value alone.
    pub filter: Filter,
}

impl Tree {
    /// The condition of a rule.
    pub fn new(rule: &Rule) -> Tree {
        let mut tree = Tree { nodes: Vec::new() };
        tree.add(rule.filter.expr(), &mut rule.filter.comparisons().into_iter());
        tree
    }

    /// Adds an expression; gives its number.
    fn add(&mut self, expr: &Expr, comparisons: &mut impl Iterator<Item = Filter>) -> usize {
        let number = self.nodes.len();
        let (kind, parts): (_, &[Expr]) = match expr {
            Expr::And(parts) => (Kind::All, parts),
            Expr::Or(parts) => (Kind::Any, parts),
            Expr::Not(inner) => (Kind::Not, std::slice::from_ref(inner)),
            Expr::Macro(name, inner) => (Kind::Macro(name.name.clone()), std::slice::from_ref(inner)),
            Expr::Check(check) => (comparisons.next().map_or(Kind::Any, |filter| leaf(check, filter)), &[]),
            // Names that stand for nothing are faults: there is no rule with one.
            Expr::Name(_) => (Kind::Any, &[]),
        };
        self.nodes.push(Node { kind, parts: Vec::new(), span: begin(expr) });
        let parts = parts.iter().map(|part| self.add(part, comparisons)).collect();
        if let Some(node) = self.nodes.get_mut(number) {
            node.parts = parts;
        }
        number
    }

    /// The comparisons and the numbers of their nodes.
    pub fn leaves(&self) -> impl Iterator<Item = (usize, &Leaf)> {
        self.nodes.iter().enumerate().filter_map(|(number, node)| match &node.kind {
            Kind::Check(leaf) => Some((number, &**leaf)),
            _ => None,
        })
    }
}

/// What stands first in an expression.
fn begin(expr: &Expr) -> Span {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.first().map(begin).unwrap_or_default(),
        Expr::Not(inner) => begin(inner),
        Expr::Check(check) => check.span,
        Expr::Name(name) | Expr::Macro(name, _) => name.span,
    }
}

fn leaf(check: &Check, filter: Filter) -> Kind {
    let items = items(check, filter.view());
    let right = match &check.right {
        Right::Operand(operand) => Some(operand),
        _ => None,
    };
    let read = |operand: &&Operand| matches!(operand, Operand::Field(_) | Operand::Transformer(_));
    let operands = [Some(&check.left), right].into_iter().flatten().filter(read).map(ToString::to_string).collect();
    Kind::Check(Box::new(Leaf { text: check.to_string(), filter, operands, items }))
}

/// The values of a list, if a comparison with one of them is enough for the whole.
fn items(check: &Check, view: View) -> Vec<Item> {
    let Right::List(literals) = &check.right else { return Vec::new() };
    if literals.len() < 2 || matches!(check.operator.comparison, Comparison::Equal { negated: true }) {
        return Vec::new();
    }
    let item = |literal: &Literal| {
        let alone = Check { right: Right::List(vec![literal.clone()]), ..check.clone() };
        let alone = Filter::from_expr(Expr::Check(Box::new(alone)), "", view, &Env::default());
        Some(Item { text: literal.to_string(), span: literal.span, filter: alone.ok()? })
    };
    literals.iter().filter_map(item).collect()
}
