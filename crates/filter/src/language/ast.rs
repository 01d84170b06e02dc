//! The expression a filter's text stands for, before anything is looked up.
//!
//! Rules are put together from such expressions: a macro's name is an [`Expr::Name`] until
//! [`Expr::replace_names`] puts the macro in its place, and [`Expr::and`], [`Expr::or`] and [`Expr::not`] combine
//! what was written in different places. So that a place can be told from one number, whoever combines several texts
//! moves the spans of each ([`Expr::move_spans`]) to a range of its own.

use super::operator::{Modifier, Operator};
use super::span::Span;
use std::sync::Arc;

/// A condition, or several combined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// All hold.
    And(Vec<Expr>),
    /// One holds.
    Or(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A comparison.
    Check(Box<Check>),
    /// A name that stands for an expression: a macro.
    Name(Name),
    /// A macro in the place of its name. All who use it share it.
    Macro(Name, Arc<Expr>),
}

/// A bare word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What is compared.
    pub left: Operand,
    /// How.
    pub operator: &'static Operator,
    /// Where the operator stands.
    pub operator_span: Span,
    /// How many of the right-hand values it must hold for.
    pub modifier: Option<Modifier>,
    /// What it is compared with.
    pub right: Right,
    /// Where it stands, from the first character of the left side to the last of the right one.
    pub span: Span,
}

/// The right-hand side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// None: of `exists`.
    Nothing,
    /// One value.
    Value(Literal),
    /// A list in parentheses.
    List(Vec<Literal>),
    /// A bare word where a list may stand: a list's name, or else a list of this one value.
    Name(Name),
    /// A field in `val()`, or a transformer.
    Operand(Operand),
}

/// A value as written, without quotes and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Its bytes; escapes can make any.
    pub bytes: Vec<u8>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// Something that yields values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A field.
    Field(FieldExpr),
    /// A transformer.
    Transformer(TransformerExpr),
    /// A quoted text or a number, inside a transformer.
    Literal(Literal),
    /// A list in parentheses, inside a transformer.
    List(Vec<Operand>, Span),
}

impl Operand {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Operand::Field(field) => field.span,
            Operand::Transformer(transformer) => transformer.span,
            Operand::Literal(literal) => literal.span,
            Operand::List(_, span) => *span,
        }
    }

    /// Calls `see` for each field in it.
    pub fn each_field<'e>(&'e self, see: &mut impl FnMut(&'e FieldExpr)) {
        match self {
            Operand::Field(field) => see(field),
            Operand::Transformer(transformer) => transformer.args.iter().for_each(|arg| arg.each_field(see)),
            Operand::List(entries, _) => entries.iter().for_each(|entry| entry.each_field(see)),
            Operand::Literal(_) => {}
        }
    }

    fn move_spans(&mut self, by: usize) {
        match self {
            Operand::Field(field) => field.span.move_by(by),
            Operand::Literal(literal) => literal.span.move_by(by),
            Operand::Transformer(transformer) => {
                transformer.span.move_by(by);
                transformer.args.iter_mut().for_each(|arg| arg.move_spans(by));
            }
            Operand::List(entries, span) => {
                span.move_by(by);
                entries.iter_mut().for_each(|entry| entry.move_spans(by));
            }
        }
    }
}

/// A field as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldExpr {
    /// The name, dots included.
    pub name: String,
    /// What stood in brackets.
    pub arg: Option<Vec<u8>>,
    /// Where it stands.
    pub span: Span,
}

/// A transformer as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformerExpr {
    /// Its name, such as `tolower`.
    pub name: &'static str,
    /// What stood in parentheses.
    pub args: Vec<Operand>,
    /// What stood in brackets behind it.
    pub arg: Option<Vec<u8>>,
    /// Where it stands.
    pub span: Span,
}

impl Expr {
    /// All of several expressions; one alone stays as it is. Conjunctions among them are taken apart.
    pub fn and(exprs: impl IntoIterator<Item = Expr>) -> Expr {
        let flat = exprs.into_iter().flat_map(|expr| match expr {
            Expr::And(inner) => inner,
            other => vec![other],
        });
        single_or(flat.collect(), Expr::And)
    }

    /// One of several expressions; one alone stays as it is. Disjunctions among them are taken apart.
    pub fn or(exprs: impl IntoIterator<Item = Expr>) -> Expr {
        let flat = exprs.into_iter().flat_map(|expr| match expr {
            Expr::Or(inner) => inner,
            other => vec![other],
        });
        single_or(flat.collect(), Expr::Or)
    }

    /// The opposite.
    #[allow(clippy::should_implement_trait)] // a constructor beside `and` and `or`
    pub fn not(expr: Expr) -> Expr {
        Expr::Not(Box::new(expr))
    }

    /// Replaces each name by the expression that `meaning` gives for it; where it gives none, the name stays.
    /// What is put in is not looked through again.
    pub fn replace_names(&mut self, meaning: &mut impl FnMut(&Name) -> Option<Expr>) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| part.replace_names(meaning)),
            Expr::Not(inner) => inner.replace_names(meaning),
            Expr::Check(_) | Expr::Macro(..) => {}
            Expr::Name(name) => {
                if let Some(expr) = meaning(name) {
                    *self = expr;
                }
            }
        }
    }

    /// What it says: of a macro, what that stands for.
    pub fn without_macros(&self) -> &Expr {
        let mut expr = self;
        while let Expr::Macro(_, inner) = expr {
            expr = inner;
        }
        expr
    }

    /// Calls `see` for each comparison, from left to right.
    pub fn each_check<'e>(&'e self, see: &mut impl FnMut(&'e Check)) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| part.each_check(see)),
            Expr::Not(inner) => inner.each_check(see),
            Expr::Check(check) => see(check),
            Expr::Name(_) => {}
            Expr::Macro(_, expr) => expr.each_check(see),
        }
    }

    /// Calls `change` for each comparison that is not a macro's, from left to right.
    pub fn each_check_mut(&mut self, change: &mut impl FnMut(&mut Check)) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| part.each_check_mut(change)),
            Expr::Not(inner) => inner.each_check_mut(change),
            Expr::Check(check) => change(check),
            Expr::Name(_) | Expr::Macro(..) => {}
        }
    }

    /// Moves every place in it by so many bytes; places in macros stay.
    pub fn move_spans(&mut self, by: usize) {
        match self {
            Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| part.move_spans(by)),
            Expr::Not(inner) => inner.move_spans(by),
            Expr::Check(check) => check.move_spans(by),
            Expr::Name(name) | Expr::Macro(name, _) => name.span.move_by(by),
        }
    }
}

impl Check {
    fn move_spans(&mut self, by: usize) {
        self.span.move_by(by);
        self.operator_span.move_by(by);
        self.left.move_spans(by);
        match &mut self.right {
            Right::Nothing => {}
            Right::Value(literal) => literal.span.move_by(by),
            Right::List(literals) => literals.iter_mut().for_each(|literal| literal.span.move_by(by)),
            Right::Name(name) => name.span.move_by(by),
            Right::Operand(operand) => operand.move_spans(by),
        }
    }
}

fn single_or(mut parts: Vec<Expr>, combine: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.len() {
        1 => parts.remove(0),
        _ => combine(parts),
    }
}
