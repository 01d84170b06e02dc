//! Begins to follow processes that are there already.

use super::Tracer;
use super::place::Place;
use crate::sys::ptrace::{self, Tid};
use std::fmt;
use std::fs;
use std::io;

/// Why a process cannot be followed.
#[derive(Debug)]
pub enum AttachError {
    /// There is none with this id.
    NoSuchProcess(Tid),
    /// Another program traces it: its name and id.
    Traced(Tid, String, Tid),
    /// It is not ours, and we may not trace others.
    NotPermitted(Tid),
    /// The kernel refuses.
    Refused(Tid, io::Error),
}

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AttachError::NoSuchProcess(pid) => write!(f, "there is no process {pid}"),
            AttachError::Traced(pid, name, by) => {
                write!(f, "process {pid} is traced by {name} (process {by}): only one program can trace a process")
            }
            AttachError::NotPermitted(pid) => write!(
                f,
                "process {pid} may not be traced: it takes root (CAP_SYS_PTRACE), or for processes of your own that \
                 kernel.yama.ptrace_scope is 0"
            ),
            AttachError::Refused(pid, error) => write!(f, "process {pid} cannot be traced: {error}"),
        }
    }
}

impl std::error::Error for AttachError {}

impl Tracer {
    /// Follows a process: all its threads, and all that they make from now on. Its threads stand still until
    /// [`Tracer::run`]. Does nothing if it is followed already.
    pub fn follow_process(&mut self, pid: Tid) -> Result<(), AttachError> {
        // Threads that are made meanwhile by threads not traced yet are found in the next round.
        loop {
            let threads = threads_of(pid).ok_or(AttachError::NoSuchProcess(pid))?;
            let new: Vec<Tid> = threads.into_iter().filter(|tid| !self.threads.contains_key(tid)).collect();
            if new.is_empty() {
                return Ok(());
            }
            for tid in new {
                match ptrace::seize(tid, false).and_then(|()| ptrace::interrupt(tid)) {
                    Ok(()) => self.add(tid, pid, Place::default()),
                    Err(error) if error.raw_os_error() == Some(libc::ESRCH) && tid != pid => {}
                    Err(error) => return Err(why(pid, error)),
                }
            }
        }
    }
}

/// The threads of a process.
fn threads_of(pid: Tid) -> Option<Vec<Tid>> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    Some(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

fn why(pid: Tid, error: io::Error) -> AttachError {
    if error.raw_os_error() == Some(libc::ESRCH) {
        return AttachError::NoSuchProcess(pid);
    }
    if error.raw_os_error() != Some(libc::EPERM) {
        return AttachError::Refused(pid, error);
    }
    match tracer_of(pid) {
        Some((by, name)) => AttachError::Traced(pid, name, by),
        None => AttachError::NotPermitted(pid),
    }
}

/// Who traces a process, if anybody does.
fn tracer_of(pid: Tid) -> Option<(Tid, String)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let by: Tid = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?.trim().parse().ok()?;
    let name = fs::read_to_string(format!("/proc/{by}/comm")).unwrap_or_default();
    (by != 0).then(|| (by, name.trim_end().to_owned()))
}
