//! Calls that make sockets or give them an address of their own: socket, socketpair, bind, accept.

use super::addresses::Family;
use super::call::Call;
use super::fd::{Fd, FdFlags};
use super::{names, tuple};
use crate::View;
use capture_batch::Endpoint;
use capture_batch::address::{Ends, SockAddr, SockTuple, mapped};
use capture_event::code;
use capture_event::tables::fd::{FdType, L4Proto};
use std::net::IpAddr;

/// Linux's numbers for socket domains, types and protocols.
mod linux {
    pub const AF_UNIX: u32 = 1;
    pub const AF_INET: u32 = 2;
    pub const AF_INET6: u32 = 10;
    pub const AF_NETLINK: u32 = 16;
    pub const SOCK_STREAM: u32 = 1;
    pub const SOCK_DGRAM: u32 = 2;
    pub const SOCK_RAW: u32 = 3;
    /// The rest of a socket type are flags.
    pub const SOCK_TYPE_MASK: u32 = 0xff;
    pub const IPPROTO_IP: u32 = 0;
    pub const IPPROTO_ICMP: u32 = 1;
    pub const IPPROTO_TCP: u32 = 6;
    pub const IPPROTO_UDP: u32 = 17;
    pub const IPPROTO_RAW: u32 = 255;
}

/// Close-on-exec, in the flags of accept4.
const O_CLOEXEC: u32 = 1 << 12;

/// A new socket as its creator asked for it.
fn new_socket(domain: u32, kind: u32, protocol: u32) -> Fd {
    let mut fd = Fd::new(match domain {
        linux::AF_UNIX => FdType::UnixSock,
        linux::AF_INET => FdType::Ipv4Sock,
        linux::AF_INET6 => FdType::Ipv6Sock,
        linux::AF_NETLINK => FdType::Netlink,
        _ => FdType::Unknown,
    });
    if let Some(family) = fd.family() {
        fd.addresses.set_l4(family, l4_of(kind, protocol));
    }
    fd
}

fn l4_of(kind: u32, protocol: u32) -> L4Proto {
    let unless_raw = |l4| if kind == linux::SOCK_RAW { L4Proto::Raw } else { l4 };
    match protocol {
        linux::IPPROTO_TCP => unless_raw(L4Proto::Tcp),
        linux::IPPROTO_UDP => unless_raw(L4Proto::Udp),
        linux::IPPROTO_ICMP => unless_raw(L4Proto::Icmp),
        linux::IPPROTO_RAW => L4Proto::Raw,
        linux::IPPROTO_IP => match kind & linux::SOCK_TYPE_MASK {
            linux::SOCK_STREAM => L4Proto::Tcp,
            linux::SOCK_DGRAM => L4Proto::Udp,
            _ => L4Proto::Unknown,
        },
        _ => L4Proto::Unknown,
    }
}

/// A datagram socket of which the capture missed the creation.
pub(super) fn guessed_udp(family: Family) -> Fd {
    let domain = match family {
        Family::V4 => linux::AF_INET,
        Family::V6 => linux::AF_INET6,
    };
    new_socket(domain, linux::SOCK_DGRAM, linux::IPPROTO_UDP)
}

pub(super) fn socket(call: &mut Call<'_>) {
    let lost_enter = call.view() == View::Classic && call.enter.is_none();
    if call.result() < 0 || lost_enter {
        return;
    }
    let argument = |enter, exit| call.u32_argument(enter, exit).unwrap_or(0);
    let mut fd = new_socket(argument(0, 1), argument(1, 2), argument(2, 3));
    if call.view() == View::Exit {
        fd.open_flags = call.event.u32(4).unwrap_or(0);
    }
    call.open(call.result(), fd);
}

/// Both ends get the addresses of the first, as in both libraries. The event works on the first, under the number of
/// the second.
pub(super) fn socketpair(call: &mut Call<'_>) {
    if call.result() < 0 {
        return;
    }
    let event = call.event;
    let (Some(first), Some(second)) = (event.signed(1), event.signed(2)) else { return };
    if call.view() == View::Exit && first == second {
        call.applied.object = None;
        return;
    }
    let mut fd = Fd::new(FdType::UnixSock);
    fd.addresses.set_unix(event.u64(3).unwrap_or(0), event.u64(4).unwrap_or(0));
    call.open(first, fd.clone());
    let object = call.applied.object;
    call.open(second, fd);
    call.applied.object = object;
}

/// A socket that is bound to a port counts as listening there.
pub(super) fn bind(call: &mut Call<'_>) {
    if call.result() < 0 {
        return;
    }
    let view = call.view();
    let event = call.event;
    let bytes = event.bytes(1).unwrap_or_default();
    let Some(address) = SockAddr::parse(bytes) else { return };
    call.change(|fd| {
        if let SockAddr::Inet(end) = address
            && end.port > 0
        {
            listen_on(fd, end);
        }
        fd.name = names::of_sockaddr(view, bytes);
    });
}

fn listen_on(fd: &mut Fd, end: Endpoint) {
    let asked = Family::of(end.ip);
    let l4 = fd.addresses.l4(asked);
    let ip = match end.ip {
        IpAddr::V6(v6) => mapped(v6).map_or(end.ip, IpAddr::V4),
        ip => ip,
    };
    let family = Family::of(ip);
    fd.kind = match family {
        Family::V4 => FdType::Ipv4Servsock,
        Family::V6 => FdType::Ipv6Servsock,
    };
    fd.addresses.set_server(Endpoint { ip, ..end });
    fd.addresses.set_server_l4(family, l4);
    fd.flags |= FdFlags::SERVER;
}

pub(super) fn accept(call: &mut Call<'_>) {
    let number = call.result();
    if number < 0 {
        return;
    }
    // Also without an address: fields then find what had the number before.
    call.set_number(number);
    let view = call.view();
    let event = call.event;
    let bytes = event.bytes(1).unwrap_or_default();
    let Some(peer) = SockTuple::parse(bytes) else { return };
    let mut fd = match peer {
        SockTuple::Inet { ends, .. } => accepted(view, ends),
        SockTuple::Unix { source, destination, .. } => {
            let mut fd = Fd::new(FdType::UnixSock);
            fd.addresses.set_unix(source, destination);
            fd
        }
        SockTuple::Other(_) => return,
    };
    if view == View::Exit && event.code == code::ACCEPT4_6_X {
        fd.open_flags = event.u32(5).unwrap_or(0) & O_CLOEXEC;
    }
    fd.name = names::of_socktuple(view, bytes);
    fd.flags = FdFlags::SERVER | FdFlags::CONNECTED;
    call.open(number, fd);
}

fn accepted(view: View, ends: Ends) -> Fd {
    let family = Family::of(ends.source.ip);
    let mut fd = Fd::new(FdType::Unknown);
    tuple::learn(view, &mut fd, ends);
    fd.kind = tuple::kind_of(family);
    fd.addresses.set_l4(family, L4Proto::Tcp);
    fd
}
