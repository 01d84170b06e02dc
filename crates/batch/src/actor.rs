//! Who did it: a version of a thread, and its ancestors and leaders.

use crate::{Container, Id, Text};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// An entry of the user or group database, as of a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Account {
    /// User or group name.
    pub name: Text,
    /// Home directory; empty for groups.
    pub home: Text,
    /// Login shell; empty for groups.
    pub shell: Text,
}

bitflags::bitflags! {
    /// Facts of a thread that are either true or not.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct OwnFlags: u32 {
        /// It leads its process.
        const MAIN_THREAD = 1;
        /// The executable can be written by the user who runs it.
        const EXE_WRITABLE = 1 << 1;
        /// The executable lies in the upper layer of an overlay file system.
        const EXE_UPPER_LAYER = 1 << 2;
        /// The executable lies in the lower layer of an overlay file system.
        const EXE_LOWER_LAYER = 1 << 3;
        /// The executable is a memfd.
        const EXE_FROM_MEMFD = 1 << 4;
        /// It is a container's health check.
        const HEALTHCHECK = 1 << 5;
        /// It is a container's liveness probe.
        const LIVENESS_PROBE = 1 << 6;
        /// It is a container's readiness probe.
        const READINESS_PROBE = 1 << 7;
        /// The capture does not know the thread: only its id is real.
        const UNKNOWN = 1 << 8;
        /// It lives in a pid namespace of its own: [`Own::vtid`] differs from [`Own::tid`].
        const IN_PIDNS = 1 << 9;
    }
}

/// One version of a thread's identity. What belongs to the process (arguments, working directory …) is the
/// process's as of the same moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Own {
    /// Thread id.
    pub tid: i64,
    /// Process id: the thread id of the group's leader.
    pub pid: i64,
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
    /// First argument, as given to exec.
    pub exe: Text,
    /// Full path of the executable.
    pub exepath: Text,
    /// Arguments after the first, each ended by a zero byte.
    pub args: Text,
    /// Environment, each entry ended by a zero byte.
    pub env: Text,
    /// `subsystem=path`, each ended by a zero byte.
    pub cgroups: Text,
    /// Working directory.
    pub cwd: Text,
    /// Root directory.
    pub root: Text,
    /// Effective user id.
    pub uid: u32,
    /// Effective group id.
    pub gid: u32,
    /// Login user id; 0xFFFFFFFF for none.
    pub loginuid: u32,
    /// The user's entry, if the capture has one.
    pub user: Option<Arc<Account>>,
    /// The group's entry, if the capture has one.
    pub group: Option<Arc<Account>>,
    /// The login user's entry, if the capture has one.
    pub loginuser: Option<Arc<Account>>,
    /// Controlling terminal, 0 for none.
    pub tty: u32,
    /// Capability sets: permitted, effective, inheritable.
    pub capabilities: [u64; 3],
    /// When the process was cloned, ns since the epoch; 0 if unknown.
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
    /// From the executable's status change to the thread's clone, as of the last exec, ns; 0 if unknown. Wraps.
    pub exe_ino_ctime_to_clone: u64,
    /// From the start of its pid namespace to the executable's status change, as of the last exec, ns; 0 if unknown.
    pub exe_ino_pidns_to_ctime: u64,
    /// Facts that are either true or not.
    pub flags: OwnFlags,
    /// The container's id as the cgroups give it; empty on the host.
    pub container_id: Text,
    /// What the capture said of that container up to this moment.
    pub container: Option<Id<Container>>,
    /// In a container: the IPv4 addresses that count as local. `None`: those of the host's interfaces.
    pub local_addresses: Option<Arc<[Ipv4Addr]>>,
}

impl Own {
    /// What of it tells of its program and container: few versions of threads differ in that.
    pub fn program(&self) -> Own {
        Own {
            comm: self.comm.clone(),
            exe: self.exe.clone(),
            exepath: self.exepath.clone(),
            flags: self.flags,
            container_id: self.container_id.clone(),
            container: self.container,
            ..Own::default()
        }
    }
}

/// The threads that a thread's `proc.p*`, `proc.a*`, `sname`, `sid.*`, `pgid.*` speak of, as of a moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lineage {
    /// The process's parent id (its leader's), whether that is known or not.
    pub ppid: i64,
    /// The leader of its process, often the thread itself; [`Id::NONE`] if unknown.
    pub leader: Id<Own>,
    /// The thread that the thread's own parent id names. The leader's parent id may be another one, and this may
    /// be another thread of the parent than [`ancestors`](Self::ancestors) starts with.
    pub parent: Id<Own>,
    /// The known ancestors of the process, parent first. Ends at the first unknown one; a loop is gone round for a
    /// while. Exit view: leaders of processes; classic view: the very threads that the parent ids name.
    pub ancestors: Box<[Id<Own>]>,
    /// The ancestors that a search through all of them visits, where they are not just [`ancestors`](Self::ancestors):
    /// the very threads that the parent ids name, in the exit view too.
    pub searched: Option<Box<[Id<Own>]>>,
    /// The leader of its session; [`Id::NONE`] if unknown.
    pub session: Id<Own>,
    /// The leader of its process group on the host; [`Id::NONE`] if unknown.
    pub group: Id<Own>,
    /// The leader of its process group by the id inside the pid namespace; [`Id::NONE`] if unknown.
    pub vgroup: Id<Own>,
    /// Process id of the oldest ancestor (or itself) whose command ends in `sh` (`proc.loginshellid`).
    pub login_shell: Option<i64>,
}

impl Lineage {
    /// The ancestors that a search through all of them visits, parent first.
    pub fn searched(&self) -> &[Id<Own>] {
        self.searched.as_deref().unwrap_or(&self.ancestors)
    }
}
