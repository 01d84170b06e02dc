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

/// Rows of a batch, in any order, as they are shown to a question that need not tell all of them apart.
pub enum Alike<'r> {
    /// They are of one type, and do not differ.
    Group(&'r mut dyn Iterator<Item = u32>),
    /// It is not known whether they are like others.
    Others(&'r mut dyn Iterator<Item = u32>),
}
