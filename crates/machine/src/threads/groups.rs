//! Thread groups of the exit view: who is alive in a process, and whether it adopts orphans.

use rustc_hash::FxHashMap;

/// The number of a thread group; never used twice in a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub u64);

/// One thread group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// Threads that are alive.
    pub alive: u64,
    /// Whether it adopts the children of descendants that die.
    pub reaper: bool,
    /// Its threads, the leader first if it is known: thread id and serial.
    pub threads: Vec<(i64, u64)>,
}

/// All thread groups.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Groups {
    groups: FxHashMap<GroupId, Group>,
    by_pid: FxHashMap<i64, GroupId>,
    made: u64,
}
