//! setuid, setgid and their like. What counts is the effective id.

use crate::thread::NO_ID;
use crate::{Applied, Machine};
use capture_batch::View;
use capture_event::{Event, code};

/// The new effective id, if the call succeeded and says it.
fn new_id(machine: &Machine, event: &Event<'_>, applied: &Applied) -> Option<u32> {
    let sets_one = matches!(event.code, code::SETUID_X | code::SETGID_X);
    let result = event.i64(0)?;
    match machine.view {
        View::Classic => {
            let enter = applied.enter.as_ref().filter(|_| result >= 0)?;
            let raw = enter.raw(if sets_one { 0 } else { 1 })?;
            let id = u32::from_le_bytes(raw.try_into().ok()?);
            // The calls that set several ids leave those alone that are -1.
            Some(id).filter(|&id| sets_one || id != NO_ID)
        }
        View::Exit => event.u32(if sets_one { 1 } else { 2 }).filter(|_| result == 0),
    }
}

pub(super) fn set_user(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let Some(uid) = new_id(machine, event, applied) else { return };
    if let Some(thread) = machine.threads.get_mut(event.tid) {
        thread.id.uid = uid;
    }
}

pub(super) fn set_group(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let Some(gid) = new_id(machine, event, applied) else { return };
    if let Some(thread) = machine.threads.get_mut(event.tid) {
        thread.id.gid = gid;
    }
}
