//! Capabilities: capset, and new user namespaces, in which a thread has all of them. The classic view does not see
//! them.

use crate::{Applied, Machine};
use capture_batch::View;
use capture_event::tables::capability::CAPABILITIES;
use capture_event::tables::thread::ThreadFlags;
use capture_event::{Event, code};

pub(super) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if machine.view == View::Classic || event.i64(0).is_none_or(|result| result < 0) {
        return;
    }
    let capabilities = match event.code {
        code::CAPSET_X => {
            let (Some(inheritable), Some(permitted), Some(effective)) = (event.u64(1), event.u64(2), event.u64(3))
            else {
                return;
            };
            [permitted, effective, inheritable]
        }
        _ => {
            let flags = event.u32(if event.code == code::SETNS_X { 2 } else { 1 }).unwrap_or(0);
            if !ThreadFlags::from_bits_retain(flags).contains(ThreadFlags::CLONE_NEWUSER) {
                return;
            }
            let all = CAPABILITIES.iter().fold(0, |all, _| (all << 1) | 1);
            [all; 3]
        }
    };
    if let Some(thread) = applied.thread.and_then(|tid| machine.threads.get_mut(tid)) {
        thread.id.capabilities = capabilities;
    }
}
