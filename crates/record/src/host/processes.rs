//! The processes of the host, as far as they were met.

use super::connector::Who;
use crate::proc::executable::Executable;
use crate::proc::{Facts, Host};
use rustc_hash::FxHashMap;
use std::path::PathBuf;

/// What is known of a process.
#[derive(Debug, Clone)]
pub struct Process {
    /// All that captures say of it.
    pub facts: Facts,
    /// The inode of its mount namespace; 0 if it is not known.
    pub mounts: u64,
    /// The inode of its network namespace; 0 if it is not known.
    pub network: u64,
}

/// All processes that were met and have not ended.
#[derive(Debug)]
pub struct Processes {
    host: Host,
    known: FxHashMap<i32, Process>,
    /// What processes opened to execute since the last of their execs: first the program, then what interprets it.
    programs: FxHashMap<i32, Vec<u8>>,
}

/// So many processes may be about to execute something.
const MOST: usize = 4096;

/// How long the name of a command is at most.
const LONGEST_NAME: usize = 15;

impl Processes {
    /// Those of a list, and what reads others.
    pub fn new(host: Host, listed: impl Iterator<Item = Facts>) -> Processes {
        let leaders = listed.filter(|facts| facts.tid == facts.pid);
        let known = leaders.map(|facts| (facts.pid as i32, Process::of(facts))).collect();
        Processes { host, known, programs: FxHashMap::default() }
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

    /// A thread made another: what is known of both. If the new one is gone it was like the other.
    pub fn forked(&mut self, parent: Who, child: Who) -> Option<(Facts, Facts)> {
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
        let facts = facts.unwrap_or_else(|| {
            let flags = if tid == pid { Default::default() } else { maker.flags };
            Facts { tid, pid, vtid: tid, vpid: pid, ptid, flags, ..maker.clone() }
        });
        if tid == pid {
            let process = Process::of(facts.clone());
            let (mounts, network) = of_parent.map_or((0, 0), |parent| (parent.mounts, parent.network));
            let or = |own, others| if own == 0 { others } else { own };
            let process =
                Process { mounts: or(process.mounts, mounts), network: or(process.network, network), ..process };
            self.known.insert(child.pid, process);
        }
        Some((maker, facts))
    }

    /// A process opened a file to execute it.
    pub fn opened_program(&mut self, pid: i32, path: Vec<u8>) {
        if self.programs.len() >= MOST {
            self.programs.clear();
        }
        self.programs.entry(pid).or_insert(path);
    }

    /// A process executes another program: what is known of it now. If it is gone already, only what no exec changes,
    /// and what it opened to execute.
    pub fn executed(&mut self, who: Who) -> Option<&Process> {
        let program: std::sync::Arc<[u8]> = self.programs.remove(&who.pid).unwrap_or_default().into();
        let read = Facts::of(&mut self.host, who.pid.into()).map(Process::of);
        let process = read.or_else(|| {
            let before = self.known.get(&who.pid)?.clone();
            let nothing = || std::sync::Arc::<[u8]>::default();
            let name = program.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
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
        self.known.insert(who.pid, process);
        self.known.get(&who.pid)
    }

    /// A process has ended.
    pub fn ended(&mut self, pid: i32) {
        self.known.remove(&pid);
    }
}

impl Process {
    fn of(facts: Facts) -> Process {
        let [mounts, network] = ["mnt", "net"].map(|kind| namespace(facts.pid as i32, kind).unwrap_or(0));
        Process { facts, mounts, network }
    }
}

/// The inode of a namespace of a process.
pub fn namespace(pid: i32, kind: &str) -> Option<u64> {
    let link = std::fs::read_link(PathBuf::from(format!("/proc/{pid}/ns/{kind}"))).ok()?;
    let (_, inode) = link.to_str()?.strip_suffix(']')?.split_once('[')?;
    inode.parse().ok()
}
