//! The descriptors that a poll waits for.

use super::{Ask, Depends, Field, field};
use crate::print::reference::poll_list;
use crate::value::Extracted;
use capture_batch::{Endpoint, Object, Socket, View, address};
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::{Dec, Id, NA};
use capture_event::code;
use capture_event::tables::fd::FdType;
use std::net::{IpAddr, Ipv4Addr};

/// The fields.
pub(super) static FIELDS: &[Field] = &[
    field(
        "fdlist.nums",
        CharBuf,
        Id,
        Depends::Event,
        |ask| list(ask, |fd, _| Some(fd.to_string().into_bytes())),
        "Numbers of the descriptors, separated by commas.",
    ),
    field(
        "fdlist.names",
        CharBuf,
        NA,
        Depends::Event,
        |ask| list(ask, |_, object| Some(name(object))),
        "Names of the descriptors, separated by commas; <NA> for those without one.",
    ),
    field(
        "fdlist.cips",
        CharBuf,
        NA,
        Depends::Event,
        |ask| list(ask, |_, object| Some(ip_text(client(object?)?.ip))),
        "Client addresses of the connections among them, separated by commas.",
    ),
    field(
        "fdlist.sips",
        CharBuf,
        NA,
        Depends::Event,
        |ask| list(ask, |_, object| server_ip(object?)),
        "Server addresses of the sockets among them, separated by commas.",
    ),
    field(
        "fdlist.cports",
        CharBuf,
        Dec,
        Depends::Event,
        |ask| list(ask, |_, object| Some(client(object?)?.port.to_string().into_bytes())),
        "Client ports of the connections among them, separated by commas.",
    ),
    field(
        "fdlist.sports",
        CharBuf,
        Dec,
        Depends::Event,
        |ask| list(ask, |_, object| Some(server(object?)?.port.to_string().into_bytes())),
        "Server ports of the connections among them, separated by commas.",
    ),
];

/// The items that `show` has something for, separated by commas; no value when there is none.
fn list<'r>(ask: &Ask<'r>, show: fn(i64, Option<&Object>) -> Option<Vec<u8>>) -> Extracted<'r> {
    let row = ask.row;
    let param = match (row.code(), row.view()) {
        (code::POLL_E | code::PPOLL_E, View::Classic) => 0,
        (code::POLL_X | code::PPOLL_X, _) => 1,
        _ => return Extracted::None,
    };
    let Some(bytes) = row.raw(param).filter(|_| row.own().is_some()) else { return Extracted::None };
    let mut text = Vec::new();
    for (item, (fd, _)) in poll_list(bytes).enumerate() {
        if let Some(shown) = show(fd, row.object_of(param, item)) {
            text.extend_from_slice(&shown);
            text.push(b',');
        }
    }
    text.pop();
    Extracted::owned(Some(text).filter(|text| !text.is_empty()))
}

fn name(object: Option<&Object>) -> Vec<u8> {
    object.map(|object| object.name.to_vec()).filter(|name| !name.is_empty()).unwrap_or_else(|| b"<NA>".to_vec())
}

fn ends(object: &Object) -> Option<(Endpoint, Endpoint)> {
    let connected = matches!(object.fd_type, FdType::Ipv4Sock | FdType::Ipv6Sock);
    match object.socket {
        Some(Socket::Inet { source, destination }) if connected => Some((source, destination)),
        _ => None,
    }
}

fn client(object: &Object) -> Option<Endpoint> {
    ends(object).map(|ends| ends.0)
}

fn server(object: &Object) -> Option<Endpoint> {
    ends(object).map(|ends| ends.1)
}

fn server_ip(object: &Object) -> Option<Vec<u8>> {
    match object.socket {
        Some(Socket::Server(Endpoint { ip, .. })) => Some(ip_text(first_four_bytes(ip))),
        _ => server(object).map(|end| ip_text(end.ip)),
    }
}

/// Both programs show a listening IPv6 address as if it were the IPv4 one of its first four bytes.
fn first_four_bytes(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
    }
}

fn ip_text(ip: IpAddr) -> Vec<u8> {
    let mut text = Vec::new();
    address::print_ip(&mut text, ip);
    text
}
