//! Keeps the stream of a recording: takes its blocks and writes what is to be kept.
//!
//! If everything goes into one file, blocks are written as they come ([`all()`]). Otherwise they are replayed, as those
//! of any capture: a filter decides about each event, and each file begins with what is known of the host by then
//! ([`chosen`]).

mod all;
mod chosen;
mod pace;
mod piece;
mod ring;
mod tally;
#[cfg(test)]
mod tests;

pub use all::all;
pub use chosen::Choice;
pub use ring::Span;
pub use tally::Tally;

use super::watch::Why;
use crate::files::{CaptureWriter, Out};
use crate::status::Failure;
use capture_record::stream::now;

/// What was kept.
#[derive(Debug, Default)]
pub struct Kept {
    /// Events written that are shown; 0 if nobody asked.
    pub events: u64,
    /// Of which types they are, if that was asked for.
    pub tally: Tally,
    /// Why nothing more is wanted, if it is the keeper who says so.
    pub why: Option<Why>,
}

/// How keeping ends.
pub type Result = std::result::Result<Kept, Failure>;

/// Says at the end of a file why it ends before its time, if there is room to say it. Gives the reason back.
fn say_why(writer: &mut CaptureWriter<Out>, events: Option<u64>, failure: Failure) -> Failure {
    if let Failure::Message(reason) = &failure
        && writer.get_ref().get_ref().is_begun()
    {
        let end = piece::ending(now(), events, None, &format!("the capture could not be written: {reason}"));
        // What was cut off made room, unless it was nothing.
        let _ = writer.raw(&end).map(|()| writer.flush());
    }
    failure
}
