//! One thread: who it is, what it uses, what it did last.

use crate::bind::ThreadMemo;
use crate::containers::Category;
use crate::fds::FdTable;
use crate::threads::family::{Family, ThreadKey};
use crate::tracked::{Memo, Tracked};
use capture_batch::Text;
use capture_event::Event;
use capture_event::tables::thread::ThreadFlags;

/// The code of no event.
pub const NO_EVENT: u16 = u16::MAX;

/// The number of no user and no group.
pub const NO_ID: u32 = u32::MAX;

/// What both programs show for names that they do not know.
pub const UNKNOWN_NAME: &str = "<NA>";

/// What a thread is known as. A change makes a new version of the actor, so quantities are kept elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// Process id: the thread id of the leader. -1 if unknown.
    pub pid: i64,
    /// Parent: the thread id that the parent had when the thread was cloned or given to it.
    pub ptid: i64,
    /// Thread id inside its pid namespace; -1 if unknown.
    pub vtid: i64,
    /// Process id inside its pid namespace; -1 if unknown.
    pub vpid: i64,
    /// Session id; -1 if unknown.
    pub sid: i64,
    /// Process group on the host; -1 if unknown.
    pub pgid: i64,
    /// Process group inside its pid namespace; -1 if unknown.
    pub vpgid: i64,
    /// Command name.
    pub comm: Text,
    /// First argument.
    pub exe: Text,
    /// Path of the executable.
    pub exepath: Text,
    /// Arguments after the first, each ended by a zero byte.
    pub args: Text,
    /// Environment, each entry ended by a zero byte. The leader's counts for its threads.
    pub env: Text,
    /// `subsystem=path`, each ended by a zero byte.
    pub cgroups: Text,
    /// Working directory, with a slash at its end. The leader's counts for its threads.
    pub cwd: Text,
    /// Root directory.
    pub root: Text,
    /// Effective user id; 0xFFFFFFFF if unknown.
    pub uid: u32,
    /// Effective group id; 0xFFFFFFFF if unknown.
    pub gid: u32,
    /// Login user id; 0xFFFFFFFF for none.
    pub loginuid: u32,
    /// Controlling terminal, 0 for none.
    pub tty: u32,
    /// Capability sets: permitted, effective, inheritable.
    pub capabilities: [u64; 3],
    /// When it was cloned, ns since the epoch; 0 if unknown.
    pub clone_ts: u64,
    /// When it last called exec, ns since the epoch; 0 if never or unknown.
    pub exec_ts: u64,
    /// When its pid namespace's init started, ns since the epoch; 0 if unknown.
    pub pidns_init_start_ts: u64,
    /// Inode of the executable; 0 if unknown.
    pub exe_ino: u64,
    /// Status change time of the executable, ns since the epoch; 0 if unknown.
    pub exe_ino_ctime: u64,
    /// Modification time of the executable, ns since the epoch; 0 if unknown.
    pub exe_ino_mtime: u64,
    /// From the executable's status change to the clone, as of the last exec, ns; 0 if unknown. Wraps.
    pub exe_ino_ctime_to_clone: u64,
    /// From the start of its pid namespace to the executable's status change, as of the last exec, ns; 0 if unknown.
    pub exe_ino_pidns_to_ctime: u64,
    /// The user who runs it can write the executable.
    pub exe_writable: bool,
    /// The executable lies in the upper layer of an overlay file system.
    pub exe_upper_layer: bool,
    /// The executable lies in the lower layer of an overlay file system.
    pub exe_lower_layer: bool,
    /// The executable is a memfd.
    pub exe_from_memfd: bool,
    /// The container's id; empty on the host.
    pub container_id: Text,
    /// What it does for its container.
    pub category: Category,
    /// How it was cloned, and marks of the replay.
    pub flags: ThreadFlags,
}

impl Default for Identity {
    fn default() -> Self {
        Identity {
            pid: -1,
            ptid: -1,
            vtid: -1,
            vpid: -1,
            sid: -1,
            pgid: -1,
            vpgid: -1,
            comm: Text::default(),
            exe: Text::default(),
            exepath: Text::default(),
            args: Text::default(),
            env: Text::default(),
            cgroups: Text::default(),
            cwd: Text::default(),
            root: Text::default(),
            uid: NO_ID,
            gid: NO_ID,
            loginuid: NO_ID,
            tty: 0,
            capabilities: [0; 3],
            clone_ts: 0,
            exec_ts: 0,
            pidns_init_start_ts: 0,
            exe_ino: 0,
            exe_ino_ctime: 0,
            exe_ino_mtime: 0,
            exe_ino_ctime_to_clone: 0,
            exe_ino_pidns_to_ctime: 0,
            exe_writable: false,
            exe_upper_layer: false,
            exe_lower_layer: false,
            exe_from_memfd: false,
            container_id: Text::default(),
            category: Category::None,
            flags: ThreadFlags::NAME_CHANGED,
        }
    }
}

/// Quantities of a thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantities {
    /// Virtual memory, kB.
    pub vm_size: u32,
    /// Resident memory, kB.
    pub vm_rss: u32,
    /// Swapped memory, kB.
    pub vm_swap: u32,
    /// Major page faults since the start.
    pub pf_major: u64,
    /// Minor page faults since the start.
    pub pf_minor: u64,
    /// Limit of open descriptors; -1 if unknown.
    pub fd_limit: i64,
    /// Classic view: the threads of the process beside its leader.
    pub children: u64,
}

