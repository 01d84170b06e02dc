//! The processes of the host, as far as they were met.

use super::connector::Who;
use crate::proc::executable::Executable;
use crate::proc::{Facts, Host};
use rustc_hash::FxHashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What is known of a process.
#[derive(Debug, Clone)]
pub struct Process {
    /// All that captures say of it.
    pub facts: Facts,
    /// The inode of its mount namespace; 0 if it is not known.
    pub mounts: u64,
    /// When that was found out.
    looked: Instant,
}

/// All processes that were met and have not ended.
#[derive(Debug)]
pub struct Processes {
    host: Host,
    known: FxHashMap<i32, Process>,
    /// What processes opened to execute since the last of their execs: first the program, then what interprets it.
    programs: FxHashMap<i32, Vec<Vec<u8>>>,
    /// By whom threads are traced, as far as we saw that begin.
    tracers: FxHashMap<i32, Who>,
}

/// So many processes may be about to execute something.
const MOST: usize = 4096;

/// How long a process is taken to be in the mount namespace that it was in.
const MOMENT: Duration = Duration::from_millis(100);

/// So many files of one process are remembered.
const MOST_OPENED: usize = 16;

/// How long the name of a command is at most.
const LONGEST_NAME: usize = 15;

impl Processes {
    /// Those of a list, and what reads others.
    pub fn new(host: Host, listed: impl Iterator<Item = Facts>) -> Processes {
        let leaders = listed.filter(|facts| facts.tid == facts.pid);
        let known = leaders.map(|facts| (facts.pid as i32, Process::of(facts))).collect();
        Processes { host, known, programs: FxHashMap::default(), tracers: FxHashMap::default() }
    }

    /// When the host was started, ns since the epoch.
    pub fn boot_ts(&self) -> u64 {
        self.host.machine().boot_ts
    }

