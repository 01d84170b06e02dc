//! What a batch has, for those who look for something.

use crate::{Id, Object, Own, Types};
use std::ops::RangeInclusive;

/// What the rows of a batch that a view may show have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Their times, ns since the epoch; empty if there is no such row.
    pub times: RangeInclusive<u64>,
    /// Their types.
    pub types: Types,
    /// Their threads, each once.
    pub owns: Vec<Id<Own>>,
    /// The types of those that have no thread.
    pub without_own: Types,
    /// What they worked on, each once.
    pub objects: Vec<Id<Object>>,
    /// The types of those that have no object.
    pub without_object: Types,
    /// Objects that stand for what calls tried to open that failed: see [`crate::attempted`].
    pub attempted: Vec<Id<Object>>,
    /// The types of those without an object for which none stands.
    pub unnamed: Types,
    /// The calls, by the schema's numbers, of those that have no type of their own; [`Summary::ANY_CALL`] if one says
    /// none.
    pub calls: Vec<u16>,
    /// Whether the recorder lost events there.
    pub has_gaps: bool,
}

impl Summary {
    /// In place of the number of a call: it may be any.
    pub const ANY_CALL: u16 = u16::MAX;
}

impl Default for Summary {
    fn default() -> Self {
        Summary {
            times: RangeInclusive::new(1, 0),
            types: Types::NONE,
            owns: Vec::new(),
            without_own: Types::NONE,
            objects: Vec::new(),
            without_object: Types::NONE,
            attempted: Vec::new(),
            unnamed: Types::NONE,
            calls: Vec::new(),
            has_gaps: false,
        }
    }
}
