//! Which rows a question need not tell apart.

/// What makes a difference between rows of one type, as far as a question looks at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Differ {
    /// Nothing: one answer holds for all rows of the type.
    InNothing,
    /// These parameters, by their places, and nothing else.
    InParams(Vec<usize>),
    /// More than that.
    InMore,
}

/// The number of a row that is like no other row ([`LateParams::alike`](crate::LateParams::alike)).
pub const UNLIKE: u32 = u32::MAX;
