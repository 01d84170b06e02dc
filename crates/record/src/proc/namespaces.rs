//! When the first process of a pid namespace began: what newer recorders call the start of a container.

use super::directory::Directory;
use super::machine::Machine;
use super::stat::Stat;
use super::status::Status;
use rustc_hash::FxHashMap;

/// Starts of first processes, ns since the epoch, by the inode of the namespace; 0 if not found.
#[derive(Debug, Clone, Default)]
pub struct Namespaces {
    starts: FxHashMap<u64, u64>,
}

/// The namespace that `/proc` shows, whose inode need not be asked for.
const OUTERMOST: u64 = 0;

const LONGEST: usize = 1 << 16;

/// When a thread began, ns since the epoch, on a machine that was started then.
pub fn start_of(boot_ts: u64, stat: &Stat<'_>) -> u64 {
    boot_ts.saturating_add(stat.start.saturating_mul(10_000_000))
}

impl Namespaces {
    /// When the first process of a thread's pid namespace began, ns since the epoch; 0 if that cannot be found out.
    pub fn start(&mut self, proc: &Directory, machine: &Machine, thread: &Directory, status: &Status) -> u64 {
        let nested = status.namespaces > 1;
        let inode = match nested {
            true => thread.stat(c"ns/pid").map_or(OUTERMOST, |stat| stat.stx_ino),
            false => OUTERMOST,
        };
        if nested && inode == OUTERMOST {
            return 0;
        }
        // Inodes are given again: the first process itself says when its namespace began.
        let is_first = nested && status.in_namespace.pid == Some(1);
        if let Some(&start) = self.starts.get(&inode).filter(|_| !is_first) {
            return start;
        }
        let start = if is_first {
            started(machine, thread)
        } else if nested {
            find(proc, machine, inode).unwrap_or(0)
        } else {
            proc.directory(c"1").map_or(0, |first| started(machine, &first))
        };
        self.starts.insert(inode, start);
        start
    }
}

fn started(machine: &Machine, thread: &Directory) -> u64 {
    let mut text = Vec::new();
    let text = thread.read(c"stat", LONGEST, &mut text).unwrap_or_default();
    Stat::parse(text).map_or(0, |stat| start_of(machine.boot_ts, &stat))
}

/// Looks through all processes for the first one of a namespace. This takes some milliseconds, once a namespace.
/// (Its own `/proc` would say it at once, but what lies in a container's file systems is not to be trusted.)
fn find(proc: &Directory, machine: &Machine, namespace: u64) -> Option<u64> {
    let mut text = Vec::new();
    let processes = proc.numbers().ok()?;
    let mut directories = processes.into_iter().filter_map(|pid| proc.directory(rustix::path::DecInt::new(pid)).ok());
    let first = directories.find(|process| {
        let status = process.read(c"status", LONGEST, &mut text).ok().and_then(Status::parse);
        status.is_some_and(|status| status.namespaces > 1 && status.in_namespace.pid == Some(1))
            && process.stat(c"ns/pid").is_ok_and(|stat| stat.stx_ino == namespace)
    })?;
    Some(started(machine, &first))
}
