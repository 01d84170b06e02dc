//! Calls that close descriptors. What is closed stays until the next event, so that the close can be explained.

use super::call::Call;
use super::fd::FdFlags;
use super::table::CANCELED;
use crate::View;

const O_CLOEXEC: u32 = 1 << 12;
/// In the flags of close_range, as the schema numbers them.
const CLOSE_RANGE_CLOEXEC: u32 = 1 << 2;

/// Classic view: from here to the exit, another thread may open the number again.
pub(super) fn enter(call: &mut Call<'_>) {
    call.mark(|flags| flags.insert(FdFlags::CLOSING));
}

/// Classic view, before any exit event that works on a descriptor: if the descriptor got its number while that was
/// being closed, the state it had before goes now.
pub(super) fn settle_canceled(call: &mut Call<'_>) {
    if call.fd().is_some_and(|fd| fd.flags.contains(FdFlags::CLOSE_CANCELED)) {
        call.mark(|flags| flags.remove(FdFlags::CLOSE_CANCELED));
        if call.descriptor(CANCELED).is_some() {
            call.close_later(CANCELED);
        }
    }
}

pub(super) fn exit(call: &mut Call<'_>) {
    if call.result() >= 0 {
        if call.applied.object.is_some() {
            call.close_later(call.number());
        }
    } else if call.view() == View::Classic {
        call.mark(|flags| flags.remove(FdFlags::CLOSING));
    }
}

/// Exit view: close_range. These do not stay until the next event.
pub(super) fn range_exit(call: &mut Call<'_>) {
    let event = call.event;
    let (Some(first), Some(last)) = (event.u32(1), event.u32(2)) else { return };
    if call.result() < 0 {
        return;
    }
    let in_range = |number: i64| (i64::from(first)..=i64::from(last)).contains(&number);
    let only_on_exec = event.u32(3).unwrap_or(0) & CLOSE_RANGE_CLOEXEC != 0;
    let Some(table) = call.table() else { return };
    if only_on_exec {
        table.change(in_range, |fd| fd.open_flags |= O_CLOEXEC);
    } else {
        table.retain(|number, _| !in_range(number));
    }
}
