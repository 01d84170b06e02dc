//! Descriptors: what every process has open, and the events that open, change and close it, one file a family.
//!
//! | file | what |
//! |---|---|
//! | [`fd`], [`table`], `chained` | the state of one descriptor; those of a process, and in which order |
//! | [`addresses`], [`names`] | where sockets lead, and how they are called |
//! | [`import`] | descriptor lists of captures |
//! | `open`, `socket`, `connect`, `traffic`, `special` | calls that make descriptors or tell something of them |
//! | `dup`, `close`, `on_exec` | copies, and ends |
//! | `real_names` | the paths of opened files with links resolved |
//! | `tuple`, [`interfaces`] | what a tuple teaches |
//! | [`bound`] | descriptors as objects of events |
//!
//! The views differ where their programs do: the classic one takes arguments from the enter event, the exit view from
//! the exit event ([`call`](self)); they join paths by different rules; only the classic one keeps the state of a
//! number that is opened again while it is being closed; only the exit view closes on exec, knows close_range, takes
//! over a changed destination, and makes a datagram socket of an unknown one when a send returns (the
//! classic view does when a sendto enters).

pub mod addresses;
pub mod bound;
mod call;
mod chained;
mod close;
mod connect;
mod dup;
pub mod fd;
mod import;
pub mod interfaces;
pub mod names;
mod on_exec;
mod open;
mod real_names;
mod socket;
mod special;
pub mod table;
pub(crate) mod traffic;
mod tuple;

#[cfg(test)]
pub(crate) mod tests;

pub use bound::ObjectBinder;
pub use fd::{Fd, FdFlags};
pub use table::FdTable;

use crate::keep::{self, Keeps};
use crate::steps::Steps;
use crate::{Applied, Machine, View};
use call::Call;
use capture_event::{Event, EventInfo, code};

/// The fcntl commands that copy a descriptor.
const COPYING_COMMANDS: [u8; 2] = [1, 26];

/// Applies an event to descriptors.
pub(crate) type Handler = fn(&mut Call<'_>);

/// Which enter events of a type must be kept until their exits: these do not say all that this family needs.
pub(crate) fn keeps(view: View, code: u16) -> Option<Keeps> {
    let copies = |event: &Event<'_>| event.u8(1).is_some_and(|command| COPYING_COMMANDS.contains(&command));
    Some(match (view, code) {
        (View::Classic, code::FCNTL_E) => copies,
        (View::Classic, code::SOCKET_E | code::SENDTO_E | code::SENDMSG_E | code::OPENAT_E) => keep::always,
        (View::Classic, code::OPEN_E | code::CREAT_E | code::OPENAT_2_E | code::OPENAT2_E) => keep::always,
        (View::Exit, code::OPEN_E | code::CREAT_E | code::OPENAT_2_E | code::OPENAT2_E) => keep::if_it_says_anything,
        (View::Exit, code::CONNECT_E) => keep::always,
        _ => return None,
    })
}

/// Applies an event that makes, changes, uses or closes descriptors. Events that are none of this family's are left
/// alone.
#[inline]
pub(crate) fn apply(machine: &mut Machine, event: &Event<'_>, steps: &Steps, applied: &mut Applied) {
    let Some(tid) = applied.thread else { return };
    if steps.is_about_fds || steps.fds.is_some() {
        apply_call(machine, event, steps, applied, tid);
    }
}

fn apply_call(machine: &mut Machine, event: &Event<'_>, steps: &Steps, applied: &mut Applied, tid: i64) {
    let enter = applied.enter.take();
    let mut call = Call { machine, event, applied, enter, tid };
    if call.view() == View::Classic && !event.is_enter() && call.applied.object.is_some() {
        close::settle_canceled(&mut call);
    }
    if let Some(handler) = steps.fds {
        handler(&mut call);
    }
    call.applied.enter = call.enter.take();
    if call.applied.object.is_none() && steps.is_about_fds {
        // Users are shown what the number stands for that the thread used last.
        call.applied.object_by_number = call.machine.look_up_fd(tid, call.number());
    }
}

/// What applies the events of a type.
pub(crate) fn handler(view: View, info: &EventInfo) -> Option<Handler> {
    // All others do nothing to descriptors, whatever they are called.
    if !info.is_about_fds() && info.code != code::CLOSE_RANGE_X {
        return None;
    }
    Some(match (view, info.code) {
        (View::Classic, code::CLOSE_E) => close::enter,
        (View::Classic, code::CONNECT_E) => connect::enter,
        (View::Classic, code::SENDTO_E) => traffic::sendto_enter,
        (View::Classic, code::OPENAT_X) => open::exit,
        (View::Classic, code::GETSOCKOPT_X) => getsockopt,
        (View::Classic, code::ACCEPT_X | code::ACCEPT4_X | code::ACCEPT4_5_X) => socket::accept,
        (View::Classic, code::DUP_X) => dup::exit,
        (View::Exit, code::OPEN_BY_HANDLE_AT_X) => open::exit,
        (View::Exit, code::ACCEPT4_6_X) => socket::accept,
        (View::Exit, code::CLOSE_RANGE_X) => close::range_exit,
        (View::Exit, code::DUP_1_X | code::DUP2_X | code::DUP3_X) => dup::exit,
        (View::Exit, code::PIPE2_X) => special::pipe,
        (View::Exit, code::MEMFD_CREATE_X) => special::memfd_create,
        (View::Exit, code::PIDFD_OPEN_X) => special::pidfd_open,
        (View::Exit, code::PIDFD_GETFD_X) => dup::pidfd_getfd,
        (_, code::OPEN_X | code::CREAT_X | code::OPENAT_2_X | code::OPENAT2_X) => open::exit,
        (_, code::SOCKET_X) => socket::socket,
        (_, code::SOCKETPAIR_X) => socket::socketpair,
        (_, code::BIND_X) => socket::bind,
        (_, code::ACCEPT_5_X) => socket::accept,
        (_, code::CONNECT_X) => connect::exit,
        (_, code::CLOSE_X) => close::exit,
        (_, code::FCNTL_X) => dup::fcntl,
        (_, code::PIPE_X) => special::pipe,
        (view, code) if traffic::way(view, code).is_some() => traffic::exit,
        (view, code) if special::kind(view, code).is_some() => special::exit,
        _ => return None,
    })
}

/// Classic view: only this call's exit event says which descriptor it worked on.
fn getsockopt(call: &mut Call<'_>) {
    let Some(number) = call.event.signed(1) else { return };
    let leader = call.machine.leader_of(call.tid);
    call.applied.object = leader.and_then(|leader| call.machine.look_up_fd(leader, number));
    call.set_number(number);
}
