//! One event: cleanup, reset, family handlers.

use crate::{Applied, Machine, containers, fds, threads, users};
use capture_batch::View;
use capture_event::Event;

impl Machine {
    /// Applies one event to the state and says what it was bound to. Events of types that the view's schema does not
    /// have are bound to nothing. The event must not have more parameters than its type has.
    pub fn apply(&mut self, event: &Event<'_>) -> Applied {
        self.now = event.ts;
        self.allowance.pay_in();
        self.clean_up();
        containers::begin(self, event.code);
        let mut applied = Applied::default();
        self.reset(event, &mut applied);
        self.keep(event, &applied);
        threads::apply(self, event, &mut applied);
        fds::apply(self, event, &mut applied);
        containers::apply(self, event, &mut applied);
        users::apply(self, event, &mut applied);
        if self.view == View::Classic {
            // Whatever is asked about its process makes a placeholder for a leader that is not known.
            let tid = applied.thread.unwrap_or(event.tid);
            if self.threads.get(tid).is_some_and(|thread| !thread.is_leader()) {
                self.leader_of(tid);
            }
        }
        self.done_with(&mut applied);
        applied
    }

    /// Removes what the event before left for the sake of being explained.
    pub(crate) fn clean_up(&mut self) {
        if let Some(tid) = self.pending.thread.take() {
            if self.view == View::Exit {
                let ptid = self.threads.get(tid).map_or(-1, |thread| thread.id.ptid);
                self.recent_exits.record(tid, ptid, self.now);
            }
            self.remove_thread(tid, false);
        }
        if !self.pending.fds.is_empty() {
            let mut closed = std::mem::take(&mut self.pending.fds);
            if let Some(owner) = self.fd_owner(self.pending.fds_of)
                && let Some(thread) = self.threads.get_mut(owner)
            {
                closed.iter().for_each(|&fd| thread.fds.remove(fd));
            }
            closed.clear();
            self.pending.fds = closed;
        }
    }
}
