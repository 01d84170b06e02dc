//! The section header.
//!
//! | type | field | value |
//! |---|---|---|
//! | u32 | byte order magic | 0x1A2B3C4D |
//! | u16 | major version | 1 |
//! | u16 | minor version | 0 to 2 |
//! | u64 | section length | all ones |
//! | rest | pcapng options | normally absent |
//!
//! An option is a `u16` code, a `u16` length, so many bytes, and padding to a multiple of four. Code 0 ends the row.

/// The byte order magic of a capture that we read.
pub const MAGIC: u32 = 0x1A2B_3C4D;

/// A capture begins here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section<'r> {
    /// Major version: 1.
    pub major: u16,
    /// Minor version; 2 is current.
    pub minor: u16,
    /// Options in their order, without the one that ends them.
    pub options: Vec<SectionOption<'r>>,
}

/// A pcapng option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionOption<'r> {
    /// 1 is a comment; 2, 3, 4 hardware, operating system and program.
    pub code: u16,
    /// Its value, without padding.
    pub value: &'r [u8],
}

impl SectionOption<'_> {
    /// The code of a comment.
    pub const COMMENT: u16 = 1;
}
