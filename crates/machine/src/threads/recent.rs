//! The exit view's memory of threads that just exited: a parent's clone may return after its child is gone, and must
//! not bring the child back.

use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// How many exits are remembered.
const MAX_EXITS: usize = 8192;
/// For how long, ns.
const MAX_AGE: u64 = 2_000_000_000;

/// The last exits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecentExits {
    order: VecDeque<((i64, i64), u64)>,
    latest: FxHashMap<(i64, i64), u64>,
}

impl RecentExits {
    /// Remembers that the child `tid` of `ptid` exited at `ts`.
    pub fn record(&mut self, tid: i64, ptid: i64, ts: u64) {
        if self.order.len() == MAX_EXITS
            && let Some((oldest, at)) = self.order.pop_front()
            && self.latest.get(&oldest) == Some(&at)
        {
            self.latest.remove(&oldest);
        }
        self.order.push_back(((ptid, tid), ts));
        self.latest.insert((ptid, tid), ts);
    }

    /// Whether the child `tid` of `ptid` exited within the last two seconds before `ts`.
    pub fn contains(&self, tid: i64, ptid: i64, ts: u64) -> bool {
        let exited = self.latest.get(&(ptid, tid));
        exited.and_then(|&at| ts.checked_sub(at)).is_some_and(|age| age < MAX_AGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_is_remembered_for_two_seconds_and_for_its_parent_only() {
        let mut exits = RecentExits::default();
        exits.record(5, 1, 10);
        assert!(exits.contains(5, 1, 10 + MAX_AGE - 1));
        assert!(!exits.contains(5, 1, 10 + MAX_AGE));
        assert!(!exits.contains(5, 1, 9));
        assert!(!exits.contains(5, 2, 10));
    }

    #[test]
    fn old_exits_are_forgotten() {
        let mut exits = RecentExits::default();
        exits.record(5, 1, 0);
        (0..MAX_EXITS as i64).for_each(|tid| exits.record(100 + tid, 1, 1));
        assert!(!exits.contains(5, 1, 2));
        assert!(exits.contains(100, 1, 2));
        assert_eq!((exits.order.len(), exits.latest.len()), (MAX_EXITS, MAX_EXITS));
    }
}
