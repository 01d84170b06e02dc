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
mod traffic;
mod tuple;

#[cfg(test)]
pub(crate) mod tests;

pub use bound::ObjectBinder;
pub use fd::{Fd, FdFlags};
pub use table::FdTable;

use crate::{Applied, Machine, View};
use call::Call;
use capture_event::{Event, EventInfo, code};
use traffic::Way;

/// The fcntl commands that copy a descriptor.
const COPYING_COMMANDS: [u8; 2] = [1, 26];

/// Whether an enter event must be kept until its exit: the exit does not say all that this family needs.
pub(crate) fn keeps(view: View, event: &Event<'_>) -> bool {
    match (view, event.code) {
        (View::Classic, code::FCNTL_E) => event.u8(1).is_some_and(|command| COPYING_COMMANDS.contains(&command)),
        (View::Classic, code::SOCKET_E | code::SENDTO_E | code::SENDMSG_E | code::OPENAT_E) => true,
        (View::Classic, code::OPEN_E | code::CREAT_E | code::OPENAT_2_E | code::OPENAT2_E) => true,
        (View::Exit, code::OPEN_E | code::CREAT_E | code::OPENAT_2_E | code::OPENAT2_E) => event.bytes(0).is_some(),
        (View::Exit, code::CONNECT_E) => true,
        _ => false,
    }
}

/// Applies an event that makes, changes, uses or closes descriptors. Events that are none of this family's are left
/// alone.
#[inline]
pub(crate) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let Some(tid) = applied.thread else { return };
    let is_about_fds = event.info(machine.view.dialect()).is_some_and(EventInfo::is_about_fds);
    if is_about_fds || event.code == code::CLOSE_RANGE_X {
        apply_call(machine, event, applied, tid, is_about_fds);
    }
}

fn apply_call(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied, tid: i64, is_about_fds: bool) {
    let enter = applied.enter.take();
    let mut call = Call { machine, event, applied, enter, tid };
    if call.view() == View::Classic && !event.is_enter() && call.applied.object.is_some() {
        close::settle_canceled(&mut call);
    }
    route(&mut call);
    call.applied.enter = call.enter.take();
    if call.applied.object.is_none() && is_about_fds {
        // Users are shown what the number stands for that the thread used last.
        call.applied.object_by_number = call.machine.look_up_fd(tid, call.number());
    }
}

fn route(call: &mut Call<'_>) {
    match (call.view(), call.event.code) {
        (View::Classic, code::CLOSE_E) => close::enter(call),
        (View::Classic, code::CONNECT_E) => connect::enter(call),
        (View::Classic, code::SENDTO_E) => traffic::sendto_enter(call),
        (View::Classic, code::OPENAT_X) => open::exit(call),
        (View::Classic, code::GETSOCKOPT_X) => getsockopt(call),
        (View::Classic, code::ACCEPT_X | code::ACCEPT4_X | code::ACCEPT4_5_X) => socket::accept(call),
        (View::Classic, code::DUP_X) => dup::exit(call),
        (View::Exit, code::OPEN_BY_HANDLE_AT_X) => open::exit(call),
        (View::Exit, code::ACCEPT4_6_X) => socket::accept(call),
        (View::Exit, code::RECVMMSG_X) => traffic::exit(call, Way::In),
        (View::Exit, code::SENDMMSG_X) => traffic::exit(call, Way::Out),
        (View::Exit, code::CLOSE_RANGE_X) => close::range_exit(call),
        (View::Exit, code::DUP_1_X | code::DUP2_X | code::DUP3_X) => dup::exit(call),
        (View::Exit, code::PIPE2_X) => special::pipe(call),
        (View::Exit, code::MEMFD_CREATE_X) => special::memfd_create(call),
        (View::Exit, code::PIDFD_OPEN_X) => special::pidfd_open(call),
        (View::Exit, code::PIDFD_GETFD_X) => dup::pidfd_getfd(call),
        (_, code::OPEN_X | code::CREAT_X | code::OPENAT_2_X | code::OPENAT2_X) => open::exit(call),
        (_, code::SOCKET_X) => socket::socket(call),
        (_, code::SOCKETPAIR_X) => socket::socketpair(call),
        (_, code::BIND_X) => socket::bind(call),
        (_, code::ACCEPT_5_X) => socket::accept(call),
        (_, code::CONNECT_X) => connect::exit(call),
        (_, code::READ_X | code::READV_X | code::PREAD_X | code::PREADV_X) => traffic::exit(call, Way::In),
        (_, code::RECV_X | code::RECVFROM_X | code::RECVMSG_X) => traffic::exit(call, Way::In),
        (_, code::WRITE_X | code::WRITEV_X | code::PWRITE_X | code::PWRITEV_X) => traffic::exit(call, Way::Out),
        (_, code::SEND_X | code::SENDTO_X | code::SENDMSG_X) => traffic::exit(call, Way::Out),
        (_, code::CLOSE_X) => close::exit(call),
        (_, code::FCNTL_X) => dup::fcntl(call),
        (_, code::PIPE_X) => special::pipe(call),
        (_, other) => {
            if let Some(kind) = special::kind(call.view(), other) {
                special::exit(call, kind);
            }
        }
    }
}

/// Classic view: only this call's exit event says which descriptor it worked on.
fn getsockopt(call: &mut Call<'_>) {
    let Some(number) = call.event.signed(1) else { return };
    let leader = call.machine.leader_of(call.tid);
    call.applied.object = leader.and_then(|leader| call.machine.look_up_fd(leader, number));
    call.set_number(number);
}
