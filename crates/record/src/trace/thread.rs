//! What the tracer knows of a thread.

use super::place::Place;
use crate::calls::{Call, Decoding, Kept};
use crate::sys::memory;
use crate::sys::ptrace::Tid;
use capture_event::code;

/// A thread that is traced.
pub struct Thread {
    /// Its process: the id of the leader.
    pub pid: Tid,
    /// The call that it is in, if that is recorded.
    pub call: Option<Made>,
    /// The call that made it, until its first event.
    pub born: Option<Made>,
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
        let kept = Kept::default();
        Thread { pid, call: None, born: None, kept, has_ended: false, is_recorded: true, place }
    }
}

impl Made {
    /// Whether a call that makes threads has all these flags of clone(2).
    pub fn has_flags(&self, tid: Tid, flags: u64) -> bool {
        let given = match self.decoding.map(|decoding| decoding.call) {
            Some(code::CLONE_20_E) => self.call.args.first().copied(),
            Some(code::CLONE3_E) => {
                let at = self.call.args.first().copied().unwrap_or(0);
                memory::read_array(tid, at).map(u64::from_le_bytes)
            }
            _ => None,
        };
        given.is_some_and(|given| given & flags == flags)
    }
}
