//! Data that goes through sockets: it shows that they are connected, and datagrams show with whom and who began.

use super::addresses::Family;
use super::call::Call;
use super::fd::{Fd, FdFlags};
use super::{interfaces, names, socket, tuple};
use crate::View;
use capture_batch::Text;
use capture_batch::address::SockTuple;
use capture_event::code;
use capture_event::tables::fd::FdType;

/// Which way data went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

/// Classic view: a sendto on a descriptor of which nothing is known makes a datagram socket of it.
pub(super) fn sendto_enter(call: &mut Call<'_>) {
    if call.applied.object.is_none() {
        let event = call.event;
        guess(call, event.signed(0), event.bytes(2));
    }
}

fn guess(call: &mut Call<'_>, number: Option<i64>, tuple: Option<&[u8]>) {
    let family = match tuple.and_then(SockTuple::parse) {
        Some(SockTuple::Inet { from_v6: true, .. }) => Family::V6,
        Some(SockTuple::Inet { ends, .. }) => Family::of(ends.source.ip),
        _ => return,
    };
    if let Some(number) = number.filter(|&number| number >= 0) {
        call.open(number, socket::guessed_udp(family));
    }
}

/// Which way the data of a call goes whose exit event this is.
pub(crate) fn way(view: View, code: u16) -> Option<Way> {
    Some(match code {
        code::READ_X | code::READV_X | code::PREAD_X | code::PREADV_X => Way::In,
        code::RECV_X | code::RECVFROM_X | code::RECVMSG_X => Way::In,
        code::WRITE_X | code::WRITEV_X | code::PWRITE_X | code::PWRITEV_X => Way::Out,
        code::SEND_X | code::SENDTO_X | code::SENDMSG_X => Way::Out,
        code::RECVMMSG_X if view == View::Exit => Way::In,
        code::SENDMMSG_X if view == View::Exit => Way::Out,
        _ => return None,
    })
}

/// Whether the exit of a call that moves data may change the descriptor that it works on, `None` if that is not open.
/// Most change nothing.
pub(crate) fn may_change(view: View, code: u16, fd: Option<&Fd>) -> bool {
    let Some(fd) = fd else { return view == View::Exit && guesses(code) };
    let is_news = fd.family().is_some() && !fd.flags.contains(FdFlags::CONNECTED);
    is_news || tuple_at(view, code).is_some() && is_to_be_met(fd)
}

/// Whether it has no peer for good.
fn is_to_be_met(fd: &Fd) -> bool {
    fd.name.is_empty() || !fd.is_tcp()
}

/// A call that moves data returns.
pub(super) fn exit(call: &mut Call<'_>) {
    let Some(way) = way(call.view(), call.event.code) else { return };
    if call.view() == View::Exit {
        let old_without_parameters = matches!(call.event.code, code::SENDMMSG_X | code::RECVMMSG_X);
        if old_without_parameters && call.event.bytes(0).is_none() {
            return;
        }
        guess_on_exit(call);
    }
    if call.result() < 0 {
        return;
    }
    let Some(fd) = call.fd() else { return };
    if fd.family().is_some() && !fd.flags.contains(FdFlags::CONNECTED) {
        call.change(|fd| fd.flags |= FdFlags::CONNECTED);
    }
    if call.fd().is_some_and(is_to_be_met) {
        meet(call, way);
    }
}

/// Exit view: send, sendto and sendmsg that went through on a descriptor of which nothing is known make a datagram
/// socket of it.
fn guess_on_exit(call: &mut Call<'_>) {
    let event = call.event;
    if guesses(event.code) && call.applied.object.is_none() && call.result() >= 0 {
        guess(call, event.signed(2), event.bytes(4));
    }
}

/// Exit view: whether a call may make a socket of a descriptor of which nothing is known.
fn guesses(code: u16) -> bool {
    matches!(code, code::SEND_X | code::SENDTO_X | code::SENDMSG_X)
}

