//! Differences that are meant. Each class stands in `docs/differences.md` with its reason.

use crate::fields::Difference;
use crate::filters::{Answer, Row};

/// A class of filters: its name, and whether a difference belongs to it.
type FilterClass = (&'static str, fn(&Row, &Answer) -> bool);

/// A class of values: its name, and whether a difference belongs to it.
type FieldClass = (&'static str, fn(&Difference) -> bool);

const FILTERS: &[FilterClass] = &[];

const FIELDS: &[FieldClass] = &[];

/// The class of a filter's difference; `None` if it has none and is a fault of ours.
pub fn filter_class(row: &Row, answer: &Answer) -> Option<&'static str> {
    FILTERS.iter().find(|(_, holds)| holds(row, answer)).map(|(name, _)| *name)
}

/// The class of a value's difference; `None` if it has none and is a fault of ours.
pub fn field_class(difference: &Difference) -> Option<&'static str> {
    FIELDS.iter().find(|(_, holds)| holds(difference)).map(|(name, _)| *name)
}
