//! What the tracer knows of a process beside its threads.

use crate::calls::socket::{self, Socket};
use crate::proc::{Facts, Host, Memory};
use crate::sys::socket::open_process;
use rustc_hash::FxHashMap;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

/// `/proc`, opened when it is first needed.
#[derive(Default)]
pub struct Proc(Option<Option<Host>>);

impl Proc {
    /// The host as `/proc` shows it; `None` if there is none.
    pub fn host(&mut self) -> Option<&mut Host> {
        self.0.get_or_insert_with(|| Host::open(Path::new("/proc")).ok()).as_mut()
    }

    /// A time (ns since the epoch) as ns since the machine was started.
    pub fn since_boot(&mut self, ts: u64) -> u64 {
        self.host().map_or(0, |host| ts.saturating_sub(host.machine().boot_ts))
    }
}

/// How old what is said of a process's memory may be, in ns: the kernel adds it up anew whenever it is asked.
pub const MEMORY_AGE: u64 = 10_000_000;

/// A process with threads that are traced.
#[derive(Default)]
pub struct Process {
    /// The id of its leader.
    pub pid: i32,
    /// A stable reference to it, made when first needed.
    handle: Option<OwnedFd>,
    /// Its sockets that were asked for; `None`: no socket.
    sockets: FxHashMap<i32, Option<Socket>>,
    /// Those of them that carry requests that somebody will want to read.
    requests: Vec<i32>,
    /// Its memory, and when that was so (ns since the epoch).
    memory: (Memory, u64),
    /// What was read of one of its threads last. Those that it makes have much of it too.
    pub facts: Option<Facts>,
    /// Whether that was not looked at since.
    has_news: bool,
    /// Whether another process has the same table of descriptors: what is known of them may be out of date.
    pub shares_descriptors: bool,
}

impl Process {
    /// A process of which nothing is known yet.
    pub fn new(pid: i32) -> Process {
        Process { pid, ..Process::default() }
    }

    /// Its memory as of `now` (ns since the epoch) or a little earlier; zeros if it cannot be asked.
    pub fn memory(&mut self, proc: &mut Proc, now: u64) -> Memory {
        if now >= self.memory.1.saturating_add(MEMORY_AGE) {
            let read = proc.host().and_then(|host| Memory::of(host, self.pid.into()));
            self.memory = (read.unwrap_or_default(), now);
        }
        self.memory.0
    }

    /// What was just read of one of its threads, at this time (ns since the epoch).
    pub fn learn(&mut self, facts: &Facts, now: u64) {
        self.memory = (facts.memory, now);
        self.facts = Some(facts.clone());
        self.has_news = true;
    }

    /// Its control groups, if something was learnt of it since they were asked for last.
    pub fn new_groups(&mut self) -> Option<&Arc<[u8]>> {
        let facts = self.facts.as_ref().filter(|_| std::mem::take(&mut self.has_news));
        facts.map(|facts| &facts.cgroups)
    }

    /// A process that was just made by another one, whose descriptors it has.
    pub fn child_of(parent: &Process, pid: i32) -> Process {
        Process {
            pid,
            sockets: parent.sockets.clone(),
            requests: parent.requests.clone(),
            facts: parent.facts.clone(),
            ..Process::default()
        }
    }

    /// It executes another program.
    pub fn executed(&mut self) {
        self.forget_sockets();
        self.facts = None;
        self.shares_descriptors = false;
        self.memory = Default::default();
    }

    /// A stable reference to it, with which its descriptors can be duplicated.
    pub fn handle(&mut self) -> Option<&OwnedFd> {
        if self.handle.is_none() {
            self.handle = open_process(self.pid).ok();
        }
        self.handle.as_ref()
    }

    /// A socket of it. `needs_peer`: what it is connected to is asked for again if it was not connected yet.
    pub fn socket(&mut self, fd: i32, needs_peer: bool) -> Option<&Socket> {
        if self.shares_descriptors {
            self.forget_sockets();
        }
        let is_known = match self.sockets.get(&fd) {
            Some(Some(socket)) => !socket.is_preliminary(needs_peer),
            Some(None) => true,
            None => false,
        };
        if !is_known {
            let found = self.handle().and_then(|handle| socket::look_up(handle, fd));
            self.requests.retain(|other| *other != fd);
            if found.as_ref().is_some_and(Socket::carries_requests) {
                self.requests.push(fd);
            }
            self.sockets.insert(fd, found);
        }
        self.sockets.get(&fd)?.as_ref()
    }

    /// Whether a descriptor is known to be a socket that carries requests that somebody will want to read.
    pub fn carries_requests(&self, fd: i32) -> bool {
        !self.requests.is_empty() && self.requests.contains(&fd)
    }

    /// A descriptor was closed or refers to something else from now on.
    pub fn forget_socket(&mut self, fd: i32) {
        if self.sockets.remove(&fd).is_some() {
            self.requests.retain(|other| *other != fd);
        }
    }

    /// Any descriptor may have been closed.
    pub fn forget_sockets(&mut self) {
        self.sockets.clear();
        self.requests.clear();
    }
}
