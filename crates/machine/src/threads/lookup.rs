//! Finding threads, and making one up where the capture does not know it.

use crate::fds::FdTable;
use crate::thread::{NO_ID, UNKNOWN_NAME};
use crate::{FdKey, Machine, Thread};
use capture_batch::{Text, View};

/// How many threads each view's program keeps; it knows no thread beyond.
const MAX_CLASSIC: usize = 131_072;
const MAX_EXIT: usize = 262_144;

/// How many descriptors the threads of the table may have from being forked, all together. A small capture could
/// fill the memory otherwise: every fork copies up to 4,096.
pub(super) const MAX_FORKED_FDS: usize = 1 << 22;

impl Machine {
    /// Whether the table takes no more threads.
    pub(crate) fn threads_full(&self) -> bool {
        let max = match self.view {
            View::Classic => MAX_CLASSIC,
            View::Exit => MAX_EXIT,
        };
        self.threads.len() >= max
    }

    /// The leader of the process of `tid`, as far as it is in the table.
    pub fn leader(&self, tid: i64) -> Option<&Thread> {
        self.leader_from(self.threads.get(tid)?)
    }

    #[inline]
    fn leader_from<'t>(&'t self, thread: &'t Thread) -> Option<&'t Thread> {
        if thread.is_leader() { Some(thread) } else { self.other_leader(thread) }
    }

    /// The leader of a thread that is none itself.
    fn other_leader<'t>(&'t self, thread: &'t Thread) -> Option<&'t Thread> {
        match self.view {
            View::Classic => self.former_leader(thread).or_else(|| self.threads.get(thread.id.pid)),
            View::Exit => {
                let first = self.groups.first(thread).and_then(|key| self.threads.find(key));
                first.filter(|first| first.is_leader())
            }
        }
    }

    /// The thread that holds what its process has in common: directory, descriptors and their limit, counts. The
    /// leader, as a rule.
    pub fn main_thread(&self, tid: i64) -> Option<&Thread> {
        self.main_thread_from(self.threads.get(tid)?)
    }

    /// As [`Machine::main_thread`], for a thread of the table that is at hand.
    #[inline]
    pub(crate) fn main_thread_from<'t>(&'t self, thread: &'t Thread) -> Option<&'t Thread> {
        self.former_leader(thread).or_else(|| self.leader_from(thread))
    }

    #[inline]
    fn former_leader(&self, thread: &Thread) -> Option<&Thread> {
        thread.former_leader.and_then(|key| self.threads.find(key))
    }

    /// As [`Machine::main_thread`]. The classic view makes a placeholder for a leader that it does not know.
    pub fn leader_of(&mut self, tid: i64) -> Option<i64> {
        if let Some(main) = self.main_thread(tid) {
            return Some(main.tid);
        }
        let pid = self.threads.get(tid)?.id.pid;
        match self.view {
            View::Classic => self.thread_or_placeholder(pid),
            View::Exit => None,
        }
    }

    /// The thread whose descriptors `tid` uses; `None` if it is unknown.
    pub fn fd_owner(&mut self, tid: i64) -> Option<i64> {
        if self.threads.get(tid)?.shares_fds() { self.leader_of(tid) } else { Some(tid) }
    }

    /// The thread whose descriptors `tid` uses, if it is in the table.
    pub(crate) fn fd_owner_if_known(&self, tid: i64) -> Option<i64> {
        if self.threads.get(tid)?.shares_fds() { self.main_thread(tid).map(|main| main.tid) } else { Some(tid) }
    }

    /// An open descriptor of a thread. Looking leaves no trace.
    pub(crate) fn open_fd(&self, tid: i64, fd: i64) -> Option<FdKey> {
        let owner = self.fd_owner_if_known(tid)?;
        self.threads.get(owner)?.fds.get(fd).map(|_| FdKey { owner, fd })
    }

    /// The descriptors of a process that is forked from that of `tid`; none once there are too many.
    pub(crate) fn fork_fds(&mut self, tid: i64) -> FdTable {
        let owner = self.fd_owner(tid).and_then(|owner| self.threads.get(owner));
        let has_room = |fds: &&FdTable| self.forked_fds + fds.len() <= MAX_FORKED_FDS;
        owner.map(|owner| &owner.fds).filter(has_room).map(FdTable::forked).unwrap_or_default()
    }

    /// The name of an open descriptor.
    pub(crate) fn fd_name(&self, key: FdKey) -> Text {
        let fd = self.threads.get(key.owner).and_then(|owner| owner.fds.get(key.fd));
        fd.map(|fd| fd.name.clone()).unwrap_or_default()
    }

    /// The thread `tid`, made up if it is unknown; `None` when the table is full.
    pub fn thread_or_placeholder(&mut self, tid: i64) -> Option<i64> {
        if self.threads.get(tid).is_some() {
            return Some(tid);
        }
        if self.threads_full() {
            return None;
        }
        let mut thread = Thread::new(tid);
        thread.id.comm = UNKNOWN_NAME.into();
        thread.id.exe = UNKNOWN_NAME.into();
        thread.id.uid = NO_ID;
        thread.id.gid = NO_ID;
        thread.id.loginuid = NO_ID;
        if self.view == View::Classic {
            thread.id.pid = tid;
            thread.quantities.children = self.threads.of_process(tid);
        }
        self.put_thread(thread);
        Some(tid)
    }

    /// Puts a thread into the table, in place of one with its id.
    pub(crate) fn put_thread(&mut self, thread: Thread) {
        self.epochs.lineage += 1;
        self.forked_fds += thread.forked_fds;
        if let Some(old) = self.threads.put(thread) {
            self.forget(&old);
        }
    }

    /// Takes a thread out of the table.
    pub(crate) fn take_thread(&mut self, tid: i64) {
        self.epochs.lineage += 1;
        if let Some(thread) = self.threads.remove(tid) {
            self.forget(&thread);
        }
    }

    fn forget(&mut self, gone: &Thread) {
        self.forked_fds = self.forked_fds.saturating_sub(gone.forked_fds);
        self.groups.leave(gone);
    }

    /// Adds a thread that was just born; whether there was room for it.
    pub(crate) fn add_thread(&mut self, thread: Thread) -> bool {
        if self.threads_full() {
            return false;
        }
        match self.view {
            View::Classic => self.add_classic(thread),
            View::Exit => self.add_newest(thread),
        }
        true
    }

    /// Removes a thread. Classic view: one that others of its process need stays, unless removal is forced.
    pub(crate) fn remove_thread(&mut self, tid: i64, force: bool) {
        match self.view {
            View::Classic => self.remove_classic(tid, force),
            View::Exit => self.remove_newest(tid),
        }
    }
}