impl Default for Quantities {
    fn default() -> Self {
        Quantities { vm_size: 0, vm_rss: 0, vm_swap: 0, pf_major: 0, pf_minor: 0, fd_limit: -1, children: 0 }
    }
}

/// An enter event that was kept because its exit event needs its parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeptEvent {
    code: u16,
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl KeptEvent {
    /// Keeps an event, reusing the memory of the one kept before.
    pub fn keep(&mut self, event: &Event<'_>) {
        self.code = event.code;
        self.bytes.clear();
        self.ends.clear();
        for param in event.params {
            self.bytes.extend_from_slice(param);
            self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        }
    }

    /// Keeps nothing, but the memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Its type.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The bytes of parameter `i`; `None` when the event has no such parameter.
    pub fn raw(&self, i: usize) -> Option<&[u8]> {
        let end = *self.ends.get(i)? as usize;
        let start = match i.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.bytes.get(start..end)
    }

    /// Lets `read` look at parameter `i` as at the first one of an event; `None` when the event has no such parameter.
    pub fn with_param<R>(&self, i: usize, read: impl FnOnce(&Event<'_>) -> Option<R>) -> Option<R> {
        let params = [self.raw(i)?];
        read(&Event { ts: 0, tid: 0, cpu: 0, code: self.code, state_only: false, params: &params })
    }

    /// Lets `read` look at it as at an event under way.
    pub fn with<R>(&self, read: impl FnOnce(&Event<'_>) -> R) -> R {
        let params: smallvec::SmallVec<[&[u8]; 8]> = (0..self.ends.len()).filter_map(|i| self.raw(i)).collect();
        read(&Event { ts: 0, tid: 0, cpu: 0, code: self.code, state_only: false, params: &params })
    }
}

/// What a thread did last. The enter event's facts are needed when its exit comes.
#[derive(Debug, Clone, PartialEq)]
pub struct LastEvent {
    /// Type of its last enter event; [`NO_EVENT`] if none.
    pub code: u16,
    /// Descriptor of the call under way; -1 for none.
    pub fd: i64,
    /// Time of its last enter event, ns since the epoch; 0 if none.
    pub enter_ts: u64,
    /// Classic view: how long its last call took, ns; 0 while it is in one.
    pub latency: u64,
    /// The enter event, where a handler asked to keep it.
    pub kept: Option<KeptEvent>,
}

impl Default for LastEvent {
    fn default() -> Self {
        LastEvent { code: NO_EVENT, fd: 0, enter_ts: 0, latency: 0, kept: None }
    }
}

/// One thread, or a process: a process is its leader.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Thread {
    /// Thread id on the host.
    pub tid: i64,
    /// Tells threads with the same tid apart: never used twice in a machine.
    pub serial: u64,
    /// Who it is.
    pub id: Tracked<Identity>,
    /// How much it uses.
    pub quantities: Tracked<Quantities>,
    /// What it did last.
    pub last: LastEvent,
    /// Its descriptors; unused where it shares its leader's.
    pub fds: FdTable,
    /// How many of these it was given when it was forked.
    pub forked_fds: usize,
    /// Classic view: the leader that it had when it called exec and became one itself or went to another process. That
    /// one's directory, limit and counts go on to be shown for it.
    pub former_leader: Option<ThreadKey>,
    /// Exit view: its place among its relatives.
    pub family: Family,
    /// What binding remembers of it.
    pub memo: Memo<ThreadMemo>,
}

impl Thread {
    /// A thread of which nothing is known.
    pub fn new(tid: i64) -> Self {
        Thread { tid, ..Thread::default() }
    }

    /// Its name in the lists of other threads.
    pub fn key(&self) -> ThreadKey {
        ThreadKey { tid: self.tid, serial: self.serial }
    }

    /// Whether it leads its process.
    pub fn is_leader(&self) -> bool {
        self.tid == self.id.pid || self.id.flags.contains(ThreadFlags::IS_MAIN_THREAD)
    }

    /// Whether it uses its leader's descriptors.
    pub fn shares_fds(&self) -> bool {
        self.id.flags.contains(ThreadFlags::CLONE_FILES)
    }

    /// Exit view: whether it exited and is only still there for others.
    pub fn is_dead(&self) -> bool {
        self.id.flags.contains(ThreadFlags::CLOSED)
    }

    /// Exit view: whether no more than its id is known.
    pub fn is_invalid(&self) -> bool {
        self.tid < 0 || self.id.pid < 0 || self.id.ptid < 0
    }

    /// Classic view: whether it stands for a thread that the capture does not know.
    pub fn is_placeholder(&self) -> bool {
        *self.id.comm == *UNKNOWN_NAME.as_bytes() && self.id.uid == NO_ID
    }

    /// Whether it is known to live in a pid namespace of its own.
    pub fn is_in_pid_namespace(&self) -> bool {
        self.id.flags.contains(ThreadFlags::CHILD_IN_PIDNS) || (self.tid != self.id.vtid && self.id.vtid >= 0)
    }
}
