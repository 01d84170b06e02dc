//! How descriptors get their names.

use super::addresses::{Ends, Family, mapped};
use super::fd::Fd;
use super::parameter::{SockAddr, SockTuple};
use capture_batch::{Endpoint, Text, View};
use capture_event::tables::fd::L4Proto;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

/// The longest name that the classic program makes from a unix socket's parameter.
const MAX_PARAMETER_TEXT: usize = 1023;

/// An address as C's `inet_ntop` writes it: as Rust does, except that addresses of six zero groups, such as
/// `::1.2.3.4`, end in IPv4 form.
fn write_ip(out: &mut String, ip: IpAddr) {
    let written = match ip {
        IpAddr::V6(v6) => match v6.segments() {
            [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
                let [.., a, b, c, d] = v6.octets();
                write!(out, "::{}", Ipv4Addr::new(a, b, c, d))
            }
            _ => write!(out, "{v6}"),
        },
        IpAddr::V4(v4) => write!(out, "{v4}"),
    };
    debug_assert!(written.is_ok(), "a String takes everything");
}

fn write_endpoint(out: &mut String, end: Endpoint) {
    write_ip(out, end.ip);
    out.push(':');
    out.push_str(&end.port.to_string());
}

/// `ip:port`, without brackets for IPv6.
pub fn of_endpoint(end: Endpoint) -> Text {
    let mut out = String::new();
    write_endpoint(&mut out, end);
    out.into()
}

/// `ip:port->ip:port`.
pub fn of_ends(ends: Ends) -> Text {
    let mut out = String::new();
    write_endpoint(&mut out, ends.source);
    out.push_str("->");
    write_endpoint(&mut out, ends.destination);
    out.into()
}

/// `ip->ip`.
fn of_ips(source: IpAddr, destination: IpAddr) -> Text {
    let mut out = String::new();
    write_ip(&mut out, source);
    out.push_str("->");
    write_ip(&mut out, destination);
    out.into()
}

/// The name of a connection whose addresses were just learnt. Protocols without ports show none, and no protocol
/// gives no name.
pub fn of_connection(fd: &Fd, family: Family) -> Text {
    let ends = fd.addresses.ends(family);
    let (source, destination) = (ends.source.ip, ends.destination.ip);
    match (family, fd.addresses.l4(family)) {
        (_, L4Proto::Tcp | L4Proto::Udp) => match both_mapped(source, destination) {
            // The ports are taken from where an IPv4 connection would have them.
            Some((source, destination)) => {
                let ports = fd.addresses.ends(Family::V4);
                of_ends(Ends {
                    source: Endpoint { ip: source, port: ports.source.port },
                    destination: Endpoint { ip: destination, port: ports.destination.port },
                })
            }
            None => of_ends(ends),
        },
        (Family::V4, L4Proto::Icmp | L4Proto::Raw) => of_ips(source, destination),
        (Family::V6, L4Proto::Icmp) => match both_mapped(source, destination) {
            Some((source, destination)) => of_ips(source, destination),
            None => of_ips(source, destination),
        },
        _ => "<unknown>".into(),
    }
}

fn both_mapped(source: IpAddr, destination: IpAddr) -> Option<(IpAddr, IpAddr)> {
    let IpAddr::V6(source) = source else { return None };
    let IpAddr::V6(destination) = destination else { return None };
    Some((mapped(source)?.into(), mapped(destination)?.into()))
}

/// A listening address as the parameter of `bind` prints.
pub fn of_sockaddr(view: View, address: SockAddr<'_>) -> Text {
    match address {
        SockAddr::Inet(end) => of_endpoint(end),
        SockAddr::Unix(path) => of_parameter_path(view, path),
        SockAddr::Other(family) => of_family(family),
    }
}

/// A tuple as a parameter prints.
pub fn of_socktuple(view: View, tuple: SockTuple<'_>) -> Text {
    match tuple {
        SockTuple::Inet { ends, .. } => of_ends(ends),
        SockTuple::Unix { source, destination, path } => {
            let mut name = format!("{source:x}->{destination:x} ").into_bytes();
            name.extend_from_slice(&of_parameter_path(view, path));
            limited(view, name)
        }
        SockTuple::Other(family) => of_family(family),
    }
}

fn of_family(family: u8) -> Text {
    format!("family {family}").into()
}

/// The path of a unix socket as it stands in a parameter. The classic program leaves out what does not print.
fn of_parameter_path(view: View, path: &[u8]) -> Text {
    match view {
        View::Classic => limited(view, path.iter().copied().filter(|b| matches!(b, b' '..=b'~')).collect()),
        View::Exit => path.into(),
    }
}

fn limited(view: View, mut name: Vec<u8>) -> Text {
    if view == View::Classic {
        name.truncate(MAX_PARAMETER_TEXT);
    }
    name.into()
}
