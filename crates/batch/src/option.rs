//! What a recorder says of single events beside their parameters.

use crate::ParamSlice;

/// An option behind the event of a row: one of [`capture_event::option`], at most one of each code a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowOption {
    /// The row.
    pub row: u32,
    /// The option's code.
    pub code: u16,
    /// Its value.
    pub value: ParamSlice,
}

/// A place where events are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When that was noticed, ns since the epoch.
    pub ts: u64,
    /// How many; 0 if nobody knows.
    pub lost: u64,
}
