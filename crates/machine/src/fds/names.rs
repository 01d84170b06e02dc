//! How sockets get their names.

use super::addresses::Family;
use super::fd::Fd;
use capture_batch::address::{self, Ends};
use capture_batch::{Endpoint, Text, View};
use capture_event::tables::fd::L4Proto;

fn text(print: impl FnOnce(&mut Vec<u8>)) -> Text {
    let mut out = Vec::new();
    print(&mut out);
    out.into()
}

/// `ip:port`.
pub fn of_endpoint(end: Endpoint) -> Text {
    text(|out| address::print_endpoint(out, end))
}

/// `ip:port->ip:port`.
pub fn of_ends(ends: Ends) -> Text {
    text(|out| address::print_ends(out, ends))
}

/// `ip->ip`.
fn of_ips(ends: Ends) -> Text {
    text(|out| {
        address::print_ip(out, ends.source.ip);
        out.extend_from_slice(b"->");
        address::print_ip(out, ends.destination.ip);
    })
}

/// The name of a connection whose addresses were just learnt. Protocols without ports show none, and no protocol
/// gives no name.
pub fn of_connection(fd: &Fd, family: Family) -> Text {
    let ends = fd.addresses.ends(family);
    let as_ipv4 = ends.as_ipv4().filter(|_| family == Family::V6);
    match (family, fd.addresses.l4(family)) {
        (_, L4Proto::Tcp | L4Proto::Udp) => match as_ipv4 {
            // The ports are taken from where an IPv4 connection would have them.
            Some(mut ends) => {
                let ports = fd.addresses.ends(Family::V4);
                (ends.source.port, ends.destination.port) = (ports.source.port, ports.destination.port);
                of_ends(ends)
            }
            None => of_ends(ends),
        },
        (Family::V4, L4Proto::Icmp | L4Proto::Raw) => of_ips(ends),
        (Family::V6, L4Proto::Icmp) => of_ips(as_ipv4.unwrap_or(ends)),
        _ => "<unknown>".into(),
    }
}

/// An address as a parameter prints it.
pub fn of_sockaddr(view: View, bytes: &[u8]) -> Text {
    text(|out| address::print_sockaddr(out, bytes, view))
}

/// A tuple as a parameter prints it.
pub fn of_socktuple(view: View, bytes: &[u8]) -> Text {
    text(|out| address::print_socktuple(out, bytes, view))
}
