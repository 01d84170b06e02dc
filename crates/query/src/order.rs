//! Captures of one host, one after the other.

use crate::Capture;
use crate::join::LONGEST_PAUSE;

/// Why captures cannot be put into a row: the names of two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disorder {
    /// They come from different hosts, or of one that was restarted in between.
    Hosts(String, String),
    /// Something of the one happened while the other one was recorded.
    Overlap(String, String),
    /// It is no file, or has no event of a system call.
    Empty(String),
}

/// A capture in its place.
pub struct Placed {
    /// The capture.
    pub capture: Capture,
    /// Whether it goes on where the one before ends: then that one's state holds, and not its own lists.
    pub continues: bool,
    /// The time of its last event of a system call, ns since the epoch.
    pub last_ts: u64,
}

/// Puts captures of one host into the order of their times. Hidden events do not count: they may be of any time.
pub fn in_order(captures: Vec<Capture>) -> Result<Vec<Placed>, Disorder> {
    let mut found = Vec::new();
    for capture in captures {
        let times = capture.times().ok_or_else(|| Disorder::Empty(capture.name().to_owned()))?;
        found.push((times, capture));
    }
    found.sort_by_key(|(times, _)| *times);
    let mut row: Vec<Placed> = Vec::new();
    for ((first_ts, last_ts), mut capture) in found {
        let continues = match row.last_mut() {
            None => false,
            Some(before) => {
                let names = (before.capture.name().to_owned(), capture.name().to_owned());
                if before.capture.host() != capture.host() {
                    return Err(Disorder::Hosts(names.0, names.1));
                }
                let pause = first_ts.checked_sub(before.last_ts).ok_or(Disorder::Overlap(names.0, names.1))?;
                pause <= LONGEST_PAUSE || before.capture.lists() == capture.lists()
            }
        };
        row.push(Placed { capture, continues, last_ts });
    }
    Ok(row)
}
