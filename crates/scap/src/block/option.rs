//! pcapng options: they follow the fields of a section header and, in some captures, an event.
//!
//! An option is a `u16` code, a `u16` length, so many bytes, and padding to a multiple of four. Code 0 ends the row.

/// One option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockOption<'r> {
    /// 1 is a comment; in a section header 2, 3, 4 are hardware, operating system and program.
    pub code: u16,
    /// Its value, without padding.
    pub value: &'r [u8],
}

impl BlockOption<'_> {
    /// The code of a comment.
    pub const COMMENT: u16 = 1;
}
