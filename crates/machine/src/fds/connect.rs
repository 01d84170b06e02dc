//! connect: enter and exit.

use super::addresses::Family;
use super::call::Call;
use super::fd::{Fd, FdFlags};
use super::{names, tuple};
use crate::View;
use capture_batch::address::{SockAddr, SockTuple, mapped};
use capture_batch::{Endpoint, Text};
use capture_event::event::until_nul;
use capture_event::tables::fd::FdType;
use std::borrow::Cow;
use std::net::IpAddr;

const EINPROGRESS: i64 = 115;

/// Classic view: newer drivers tell on entering where the call means to connect to.
pub(super) fn enter(call: &mut Call<'_>) {
    let event = call.event;
    let Some(address) = event.bytes(1).and_then(SockAddr::parse) else { return };
    call.change(|fd| match address {
        SockAddr::Inet(end) => aim_at(fd, end),
        _ => {
            fd.name = names::of_sockaddr(View::Classic, event.bytes(1).unwrap_or_default());
            // Whatever the socket is, the program takes what follows for two kernel addresses.
            let mut bytes = event.bytes(1).unwrap_or_default().iter().skip(1).copied();
            let mut word = || u64::from_le_bytes(std::array::from_fn(|_| bytes.next().unwrap_or(0)));
            fd.addresses.set_unix(word(), word());
        }
    });
}

/// Remembers where a socket is going to, before it is known where it comes from.
fn aim_at(fd: &mut Fd, end: Endpoint) {
    let ip = match end.ip {
        IpAddr::V6(v6) => mapped(v6).map_or(end.ip, IpAddr::V4),
        ip => ip,
    };
    fd.kind = tuple::kind_of(Family::of(ip));
    fd.addresses.set_destination(Endpoint { ip, ..end });
}

pub(super) fn exit(call: &mut Call<'_>) {
    if call.result() < 0 && call.result() != -EINPROGRESS {
        return;
    }
    let view = call.view();
    call.change(|fd| fd.flags |= FdFlags::CONNECTED);
    let entered = call.enter.as_ref().and_then(|enter| enter.raw(1)).map(<[u8]>::to_vec).unwrap_or_default();
    let event = call.event;
    let Some(bytes) = event.bytes(1) else {
        if view == View::Exit {
            by_entered_address(call, &entered);
        }
        return;
    };
    let bytes = match view {
        View::Classic => bytes.into(),
        View::Exit => with_entered_destination(bytes, event.bytes(3).unwrap_or_default(), &entered),
    };
    if let Some(tuple) = SockTuple::parse(&bytes) {
        call.change(|fd| connect(view, fd, tuple, &bytes));
    }
}

/// Without a tuple (TCP fast open) the exit view falls back on where the call was to connect to.
fn by_entered_address(call: &mut Call<'_>, entered: &[u8]) {
    let Some(address) = SockAddr::parse(entered) else { return };
    call.change(|fd| match address {
        SockAddr::Inet(end) => aim_at(fd, end),
        // It looks at the missing tuple again, and prints what a missing tuple prints.
        _ => fd.name = Text::from("NULL"),
    });
}

fn connect(view: View, fd: &mut Fd, tuple: SockTuple<'_>, bytes: &[u8]) {
    match tuple {
        SockTuple::Inet { ends, .. } => {
            let family = Family::of(ends.source.ip);
            fd.kind = tuple::kind_of(family);
            let is_new = tuple::learn(view, fd, ends);
            if is_new && fd.flags.contains(FdFlags::SERVER) && fd.is_udp() {
                tuple::swap(fd, family);
            }
            fd.name = names::of_connection(fd, family);
        }
        _ if view == View::Exit && fd.kind != FdType::UnixSock => return,
        SockTuple::Unix { source, destination, .. } => {
            fd.addresses.set_unix(source, destination);
            fd.name = names::of_socktuple(view, bytes);
        }
        SockTuple::Other(_) => fd.name = names::of_socktuple(view, bytes),
    }
    if fd.has_no_role() {
        fd.flags |= FdFlags::CLIENT;
    }
}

/// A tuple with the destination that the call was entered with, if the tuple's own is that of the `argument` seen
/// when the call returned: then neither was vouched for by the kernel, and another thread may have changed both.
fn with_entered_destination<'t>(tuple: &'t [u8], argument: &[u8], entered: &[u8]) -> Cow<'t, [u8]> {
    // Where in the tuple the destination begins.
    let destination = match SockTuple::parse(tuple) {
        Some(SockTuple::Unix { .. }) => 1 + 8 + 8,
        Some(SockTuple::Inet { .. }) => 1 + tuple.len() / 2,
        Some(SockTuple::Other(_)) | None => return tuple.into(),
    };
    let (Some((source, told)), Some((argument_family, argument)), Some((entered_family, entered))) =
        (tuple.split_at_checked(destination), argument.split_first(), entered.split_first())
    else {
        return tuple.into();
    };
    let one_family = [argument_family, entered_family].iter().all(|family| Some(*family) == tuple.first());
    let same = match SockTuple::parse(tuple) {
        Some(SockTuple::Unix { .. }) => until_nul(told) == until_nul(argument),
        _ => told == argument && entered.len() == told.len(),
    };
    if one_family && same { [source, entered].concat().into() } else { tuple.into() }
}
