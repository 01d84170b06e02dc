//! Which enter events are kept for their exits.

use crate::{Applied, Machine, fds, threads};
use capture_event::Event;

/// Longer events (header, length array and parameters, bytes) are not kept.
const MAX_KEPT: usize = 4096;
/// The header of an event and one length of a parameter, bytes.
const HEADER: usize = 26;
const LENGTH: usize = 2;

impl Machine {
    /// Keeps an enter event if its exit will need it.
    pub(crate) fn keep(&mut self, event: &Event<'_>, applied: &Applied) {
        if !event.is_enter() || !(threads::keeps(self.view, event) || fds::keeps(self.view, event)) {
            return;
        }
        let len: usize = event.params.iter().map(|param| LENGTH + param.len()).sum();
        let Some(thread) = applied.thread.and_then(|tid| self.threads.get_mut(tid)) else { return };
        if HEADER + len <= MAX_KEPT {
            thread.last.kept.get_or_insert_with(|| std::mem::take(&mut self.spare.0)).keep(event);
        }
    }

    /// Takes back the memory of a kept event.
    pub(crate) fn done_with(&mut self, applied: &mut Applied) {
        if let Some(mut kept) = applied.enter.take() {
            kept.clear();
            self.spare.0 = kept;
        }
    }
}
