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
pub(super) enum Way {
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

pub(super) fn exit(call: &mut Call<'_>, way: Way) {
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
    if call.fd().is_some_and(|fd| fd.name.is_empty() || !fd.is_tcp()) {
        meet(call, way);
    }
}

/// Exit view: send, sendto and sendmsg that went through on a descriptor of which nothing is known make a datagram
/// socket of it.
fn guess_on_exit(call: &mut Call<'_>) {
    let event = call.event;
    let sends = matches!(event.code, code::SEND_X | code::SENDTO_X | code::SENDMSG_X);
    if sends && call.applied.object.is_none() && call.result() >= 0 {
        guess(call, event.signed(2), event.bytes(4));
    }
}

/// The tuple of the data, where the event type has one.
fn tuple_of(call: &Call<'_>) -> Option<Vec<u8>> {
    let (enter, exit) = match (call.event.code, call.view()) {
        (code::RECVFROM_X, _) => return call.event.raw(2).map(<[u8]>::to_vec),
        (code::RECVMSG_X, _) => return call.event.raw(3).map(<[u8]>::to_vec),
        (code::SENDTO_X | code::SENDMSG_X, _) => (2, 4),
        (code::SEND_X | code::SENDMMSG_X | code::RECV_X | code::RECVMMSG_X, View::Exit) => (2, 4),
        _ => return None,
    };
    call.argument(enter, exit).map(<[u8]>::to_vec)
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
