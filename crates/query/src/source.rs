//! Where the batches of a capture come from.

use crate::{Plan, Stats};
use capture_batch::{Batch, Interest};
use std::fmt::Display;
use std::sync::Arc;

/// A capture that was not begun yet.
pub trait Input {
    /// The time of its first event, ns since the epoch; 0 without events. Where several captures are merged, it begins
    /// when this time has come.
    fn first_ts(&mut self) -> u64;

    /// Begins to make the batches that a plan asks for, with those rows at least that are of interest.
    fn start(self, plan: Plan, interest: Box<dyn Interest>, stats: Arc<Stats>) -> Box<dyn Source>;
}

/// Gives what is in a capture, in its order.
pub trait Source: Send {
    /// What comes next; `None` at the end. Where that has to be waited for, all that came before was given.
    fn next(&mut self) -> Option<Item>;
}

/// A piece of a capture.
pub struct Item {
    /// What it is.
    pub piece: Piece,
    /// In which of the capture's files it is.
    pub file: Arc<str>,
    /// How many bytes of all its files were read up to its end.
    pub position: u64,
}

/// What a capture consists of.
pub enum Piece {
    /// Events.
    Batch(Work),
    /// Events of which none can be selected, and why: it completes `skipped, since …`. Where the recorder lost some, a
    /// batch has to be made.
    Skipped(&'static str),
    /// What could not be read.
    Damage(Damage),
}

/// What is wrong at some place of a file, in words.
pub type Damage = Box<dyn Display + Send>;

/// A batch, at hand or still to be made.
pub enum Work {
    /// It is there.
    Made(Box<Batch>),
    /// It can be made on any thread, without those before it.
    Later(Box<dyn FnOnce() -> Result<Batch, Damage> + Send>),
}

impl Work {
    /// The batch.
    pub(crate) fn done(self) -> Result<Box<Batch>, Damage> {
        match self {
            Work::Made(batch) => Ok(batch),
            Work::Later(make) => make().map(Box::new),
        }
    }
}
