//! wait4(2): what happened to the threads we trace, and to our children.

use super::checked;
use super::ptrace::Tid;
use std::io;

/// What became of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It ended with this status.
    Exited(i32),
    /// It was killed by this signal; `true`: it left a core dump.
    Killed(i32, bool),
    /// It stands at the boundary of a call.
    AtCall,
    /// It stopped for an event (a `PTRACE_EVENT_*` number), with this signal.
    Event(i32, i32),
    /// It is about to get this signal.
    Signal(i32),
    /// Nothing that concerns us.
    Other,
}

impl Status {
    /// From the status word of wait(2).
    fn of(word: i32) -> Status {
        if libc::WIFEXITED(word) {
            return Status::Exited(libc::WEXITSTATUS(word));
        }
        if libc::WIFSIGNALED(word) {
            return Status::Killed(libc::WTERMSIG(word), libc::WCOREDUMP(word));
        }
        if !libc::WIFSTOPPED(word) {
            return Status::Other;
        }
        let (signal, event) = (libc::WSTOPSIG(word), word >> 16);
        match event {
            0 if signal == libc::SIGTRAP | 0x80 => Status::AtCall,
            0 => Status::Signal(signal),
            _ => Status::Event(event, signal),
        }
    }
}

/// Waits until something happens to a thread that we trace or a child of ours. `None`: a signal handler ran instead.
/// The error `ECHILD` says that there is none left.
pub fn wait() -> io::Result<Option<(Tid, Status)>> {
    let mut word = 0;
    // SAFETY: the pointer is to a local number; no usage is asked for.
    let waited = checked(unsafe { libc::wait4(-1, &raw mut word, libc::__WALL, std::ptr::null_mut()) }.into());
    match waited {
        Ok(tid) => Ok(Some((tid as Tid, Status::of(word)))),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(error) => Err(error),
    }
}
