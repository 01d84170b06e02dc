//! Columns: many values of one kind, coded and compressed together.
//!
//! A set of columns is a directory, then the columns' bytes:
//!
//! | type | what |
//! |---|---|
//! | u32 | length of the directory as it is stored |
//! | u32 | CRC-32C of that |
//! | … | the directory, compressed with zstd |
//! | … | the columns, one behind the other |
//!
//! An entry of the directory is a row of varints (LEB128): kind, code, index, coding, compression (0: none, 1: zstd, 2:
//! a varint with the length of a front part that is compressed with zstd, that part, and the rest as it is), number of
//! values, length as coded, length as stored; then the CRC-32C of the stored bytes (u32). A column can be read without
//! the others.

mod read;
mod series;
mod symbols;
mod write;

pub use read::{Directory, Stored};
pub use series::Series;
pub use symbols::Symbols;
pub use write::{Columns, Packer};

use crate::Kind;

/// Which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// What it holds.
    pub kind: Kind,
    /// Of which type of events; 0 for those of all events.
    pub code: u16,
    /// Which parameter, or option; 0 where that means nothing.
    pub index: u16,
}

/// No column has more bytes, nor have all of a set together.
pub(crate) const MOST_BYTES: usize = 1 << 28;

/// No set has more columns.
const MOST_COLUMNS: usize = 1 << 21;

/// No directory has more bytes.
const MOST_DIRECTORY: usize = 1 << 25;

/// No column has more numbers, nor have all of a set together.
pub(crate) const MOST_NUMBERS: usize = 1 << 24;

/// The value of the coding of columns that are bytes, not numbers.
const BYTES: u8 = 15;

/// Added to the coding of numbers of which some are negative.
const SIGNED: u8 = 16;
