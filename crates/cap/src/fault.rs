//! What can be wrong with a section.

use std::fmt;

/// Why a section, or a column of it, cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It ends too early.
    Short,
    /// The checksum of this is wrong.
    Checksum(&'static str),
    /// It cannot be unpacked.
    Compression,
    /// This has a value that makes no sense there.
    Value(&'static str, u64),
    /// A number is larger than any of its column can be.
    Large,
    /// Columns that belong together have different numbers of values.
    Uneven,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Short => f.write_str("it ends too early"),
            Fault::Checksum(what) => write!(f, "the checksum of {what} is wrong"),
            Fault::Compression => f.write_str("it cannot be unpacked"),
            Fault::Value(what, found) => write!(f, "{found} ({found:#x}) is no valid {what}"),
            Fault::Large => f.write_str("a number is larger than it can be"),
            Fault::Uneven => f.write_str("its columns do not belong together"),
        }
    }
}

impl std::error::Error for Fault {}
