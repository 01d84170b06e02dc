//! The section header.
//!
//! | type | field | value |
//! |---|---|---|
//! | u32 | byte order magic | 0x1A2B3C4D |
//! | u16 | major version | 1 |
//! | u16 | minor version | 0 to 2 |
//! | u64 | section length | all ones |
//! | rest | pcapng options | normally absent |

use super::option::BlockOption;

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
    pub options: Vec<BlockOption<'r>>,
}
