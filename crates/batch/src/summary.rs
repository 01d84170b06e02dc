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
    /// Whether the recorder lost events there.
    pub has_gaps: bool,
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
            has_gaps: false,
        }
    }
}
