//! What the tracer knows of a thread.

use super::place::Place;
use crate::calls::{Call, Decoding, Kept};
use crate::sys::ptrace::Tid;

/// A thread that is traced.
pub struct Thread {
    /// Its process: the id of the leader.
    pub pid: Tid,
    /// The call that it is in, if that is recorded.
    pub call: Option<Made>,
    /// What is kept from the enter to the exit of a call.
    pub kept: Kept,
    /// Whether its end is in the recording.
    pub has_ended: bool,
    /// Whether its calls are recorded: not before the command is executed.
    pub is_recorded: bool,
    /// Where it runs.
    pub place: Place,
}

/// A call under way.
#[derive(Clone, Copy)]
pub struct Made {
    /// The call.
    pub call: Call,
    /// How its events are made; `None`: it has none of its own.
    pub decoding: Option<&'static Decoding>,
}

impl Thread {
    /// A thread whose calls are recorded.
    pub fn new(pid: Tid, place: Place) -> Thread {
        Thread { pid, call: None, kept: Kept::default(), has_ended: false, is_recorded: true, place }
    }
}