    /// What is known of a process.
    pub fn get(&self, pid: i32) -> Option<&Process> {
        self.known.get(&pid)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (i32, &Process)> {
        self.known.iter().map(|(&pid, process)| (pid, process))
    }

    /// Reads a process that nobody told of; `None` if it is gone. `is_still` says, behind that, whether the process
    /// that was meant is still there: else what was read is of another one with the same id.
    pub fn meet(&mut self, pid: i32, is_still: impl Fn() -> bool) -> Option<&Process> {
        let facts = Facts::of(&mut self.host, pid.into()).filter(|_| is_still())?;
        self.known.insert(pid, Process::of(facts));
        self.known.get(&pid)
    }

    /// A thread made another: what is known of both. If the new one is gone it was like the other. `executes`: it has
    /// executed something since, and its name is of that.
    pub fn forked(&mut self, parent: Who, child: Who, executes: bool) -> Option<(Facts, Facts)> {
        if !self.known.contains_key(&parent.pid) {
            self.meet(parent.pid, || true);
        }
        let of_parent = self.known.get(&parent.pid).cloned();
        let maker = match &of_parent {
            Some(process) => Facts { tid: parent.tid.into(), ..process.facts.clone() },
            // Nothing is left of it, but its child has what it had.
            None => {
                let child = Facts::of(&mut self.host, child.tid.into())?;
                Facts { tid: parent.tid.into(), pid: parent.pid.into(), ..child }
            }
        };
        let (tid, pid) = (i64::from(child.tid), i64::from(child.pid));
        let facts = Facts::of_child(&mut self.host, &maker, tid).filter(|facts| facts.pid == pid);
        let ptid = if parent.pid == child.pid { maker.ptid } else { parent.pid.into() };
        let own = |facts: Facts| if executes { Facts { comm: maker.comm.clone(), ..facts } } else { facts };
        let facts = facts.map(own).unwrap_or_else(|| {
            let flags = if tid == pid { Default::default() } else { maker.flags };
            Facts { tid, pid, vtid: tid, vpid: pid, ptid, flags, ..maker.clone() }
        });
        if tid == pid {
            let process = Process::of(facts.clone());
            let mounts = if process.mounts == 0 { of_parent.map_or(0, |parent| parent.mounts) } else { process.mounts };
            self.known.insert(child.pid, Process { mounts, ..process });
        }
        Some((maker, facts))
    }

    /// Looks whether a process is in another mount namespace than it was, unless it was looked at a moment ago.
    pub fn has_moved(&mut self, pid: i32, now: Instant) -> bool {
        let Some(process) = self.known.get_mut(&pid) else { return false };
        if now.saturating_duration_since(process.looked) < MOMENT {
            return false;
        }
        process.looked = now;
        let found = namespace(pid, "mnt").filter(|found| *found != process.mounts);
        process.mounts = found.unwrap_or(process.mounts);
        found.is_some()
    }

    /// A process opened a file to execute it.
    pub fn opened_program(&mut self, pid: i32, path: Vec<u8>) {
        if self.programs.len() >= MOST {
            self.programs.clear();
        }
        let opened = self.programs.entry(pid).or_default();
        if opened.len() < MOST_OPENED {
            opened.push(path);
        }
    }

    /// What a process executes by what it opened; empty if that is not known. For each exec it opens the program, what
    /// interprets it, and last the loader, if they need one. What it opened behind that is for the next exec.
    fn opened(&mut self, pid: i32) -> std::sync::Arc<[u8]> {
        let mut opened = self.programs.remove(&pid).unwrap_or_default();
        // `ld-linux-x86-64.so.2`, `ld-musl-x86_64.so.1`, `ld-2.31.so`, `ld.so`; not the linker, such as `ld.bfd`.
        let is_loader = |path: &Vec<u8>| {
            let name = name_of(path);
            (name.starts_with(b"ld-") || name.starts_with(b"ld.")) && memchr::memmem::find(name, b".so").is_some()
        };
        let rest = opened.iter().position(is_loader).map_or_else(Vec::new, |at| opened.split_off(at + 1));
        if !rest.is_empty() {
            self.programs.insert(pid, rest);
        }
        opened.into_iter().next().unwrap_or_default().into()
    }

    /// A process executes another program: what is known of it now. If it is gone already, only what no exec changes,
    /// and what it opened to execute; the same if it has executed yet another one since, of which `/proc` tells. Also
    /// whether it is in another directory than it was.
    pub fn executed(&mut self, who: Who, executes_more: bool) -> Option<(&Process, bool)> {
        let program = self.opened(who.pid);
        let read = Facts::of(&mut self.host, who.pid.into()).map(Process::of);
        let (is_of_another, read) = if executes_more && !program.is_empty() { (read, None) } else { (None, read) };
        let process = read.or_else(|| {
            let before = self.known.get(&who.pid).cloned().or(is_of_another)?;
            let nothing = || std::sync::Arc::<[u8]>::default();
            let name = name_of(&program);
            let facts = Facts {
                comm: name.get(..LONGEST_NAME).unwrap_or(name).into(),
                exe: program.clone(),
                args: nothing(),
                env: nothing(),
                executable: Executable { path: program.clone(), ..Executable::default() },
                ..before.facts
            };
            Some(Process { facts, ..before })
        })?;
        // If it ended just now; no exec changes it.
        let mounts = match process.mounts {
            0 => self.known.get(&who.pid).map_or(0, |before| before.mounts),
            found => found,
        };
        let cwd = process.facts.cwd.clone();
        let before = self.known.insert(who.pid, Process { mounts, ..process });
        let has_moved = before.is_none_or(|before| before.facts.cwd != cwd);
        self.known.get(&who.pid).map(|process| (process, has_moved))
    }

    /// A thread is traced from now on.
    pub fn traced(&mut self, who: Who, by: Who) {
        self.tracers.insert(who.tid, by);
    }

    /// A thread is not traced any more. Who traced it, if that is known.
    pub fn let_go(&mut self, who: Who) -> Option<Who> {
        self.tracers.remove(&who.tid)
    }

    /// A thread has ended, and if it leads its process, that one.
    pub fn ended(&mut self, who: Who) {
        self.tracers.remove(&who.tid);
        if who.tid == who.pid {
            self.programs.remove(&who.pid);
            self.known.remove(&who.pid);
        }
    }
}

impl Process {
    fn of(facts: Facts) -> Process {
        let mounts = namespace(facts.pid as i32, "mnt").unwrap_or(0);
        Process { facts, mounts, looked: Instant::now() }
    }
}

/// The last part of a path.
fn name_of(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

/// The inode of a namespace of a process.
pub fn namespace(pid: i32, kind: &str) -> Option<u64> {
    let link = std::fs::read_link(PathBuf::from(format!("/proc/{pid}/ns/{kind}"))).ok()?;
    let (_, inode) = link.to_str()?.strip_suffix(']')?.split_once('[')?;
    inode.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_program_that_executed_another_one_is_known_by_what_was_opened() {
        let host = Host::open(Path::new("/proc")).unwrap();
        let mut processes = Processes::new(host, std::iter::empty());
        let pid = std::process::id() as i32;
        let who = Who { tid: pid, pid };
        processes.opened_program(pid, b"/usr/bin/env".to_vec());
        for path in ["/lib/ld.so", "/bin/script", "/bin/sh", "/lib/ld.so"] {
            processes.opened_program(pid, path.into());
        }
        let (process, _) = processes.executed(who, true).unwrap();
        let facts = &process.facts;
        assert_eq!((&*facts.comm, &*facts.executable.path), (&b"env"[..], &b"/usr/bin/env"[..]));
        assert!(facts.args.is_empty() && facts.pid == i64::from(pid));
        let (process, _) = processes.executed(who, true).unwrap();
        assert_eq!(&*process.facts.executable.path, b"/bin/script");
        let (process, has_moved) = processes.executed(who, false).unwrap();
        assert_ne!(&*process.facts.comm, b"script");
        assert!(!has_moved && !process.facts.executable.path.is_empty());
        let child = Who { tid: i32::MAX, pid: i32::MAX };
        let (_, of_child) = processes.forked(who, child, true).unwrap();
        assert_eq!(of_child.ptid, i64::from(pid), "one that is gone");
    }
}
