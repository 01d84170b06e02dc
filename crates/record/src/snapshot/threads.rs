//! All threads of the host, each with its facts and, if it is a leader, with the descriptors of its process.

use super::fds::{self, Fd, Namespaces};
use crate::proc::{Directory, Facts, Host, Missing};
use rustix::path::DecInt;
use std::io;

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// What is known of it.
    pub facts: Facts,
    /// The descriptors of its process if it is the leader, by their numbers; empty for others, who share them.
    pub fds: Vec<Fd>,
}

/// All threads that could be read, those of a process behind its leader; and of how many processes the descriptors,
/// the environment and the executable may not be read.
pub(super) fn all(host: &mut Host) -> io::Result<(Vec<Thread>, usize)> {
    let mut scan = Scan { threads: Vec::new(), unreadable: 0, namespaces: Namespaces::default() };
    for pid in host.processes()? {
        // A process that ended meanwhile is left out.
        scan.process(host, pid);
    }
    Ok((scan.threads, scan.unreadable))
}

struct Scan {
    threads: Vec<Thread>,
    unreadable: usize,
    namespaces: Namespaces,
}

impl Scan {
    fn process(&mut self, host: &mut Host, pid: i64) -> Option<()> {
        let directory = host.process(pid).ok()?;
        match Facts::read(host, &directory, pid, None) {
            Ok(leader) => self.add_process(host, &directory, leader, &directory),
            Err(Missing::Ended) => {
                // Others of its threads may live on.
                let tasks = directory.directory(c"task").ok()?;
                let mut living = tasks.numbers().ok()?.into_iter().filter_map(|tid| {
                    let thread = tasks.directory(DecInt::new(tid)).ok()?;
                    let facts = Facts::read(host, &thread, tid, None).ok()?;
                    Some((thread, facts))
                });
                let (thread, facts) = living.next()?;
                drop(living);
                self.add_process(host, &directory, facts.as_leader(), &thread)
            }
            Err(Missing::Gone | Missing::OfKernel) => None,
        }
    }

    /// Adds a process; `living` is the directory of a thread of it.
    fn add_process(&mut self, host: &mut Host, process: &Directory, leader: Facts, living: &Directory) -> Option<()> {
        let fds = fds::list(host, &mut self.namespaces, living);
        if has_ended(living) {
            // Of its descriptors only some may have been there still.
            return None;
        }
        self.unreadable += usize::from(fds.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::PermissionDenied));
        self.threads.push(Thread { facts: leader.clone(), fds: fds.unwrap_or_default() });
        if leader.threads > 1 {
            self.add_others(host, process, &leader);
        }
        Some(())
    }

    fn add_others(&mut self, host: &mut Host, process: &Directory, leader: &Facts) {
        let Ok(tasks) = process.directory(c"task") else { return };
        for tid in tasks.numbers().unwrap_or_default().into_iter().filter(|&tid| tid != leader.tid) {
            let Ok(directory) = tasks.directory(DecInt::new(tid)) else { continue };
            let facts = Facts::read(host, &directory, tid, Some(leader));
            self.threads.extend(facts.ok().map(|facts| Thread { facts, fds: Vec::new() }));
        }
    }
}

/// Who has ended is in no directory any more; that one may not know of another user's thread where it is says nothing.
fn has_ended(thread: &Directory) -> bool {
    let mut text = Vec::new();
    thread.link(c"cwd", &mut text).is_err_and(|error| error.kind() != io::ErrorKind::PermissionDenied)
}
