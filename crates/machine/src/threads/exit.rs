//! The end of a thread.

use crate::{Applied, Machine};
use capture_batch::View;
use capture_event::Event;
use capture_event::tables::thread::ThreadFlags;

const REAPER: usize = 4;

/// The thread stays until the next event, so that its exit can be explained.
pub(super) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let Some(tid) = applied.thread else { return };
    if machine.view == View::Exit {
        machine.dies(tid);
    }
    let Some(thread) = machine.threads.get_mut(tid) else { return };
    thread.id.flags |= ThreadFlags::CLOSED;
    if machine.view == View::Exit && !thread.family.children.is_empty() {
        match event.raw(REAPER) {
            None => thread.family.reaper = -1,
            Some(_) => thread.family.reaper = event.i64(REAPER).unwrap_or(thread.family.reaper),
        }
    }
    machine.pending.thread = Some(event.tid);
}
