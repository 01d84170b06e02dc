//! Begins to follow processes that are there already.

use super::Tracer;
use super::place::Place;
use crate::calls::thread::put_text;
use crate::host::tell::{Deed, Teller};
use crate::proc::Facts;
use crate::stream::now;
use crate::sys::ptrace::{self, Tid};
use capture_event::code::NOTIFICATION_E;
use capture_event::option::{self, Origin};
use capture_event::recording;
use capture_scap::{EventBuilder, EventHead};
use serde_json::json;
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
                    Ok(()) => {
                        self.add(tid, pid, Place::default());
                        if !self.late.contains(&pid) {
                            self.late.push(pid);
                        }
                    }
                    Err(error) if error.raw_os_error() == Some(libc::ESRCH) && tid != pid => {}
                    Err(error) => return Err(why(pid, error)),
                }
            }
        }
    }
}

impl Tracer {
    /// A process is to be followed that nobody knew of when the recording began. If it is gone, or followed already, or
    /// may not be followed, nothing happens.
    pub(super) fn newcomer(&mut self, pid: Tid) {
        // A session of a container may end as soon as it began, and so may what would be said of it.
        let _ = self.follow_process(pid);
        if self.late.is_empty() {
            return;
        }
        let teller = Teller::new(self.stream.clone(), self.extent.env);
        for tid in threads_of(pid).unwrap_or_default() {
            let Some(host) = self.proc.host() else { break };
            let (boot_ts, facts) = (host.machine().boot_ts, Facts::of(host, tid.into()));
            let (ts, tid) = (now(), tid.into());
            let deed = Deed { ts, tid, cpu: 0, origin: Origin::Ptrace, is_merged: false, key: None };
            facts.iter().for_each(|facts| teller.known(&deed, facts, boot_ts));
        }
        self.tell_of_late();
    }

    /// Says of processes that they were there before they were followed.
    pub(super) fn tell_of_late(&mut self) {
        for pid in std::mem::take(&mut self.late) {
            let mut appending = self.stream.append();
            let ts = appending.time(now());
            let head = EventHead { ts, tid: pid.into(), cpu: 0, code: NOTIFICATION_E, state_only: false };
            let threads = self.threads.values().filter(|thread| thread.pid == pid).count();
            let mut out = EventBuilder::new(appending.blocks(), head, 2);
            let desc = json!({"pid": pid, "threads": threads}).to_string();
            [recording::ATTACHED, &desc].iter().for_each(|text| put_text(&mut out, text.as_bytes()));
            out.option(option::ORIGIN, &[Origin::Recorder as u8]);
            out.finish();
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
