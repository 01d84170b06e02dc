//! Differences that are meant. Each class stands in `docs/differences.md` with its reason.

use crate::compare::Difference;

/// A class: its name, and whether a difference belongs to it.
type Class = (&'static str, fn(&Difference) -> bool);

const CLASSES: &[Class] = &[
    // sysdig 0.29 reads `not not x` as `not x`.
    ("double negation", |d| d.case.starts_with("not not ")),
];

/// The class of a difference; `None` if it has none and is a fault of ours.
pub fn class(difference: &Difference) -> Option<&'static str> {
    CLASSES.iter().find(|(_, holds)| holds(difference)).map(|(name, _)| *name)
}
