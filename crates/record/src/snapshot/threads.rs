//! All threads of the host, each with its facts and, if it is a leader, with the descriptors of its process.
//!
//! Several threads of ours share the work, process by process: nearly all of it is done in the kernel.

use super::fds::{self, Fd, Namespaces};
use crate::proc::{Directory, Facts, Host, Missing};
use rustix::path::DecInt;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// What is known of it.
    pub facts: Facts,
    /// The descriptors of its process if it is the leader, by their numbers; empty for others, who share them.
    pub fds: Vec<Fd>,
}

/// More threads of ours than this get in each other's way.
const MOST_WORKERS: usize = 8;

/// A thread of ours is worth its start for so many processes.
const PROCESSES_PER_WORKER: usize = 32;

/// All threads that could be read, those of a process behind its leader; and of how many processes the descriptors,
/// the environment and the executable may not be read.
pub(super) fn all(host: &mut Host) -> io::Result<(Vec<Thread>, usize)> {
    let work = Work { processes: host.processes()?, next: AtomicUsize::new(0), namespaces: Mutex::default() };
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let helpers = cpus.min(MOST_WORKERS).min(work.processes.len() / PROCESSES_PER_WORKER).saturating_sub(1);
    let hosts = (0..helpers).map(|_| host.try_clone()).collect::<io::Result<Vec<Host>>>()?;
    let scans = std::thread::scope(|scope| {
        let help = |mut host| {
            let tid = rustix::thread::gettid().as_raw_nonzero().get();
            (Some(i64::from(tid)), Scan::run(&work, &mut host))
        };
        let others: Vec<_> = hosts.into_iter().map(|host| scope.spawn(move || help(host))).collect();
        let own = (None, Scan::run(&work, host));
        let joined = others.into_iter().map(|other| other.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
        joined.chain([own]).collect::<Vec<_>>()
    });
    let helpers: Vec<i64> = scans.iter().filter_map(|(tid, _)| *tid).collect();
    let unreadable = scans.iter().map(|(_, scan)| scan.unreadable).sum();
    let mut found: Vec<_> = scans.into_iter().flat_map(|(_, scan)| scan.found).collect();
    found.sort_by_key(|&(place, _)| place);
    // Those who helped are gone.
    let threads = found.into_iter().map(|(_, thread)| thread).filter(|thread| !helpers.contains(&thread.facts.tid));
    Ok((threads.collect(), unreadable))
}

/// What the threads of ours share.
struct Work {
    processes: Vec<i64>,
    /// The place of the process that is next.
    next: AtomicUsize,
    namespaces: Mutex<Namespaces>,
}

/// What one of them found.
struct Scan<'w> {
    work: &'w Work,
    /// Threads, each with the place of its process.
    found: Vec<(usize, Thread)>,
    unreadable: usize,
}

impl<'w> Scan<'w> {
    fn run(work: &'w Work, host: &mut Host) -> Scan<'w> {
        let mut scan = Scan { work, found: Vec::new(), unreadable: 0 };
        let next = || work.next.fetch_add(1, Ordering::Relaxed);
        while let place = next()
            && let Some(&pid) = work.processes.get(place)
        {
            // A process that ended meanwhile is left out.
            let threads = scan.process(host, pid).unwrap_or_default();
            scan.found.extend(threads.into_iter().map(|thread| (place, thread)));
        }
        scan
    }

    fn process(&mut self, host: &mut Host, pid: i64) -> Option<Vec<Thread>> {
        let directory = host.process(pid).ok()?;
        match Facts::read(host, &directory, pid, None) {
            Ok(leader) => self.threads(host, &directory, leader, &directory),
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
                self.threads(host, &directory, facts.as_leader(), &thread)
            }
            Err(Missing::Gone | Missing::OfKernel) => None,
        }
    }

    /// A process; `living` is the directory of a thread of it.
    fn threads(
        &mut self,
        host: &mut Host,
        process: &Directory,
        leader: Facts,
        living: &Directory,
    ) -> Option<Vec<Thread>> {
        let fds = fds::list(host, &self.work.namespaces, living);
        if has_ended(living) {
            // Of its descriptors only some may have been there still.
            return None;
        }
        self.unreadable += usize::from(fds.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::PermissionDenied));
        let others = if leader.threads > 1 { others(host, process, &leader) } else { Vec::new() };
        let mut threads = vec![Thread { facts: leader, fds: fds.unwrap_or_default() }];
        threads.extend(others.into_iter().map(|facts| Thread { facts, fds: Vec::new() }));
        Some(threads)
    }
}

/// The threads of a process but its leader.
fn others(host: &mut Host, process: &Directory, leader: &Facts) -> Vec<Facts> {
    let Ok(tasks) = process.directory(c"task") else { return Vec::new() };
    let tids = tasks.numbers().unwrap_or_default().into_iter().filter(|&tid| tid != leader.tid);
    let read = |tid| Facts::read(host, &tasks.directory(DecInt::new(tid)).ok()?, tid, Some(leader)).ok();
    tids.filter_map(read).collect()
}

/// Who has ended is in no directory any more; that one may not know of another user's thread where it is says nothing.
fn has_ended(thread: &Directory) -> bool {
    let mut text = Vec::new();
    thread.link(c"cwd", &mut text).is_err_and(|error| error.kind() != io::ErrorKind::PermissionDenied)
}
