//! Which event types a condition can hold for, as Falco works it out.
//!
//! Comparisons with `evt.type` give sets of types, and so do those with `evt.num` that always or never hold; everything
//! else says nothing of types, negated or not. Negation is pushed down to the comparisons.

use capture_batch::Types;
use capture_event::schema::{self, EVENT_COUNT};
use capture_event::tables::syscall;
use capture_event::{Dialect, code};
use capture_filter::language::ast::{Check, Expr, Literal, Operand, Right};
use std::collections::BTreeSet;

const WORDS: usize = 8;

/// A set of event types of the newest schema, by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventTypes([u64; WORDS]);

impl EventTypes {
    /// Every type.
    pub fn all() -> Self {
        (0..EVENT_COUNT).collect()
    }

    /// Whether a type is in the set.
    pub fn contains(&self, code: u16) -> bool {
        self.0.get(usize::from(code) / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// How many types are in the set.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no type is in the set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same as a set that batches are looked through for.
    pub fn types(&self) -> Types {
        let mut types = Types::NONE;
        (0..EVENT_COUNT).filter(|code| self.contains(*code)).for_each(|code| types.insert(code));
        types
    }

    /// The names of the types, sorted.
    pub fn names(&self) -> BTreeSet<&'static str> {
        let types = schema::events(Dialect::Newest).iter().filter(|info| self.contains(info.code));
        types.map(|info| info.name).collect()
    }

    fn insert(&mut self, code: u16) {
        if let Some(word) = self.0.get_mut(usize::from(code) / 64) {
            *word |= 1 << (code % 64);
        }
    }

    fn combine(self, other: Self, how: fn(u64, u64) -> u64) -> Self {
        let mut words = self.0;
        words.iter_mut().zip(other.0).for_each(|(word, other)| *word = how(*word, other));
        EventTypes(words)
    }

    fn and(self, other: Self) -> Self {
        self.combine(other, |a, b| a & b)
    }

    fn or(self, other: Self) -> Self {
        self.combine(other, |a, b| a | b)
    }

    fn complement(self) -> Self {
        Self::all().combine(self, |all, this| all & !this)
    }
}

impl FromIterator<u16> for EventTypes {
    fn from_iter<I: IntoIterator<Item = u16>>(codes: I) -> Self {
        let mut types = EventTypes::default();
        codes.into_iter().for_each(|code| types.insert(code));
        types
    }
}

/// The types that a condition can hold for.
pub(crate) fn event_types(expr: &Expr) -> EventTypes {
    types_of(expr, false)
}

fn types_of(expr: &Expr, negated: bool) -> EventTypes {
    match expr {
        Expr::And(parts) if !negated => intersection(parts, negated),
        Expr::Or(parts) if negated => intersection(parts, negated),
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().fold(EventTypes::default(), |types, part| types.or(types_of(part, negated)))
        }
        Expr::Not(inner) => types_of(inner, !negated),
        Expr::Macro(_, expr) => types_of(expr, negated),
        Expr::Name(_) => EventTypes::all(),
        Expr::Check(check) => match types_of_check(check) {
            Some(types) if negated => types.complement(),
            Some(types) => types,
            None => EventTypes::all(),
        },
    }
}

fn intersection(parts: &[Expr], negated: bool) -> EventTypes {
    parts.iter().fold(EventTypes::all(), |types, part| types.and(types_of(part, negated)))
}

/// The types that a comparison names; `None` if it says nothing of types.
fn types_of_check(check: &Check) -> Option<EventTypes> {
    let Operand::Field(field) = &check.left else { return None };
    if field.arg.is_some() {
        return None;
    }
    let operator = if check.modifier.is_some() { "" } else { check.operator.name };
    match (&*field.name, operator) {
        ("evt.num", _) => {
            number_holds(check, operator).map(|holds| if holds { EventTypes::all() } else { EventTypes::default() })
        }
        ("evt.type" | "syscall.type", "exists") => Some(EventTypes::all()),
        ("evt.type" | "syscall.type", "=" | "==" | "in") => named(values(&check.right)?),
        ("evt.type" | "syscall.type", "!=") => named(values(&check.right)?).map(EventTypes::complement),
        _ => None,
    }
}

/// The values on the right, if they are written out.
fn values(right: &Right) -> Option<Vec<&[u8]>> {
    match right {
        Right::Value(literal) => Some(vec![&literal.bytes]),
        Right::List(literals) => Some(literals.iter().map(|literal| &*literal.bytes).collect()),
        Right::Name(name) => Some(vec![name.name.as_bytes()]),
        Right::Nothing | Right::Operand(_) => None,
    }
}

/// The types with these names. Names of calls that have no type of their own stand for the type of all those.
fn named(names: Vec<&[u8]>) -> Option<EventTypes> {
    let names: BTreeSet<&[u8]> = names.into_iter().collect();
    let mut types = EventTypes::default();
    let mut known: BTreeSet<&[u8]> = BTreeSet::new();
    for info in schema::events(Dialect::Newest).iter().filter(|info| info.code > code::GENERIC_X) {
        if names.contains(info.name.as_bytes()) {
            types.insert(info.code);
            known.insert(info.name.as_bytes());
        }
    }
    let is_call = |name: &&&[u8]| std::str::from_utf8(name).is_ok_and(syscall::is_name);
    if names.difference(&known).any(|name| is_call(&name)) {
        [code::GENERIC_E, code::GENERIC_X].into_iter().for_each(|code| types.insert(code));
    }
    Some(types)
}

/// Whether a comparison with `evt.num`, which counts from 1, always holds or never; `None` if that depends.
fn number_holds(check: &Check, operator: &str) -> Option<bool> {
    let number = |literal: &Literal| std::str::from_utf8(&literal.bytes).ok()?.parse::<u64>().ok();
    if let (Right::List(literals), "in") = (&check.right, operator) {
        return literals.iter().all(|literal| number(literal) == Some(0)).then_some(false);
    }
    let Right::Value(literal) = &check.right else { return None };
    match (operator, number(literal)?) {
        ("=" | "==" | "<=", 0) | ("<", 0 | 1) => Some(false),
        ("!=" | ">", 0) | (">=", 0 | 1) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capture_filter::language::parser::parse;

    fn names(text: &str) -> Vec<&'static str> {
        event_types(&parse(text).expr.unwrap()).names().into_iter().collect()
    }

    #[test]
    fn types_are_those_that_can_match() {
        assert_eq!(names("evt.type in (open, close) and proc.name = cat"), ["close", "open"]);
        assert_eq!(names("evt.type = open and not evt.type in (open, close)"), [""; 0]);
        assert_eq!(names("not (evt.type != open or proc.name = cat)"), ["open"]);
        assert_eq!(names("evt.type = open and evt.num < 1"), [""; 0]);
        assert!(names("proc.name = cat or evt.type = open").len() > 100);
        assert!(event_types(&parse("evt.type = sync").expr.unwrap()).contains(code::GENERIC_X));
    }
}
