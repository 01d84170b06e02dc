//! The way up from a thread to its ancestors.

use super::Threads;
use crate::Thread;
use smallvec::SmallVec;

/// How many ancestors are followed.
pub(crate) const MAX_ANCESTORS: usize = 256;

/// Ids of threads.
pub(crate) type Tids = SmallVec<[i64; 16]>;

impl Threads {
    /// The ancestors of a thread that both programs visit when they search through all of them, parent first: a
    /// second pointer that goes twice as fast finds loops.
    pub(crate) fn search_up(&self, thread: &Thread) -> Tids {
        let parent = |thread: &Thread| self.get(thread.id.ptid);
        let mut visited = Tids::new();
        let mut slow = parent(thread);
        let mut fast = slow.and_then(parent);
        while let Some(at) = slow.filter(|at| at.tid != -1 && visited.len() < MAX_ANCESTORS) {
            visited.push(at.tid);
            slow = parent(at);
            for _ in 0..2 {
                fast = fast.and_then(parent);
                let met = |slow: &Thread| fast.is_some_and(|fast| fast.tid == slow.tid) || slow.tid == slow.id.ptid;
                if slow.is_some_and(met) {
                    return visited;
                }
            }
        }
        visited
    }
}
