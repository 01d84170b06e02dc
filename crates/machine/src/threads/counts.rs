//! The classic view's relation between a leader and its threads: a count, which keeps the leader in the table until
//! its last thread is gone.

use crate::{Machine, Thread};
use capture_event::tables::thread::ThreadFlags;

/// How many looks at a thread a recount takes.
const STEPS: usize = 8;

impl Machine {
    pub(super) fn add_classic(&mut self, thread: Thread) {
        self.count_thread(&thread);
        self.put_thread(thread);
    }

    /// Counts a thread for its leader. A leader that is not known gets a placeholder.
    fn count_thread(&mut self, thread: &Thread) {
        if thread.id.flags.contains(ThreadFlags::CLONE_THREAD) {
            self.count_thread_of(thread.id.pid);
        }
    }

    fn count_thread_of(&mut self, pid: i64) {
        if let Some(leader) = self.thread_or_placeholder(pid)
            && let Some(leader) = self.threads.get_mut(leader)
        {
            leader.quantities.children += 1;
        }
    }

    /// Counts the threads of all processes, as is done once for the process list.
    pub(crate) fn count_all_threads(&mut self) {
        let is_counted = |thread: &&Thread| thread.id.flags.contains(ThreadFlags::CLONE_THREAD);
        let pids: Vec<i64> = self.threads.iter().filter(is_counted).map(|thread| thread.id.pid).collect();
        pids.into_iter().for_each(|pid| self.count_thread_of(pid));
    }

    pub(super) fn remove_classic(&mut self, tid: i64, force: bool) {
        let Some(thread) = self.threads.get(tid) else { return };
        let (pid, flags, children) = (thread.id.pid, thread.id.flags, thread.quantities.children);
        if children != 0 && !force {
            return;
        }
        if flags.contains(ThreadFlags::CLONE_THREAD)
            && let Some(leader) = self.threads.get_mut(pid).filter(|leader| leader.quantities.children > 0)
        {
            leader.quantities.children -= 1;
        }
        self.take_thread(tid);
        if children != 0 {
            self.recount_threads();
        }
    }

    /// After a leader was taken from its threads: all counts start anew, and it comes back as a placeholder.
    fn recount_threads(&mut self) {
        if !self.allowance.draw(STEPS * self.threads.len()) {
            return;
        }
        for thread in self.threads.iter_mut() {
            thread.quantities.children = 0;
            thread.former_leader = None;
        }
        let orphans: Vec<i64> = self.threads.iter().filter(|t| t.shares_fds()).map(|t| t.tid).collect();
        for tid in orphans {
            self.leader_of(tid);
        }
        self.count_all_threads();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capture_batch::View;

    fn thread(tid: i64, pid: i64) -> Thread {
        let mut thread = Thread::new(tid);
        thread.id.pid = pid;
        if tid != pid {
            thread.id.flags |= ThreadFlags::CLONE_THREAD | ThreadFlags::CLONE_FILES;
        }
        thread
    }

    fn children(machine: &Machine, tid: i64) -> Option<u64> {
        machine.threads.get(tid).map(|thread| thread.quantities.children)
    }

    #[test]
    fn a_leader_stays_until_its_last_thread_is_gone() {
        let mut machine = Machine::new(View::Classic);
        for tid in [10, 11, 12] {
            assert!(machine.add_thread(thread(tid, 10)));
        }
        assert_eq!(children(&machine, 10), Some(2));
        machine.remove_thread(10, false);
        machine.remove_thread(11, false);
        machine.remove_thread(12, false);
        assert_eq!(children(&machine, 10), Some(0));
        machine.remove_thread(10, false);
        assert!(machine.threads.is_empty());
    }

    #[test]
    fn a_leader_that_is_forced_out_comes_back_as_a_placeholder() {
        let mut machine = Machine::new(View::Classic);
        for tid in [10, 11, 12] {
            machine.add_thread(thread(tid, 10));
        }
        machine.remove_thread(10, true);
        let leader = machine.threads.get(10).unwrap();
        assert!(leader.is_placeholder());
        // Once for being in the process, once for being counted: the classic program counts both.
        assert_eq!(leader.quantities.children, 4);
    }

    #[test]
    fn a_recount_that_cannot_be_paid_for_is_left_undone() {
        let mut machine = Machine::new(View::Classic);
        for tid in [10, 11, 20, 21] {
            machine.add_thread(thread(tid, tid / 10 * 10));
        }
        while machine.allowance.draw(1 << 10) {}
        machine.remove_thread(10, true);
        assert_eq!((children(&machine, 10), children(&machine, 20)), (None, Some(1)));
    }

    #[test]
    fn an_unknown_leader_in_the_process_list_gets_a_placeholder() {
        let mut machine = Machine::new(View::Classic);
        machine.put_thread(thread(11, 10));
        machine.put_thread(thread(12, 10));
        machine.count_all_threads();
        assert_eq!(children(&machine, 10), Some(4));
    }
}