/// Where the tuple of the data is.
enum TupleAt {
    /// In this parameter of the exit event.
    Exit(usize),
    /// In the parameters that [`Call::argument`] is told.
    Argument(usize, usize),
}

/// Where an event of a type has the tuple of its data, if it has one.
fn tuple_at(view: View, code: u16) -> Option<TupleAt> {
    Some(match (code, view) {
        (code::RECVFROM_X, _) => TupleAt::Exit(2),
        (code::RECVMSG_X, _) => TupleAt::Exit(3),
        (code::SENDTO_X | code::SENDMSG_X, _) => TupleAt::Argument(2, 4),
        (code::SEND_X | code::SENDMMSG_X | code::RECV_X | code::RECVMMSG_X, View::Exit) => TupleAt::Argument(2, 4),
        _ => return None,
    })
}

/// The tuple of the data, where the event has one.
fn tuple_of(call: &Call<'_>) -> Option<Vec<u8>> {
    let tuple = match tuple_at(call.view(), call.event.code)? {
        TupleAt::Exit(param) => call.event.raw(param),
        TupleAt::Argument(enter, exit) => call.argument(enter, exit),
    };
    tuple.map(<[u8]>::to_vec)
}

/// Learns from a datagram who it is that the socket talks to, and names the socket after them.
fn meet(call: &mut Call<'_>, way: Way) {
    let Some(bytes) = tuple_of(call) else { return };
    let Some(tuple) = SockTuple::parse(&bytes) else { return };
    let view = call.view();
    let mut is_new = false;
    call.change(|fd| is_new = tuple::take_over(view, fd, tuple));
    if !is_new {
        return;
    }
    let addresses = std::mem::take(&mut call.machine.addresses);
    call.change(|fd| match tuple {
        SockTuple::Unix { .. } => {}
        _ => interfaces::complete(fd, &addresses),
    });
    call.machine.addresses = addresses;
    let role = call.fd().filter(|fd| fd.family().is_some() && fd.has_no_role()).map(|fd| guessed_role(call, fd, way));
    call.change(|fd| {
        fd.flags |= role.unwrap_or_default();
        fd.name = met_name(view, fd, &bytes, way);
    });
}

fn met_name(view: View, fd: &mut Fd, tuple: &[u8], way: Way) -> Text {
    let Some(family) = fd.family() else { return names::of_socktuple(view, tuple) };
    let backwards = match way {
        Way::In => FdFlags::CLIENT,
        Way::Out => FdFlags::SERVER,
    };
    if fd.flags.contains(backwards) {
        tuple::swap(fd, family);
    }
    names::of_connection(fd, family)
}

/// Whoever owns the destination port is the server; if that does not tell, whoever reads first. Both libraries look
/// at IPv4 only, and read the ports of any connection where IPv4 has them.
fn guessed_role(call: &Call<'_>, fd: &Fd, way: Way) -> FdFlags {
    let ends = fd.addresses.ends(Family::V4);
    let owner = call.applied.object.and_then(|key| call.machine.threads.get(key.owner));
    let table = owner.map(|owner| &owner.fds);
    let any = |test: &dyn Fn(&Fd) -> bool| table.is_some_and(|table| table.iter().any(|(_, fd)| test(fd)));
    let owns_destination = any(&|fd| match fd.kind {
        FdType::Ipv4Sock => fd.addresses.ends(Family::V4).destination.port == ends.destination.port,
        FdType::Ipv4Servsock => fd.addresses.server(Family::V4).port == ends.destination.port,
        _ => false,
    });
    let uses_source =
        any(&|fd| fd.kind == FdType::Ipv4Sock && fd.addresses.ends(Family::V4).source.port == ends.source.port);
    match (owns_destination, uses_source, way) {
        (false, ..) | (true, true, Way::Out) => FdFlags::CLIENT,
        (true, false, _) | (true, true, Way::In) => FdFlags::SERVER,
    }
}
