//! setsid, and prctl's way to become a reaper.

use crate::{Applied, Machine};
use capture_event::Event;

const PR_SET_CHILD_SUBREAPER: u32 = 36;
const PR_GET_CHILD_SUBREAPER: u32 = 37;

pub(super) fn setsid(machine: &mut Machine, event: &Event<'_>, _: &mut Applied) {
    let Some(session) = event.i64(0).filter(|&result| result >= 0) else { return };
    if let Some(thread) = machine.threads.get_mut(event.tid) {
        thread.id.sid = session;
    }
}

/// Asking whether it is a reaper tells the answer. (Neither view's program follows PR_SET_NAME.)
pub(super) fn prctl(machine: &mut Machine, event: &Event<'_>, _: &mut Applied) {
    let option = event.u32(1).filter(|_| event.i64(0).is_some_and(|result| result >= 0));
    if !matches!(option, Some(PR_SET_CHILD_SUBREAPER | PR_GET_CHILD_SUBREAPER)) {
        return;
    }
    if let Some(thread) = machine.threads.get(event.tid).filter(|thread| !thread.is_invalid()) {
        machine.groups.set_reaper(thread, event.i64(3).is_some_and(|argument| argument != 0));
    }
}
