//! Which enter events are kept for their exits.

use crate::steps::Steps;
use crate::{Applied, Machine, fds, threads};
use capture_batch::View;
use capture_event::Event;

/// Says of an enter event whether its exit will need it.
pub(crate) type Keeps = fn(&Event<'_>) -> bool;

/// Longer events (header, length array and parameters, bytes) are not kept.
const MAX_KEPT: usize = 4096;
/// The header of an event and one length of a parameter, bytes.
const HEADER: usize = 26;
const LENGTH: usize = 2;

/// Which enter events of a type are kept; `None`: none of them.
pub(crate) fn keeps(view: View, code: u16) -> Option<Keeps> {
    threads::keeps(view, code).or_else(|| fds::keeps(view, code))
}

/// For types of which all are kept.
pub(crate) fn always(_: &Event<'_>) -> bool {
    true
}

/// For types of which those are kept that say anything.
pub(crate) fn if_it_says_anything(event: &Event<'_>) -> bool {
    event.bytes(0).is_some()
}

impl Machine {
    /// Keeps an enter event if its exit will need it.
    pub(crate) fn keep(&mut self, event: &Event<'_>, steps: &Steps, applied: &Applied) {
        if !steps.keeps.is_some_and(|keeps| keeps(event)) {
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
