//! One event: cleanup, reset, family handlers.

use crate::steps::Steps;
use crate::{Applied, Machine, containers, fds};
use capture_batch::{RowFlags, View};
use capture_event::Event;

impl Machine {
    /// Applies one event to the state and says what it was bound to. Events of types that the view's schema does not
    /// have are bound to nothing. The event must not have more parameters than its type has.
    pub fn apply(&mut self, event: &Event<'_>) -> Applied {
        let mut applied = Applied::default();
        self.apply_to(event, &mut applied);
        applied
    }

    /// As [`Machine::apply`], for who has many: what the event was bound to goes into `applied`, which is as new.
    pub(crate) fn apply_to(&mut self, event: &Event<'_>, applied: &mut Applied) {
        let steps = Steps::of(self.view, event.code);
        self.turn_to(event.ts);
        self.allowance.pay_in();
        containers::begin(self, event.code);
        if !self.containers.has_begun() {
            applied.marks |= RowFlags::PREAMBLE;
        }
        self.reset(event, applied);
        self.keep(event, steps, applied);
        if let Some(handler) = steps.threads {
            handler(self, event, applied);
        }
        if let Some(handler) = steps.identity {
            handler(self, event, applied);
            self.epochs.lineage += 1;
        }
        fds::apply(self, event, steps, applied);
        for handler in [steps.containers, steps.users].into_iter().flatten() {
            handler(self, event, applied);
        }
        if self.view == View::Classic {
            // Whatever is asked about its process makes a placeholder for a leader that is not known.
            let tid = applied.thread.unwrap_or(event.tid);
            if self.threads.get(tid).is_some_and(|thread| !thread.is_leader()) {
                self.leader_of(tid);
            }
        }
        self.done_with(applied);
    }

    /// It is later: what the event before left for the sake of being explained goes.
    #[inline]
    pub(crate) fn turn_to(&mut self, ts: u64) {
        self.now = ts;
        self.clean_up();
    }

    /// Removes what the event before left for the sake of being explained.
    #[inline]
    pub(crate) fn clean_up(&mut self) {
        if self.pending.thread.is_some() || !self.pending.fds.is_empty() {
            self.remove_pending();
        }
    }

    fn remove_pending(&mut self) {
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
