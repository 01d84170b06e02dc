//! The host as `/proc` shows it, with what was found out before and need not be read again for each thread.

use super::cgroups::Cgroups;
use super::directory::Directory;
use super::machine::Machine;
use super::mounts::{self, Mounts};
use super::namespaces::Namespaces;
use super::scan::number;
use rustix::path::DecInt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// `/proc`, open.
#[derive(Debug)]
pub struct Host {
    pub(super) proc: Directory,
    /// Whether ids are those that system calls of ours take.
    pub(super) has_our_ids: bool,
    pub(super) machine: Machine,
    pub(super) cgroups: Cgroups,
    pub(super) mounts: Mounts,
    pub(super) namespaces: Namespaces,
    /// For the text of the file that is being read.
    pub(super) text: Vec<u8>,
}

impl Host {
    /// Opens `/proc`, or another directory that is like it.
    pub fn open(path: &Path) -> io::Result<Host> {
        let proc = Directory::open(path)?;
        let mut text = Vec::new();
        let own_mounts = proc.directory(c"self").map_or_else(|_| Vec::new(), |own| mounts::of(&own));
        let (machine, cgroups) = (Machine::of(&proc), Cgroups::new(&own_mounts));
        let has_our_ids = proc.link(c"self", &mut text).ok().and_then(number) == Some(std::process::id());
        Ok(Host {
            proc,
            has_our_ids,
            machine,
            cgroups,
            mounts: Mounts::default(),
            namespaces: Namespaces::default(),
            text,
        })
    }

    /// The same for another thread of ours, with what was found out until now.
    pub fn try_clone(&self) -> io::Result<Host> {
        Ok(Host {
            proc: self.proc.try_clone()?,
            has_our_ids: self.has_our_ids,
            machine: self.machine.clone(),
            cgroups: self.cgroups.clone(),
            mounts: self.mounts.clone(),
            namespaces: self.namespaces.clone(),
            text: Vec::new(),
        })
    }

    /// The machine, as it was when `/proc` was opened.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The processes, by their ids.
    pub fn processes(&self) -> io::Result<Vec<i64>> {
        self.proc.numbers()
    }

    /// The directory of a process. It counts for all threads together where the kernel counts.
    pub fn process(&self, pid: i64) -> io::Result<Directory> {
        self.proc.directory(DecInt::new(pid))
    }

    /// The directory of a thread, whether or not it is the leader of its process.
    pub fn thread(&self, tid: i64) -> io::Result<Directory> {
        self.proc.directory(format!("{tid}/task/{tid}"))
    }

    /// The control groups of a thread or process, `subsystem=path` items, each ended by a zero byte; empty if they
    /// cannot be read.
    pub fn cgroups(&mut self, directory: &Directory) -> Arc<[u8]> {
        const LONGEST: usize = 1 << 20;
        match directory.read(c"cgroup", LONGEST, &mut self.text) {
            Ok(text) => self.cgroups.items(text),
            Err(_) => Arc::default(),
        }
    }

    /// Finds the mount with an id that a descriptor or a file of a thread has: see [`Mounts::find`].
    pub fn mount(&mut self, thread: &Directory, id: u64) -> Option<&mounts::Mount> {
        self.mounts.find(thread, id)
    }
}
