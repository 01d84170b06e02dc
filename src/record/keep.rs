//! Keeps the stream of a recording: takes its blocks and writes what is to be kept.
//!
//! If everything goes into one file, blocks are written as they come ([`all()`]). Otherwise they are replayed, as those of
//! any capture: a filter decides about each event, and each file begins with what is known of the host by then
//! ([`chosen`]).

mod all;
mod chosen;
mod piece;
mod ring;

pub use all::all;
pub use chosen::Choice;
pub use ring::Span;

use super::watch::Why;
use crate::status::Failure;

/// What was kept.
#[derive(Debug, Default)]
pub struct Kept {
    /// Bytes written.
    pub bytes: u64,
    /// Events written that are shown.
    pub events: u64,
    /// Why nothing more is wanted, if it is the keeper who says so.
    pub why: Option<Why>,
}

/// How keeping ends.
pub type Result = std::result::Result<Kept, Failure>;
