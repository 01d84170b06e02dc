//! Which descriptor an event works on.

use crate::{Applied, Machine, View};
use capture_event::{Event, EventFlags, EventInfo, ParamType, code};

/// Which parameter of an event holds its descriptor, if it has one.
fn place(view: View, info: &EventInfo) -> Option<usize> {
    match (view, info.is_enter()) {
        // The classic program trusts that it is the first, also in mmap, where an address stands there.
        (View::Classic, true) => Some(0),
        (View::Classic, false) => None,
        (View::Exit, is_enter) => {
            let is_fd = |param: &capture_event::ParamInfo| matches!(param.ty, ParamType::Fd | ParamType::Fd32);
            let result = usize::from(!is_enter);
            let mut places = (result..).zip(info.params.iter().skip(result)).filter(|(_, param)| is_fd(param));
            let first = places.next();
            let place = if info.code == code::SPLICE_X { places.next() } else { first };
            place.map(|(i, _)| i)
        }
    }
}

/// Books the descriptor of an enter event as that of the call under way, and finds it.
pub(crate) fn on_enter(machine: &mut Machine, tid: i64, event: &Event<'_>, info: &EventInfo, applied: &mut Applied) {
    let uses = info.flags.contains(EventFlags::USES_FD);
    let number = place(machine.view, info).filter(|_| uses).and_then(|place| event.signed(place)).unwrap_or(-1);
    remember(machine, tid, number);
    applied.object = machine.look_up_fd(tid, number);
}

/// Finds the descriptor of an exit event. `applied.paired` must be known.
pub(crate) fn on_exit(machine: &mut Machine, tid: i64, event: &Event<'_>, info: &EventInfo, applied: &mut Applied) {
    let uses = info.flags.contains(EventFlags::USES_FD);
    match machine.view {
        // The number stays that of an earlier call.
        View::Classic if !applied.paired => return,
        View::Classic if event.code == code::COPY_FILE_RANGE_X => {
            remember(machine, tid, event.signed(1).unwrap_or(-1));
        }
        View::Classic => {}
        View::Exit => {
            if !applied.paired {
                remember(machine, tid, -1);
            }
            if uses && booked(machine, tid) == -1 {
                let number = place(machine.view, info).and_then(|place| event.signed(place)).unwrap_or(-1);
                remember(machine, tid, number);
            }
        }
    }
    if uses {
        applied.object = machine.look_up_fd(tid, booked(machine, tid));
    }
}

fn booked(machine: &Machine, tid: i64) -> i64 {
    machine.threads.get(tid).map_or(-1, |thread| thread.last.fd)
}

fn remember(machine: &mut Machine, tid: i64, number: i64) {
    if let Some(thread) = machine.threads.get_mut(tid) {
        thread.last.fd = number;
    }
}
