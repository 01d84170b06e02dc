//! Before an event is applied: whose it is, and what it works on.

use crate::{Applied, FdKey, Machine, Thread};
use capture_batch::View;
use capture_event::{Event, EventFlags};

impl Machine {
    /// The thread whose descriptors `tid` uses; `None` if it is unknown.
    pub fn fd_owner(&mut self, tid: i64) -> Option<i64> {
        let thread = self.threads.get(tid)?;
        if thread.shares_fds() { self.leader_of(tid) } else { Some(tid) }
    }

    /// The leader of the process of `tid`: itself, or the thread with its process id. The classic view makes a
    /// placeholder for a leader it does not know.
    pub fn leader_of(&mut self, tid: i64) -> Option<i64> {
        let thread = self.threads.get(tid)?;
        if thread.is_leader() {
            return Some(tid);
        }
        let pid = thread.id.pid;
        match self.view {
            View::Classic => self.thread_or_placeholder(pid),
            View::Exit => self.threads.get(pid).map(|leader| leader.tid),
        }
    }

    /// The thread `tid`, made as a placeholder if it is unknown; `None` when the table is full.
    pub fn thread_or_placeholder(&mut self, tid: i64) -> Option<i64> {
        if self.threads.get(tid).is_none() {
            self.threads.put(Thread::new(tid));
        }
        Some(tid)
    }

    /// Looks up descriptor `fd` of `tid` for the event under way.
    pub fn look_up_fd(&mut self, tid: i64, fd: i64) -> Option<FdKey> {
        if fd < 0 {
            return None;
        }
        let owner = self.fd_owner(tid)?;
        let table = &mut self.threads.get_mut(owner)?.fds;
        table.look_up(fd).map(|_| FdKey { owner, fd })
    }

    /// Finds the thread and the descriptor of an event.
    pub(crate) fn reset(&mut self, event: &Event<'_>) -> Applied {
        let mut applied = Applied::default();
        let flags = event.info(self.view.dialect()).map_or(EventFlags::empty(), |info| info.flags);
        applied.thread = self.thread_or_placeholder(event.tid);
        if flags.contains(EventFlags::USES_FD) {
            applied.object = event.signed(0).and_then(|fd| self.look_up_fd(event.tid, fd));
        }
        applied
    }
}
