//! Socket addresses in the parameters of events: what they say, and how they print. Ports are little-endian,
//! addresses in network order.
//!
//! | type | first byte | then |
//! |---|---|---|
//! | `SockAddr` | 2 or 10 (IPv4, IPv6) | address, port |
//! | | 1 (unix) | path, zero |
//! | `SockTuple` | 2 or 10 | source address, source port, destination address, destination port |
//! | | 1 | `u64` source, `u64` destination (kernel addresses), path, zero |

use crate::path::sanitized;
use crate::{Endpoint, View};
use capture_event::event::until_nul;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const UNIX: u8 = 1;
const INET: u8 = 2;
const INET6: u8 = 10;

/// Both ends of a connection. In a tuple: of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// Where from.
    pub source: Endpoint,
    /// Where to.
    pub destination: Endpoint,
}

impl Ends {
    /// The same connection seen from the other side.
    pub fn swapped(self) -> Ends {
        Ends { source: self.destination, destination: self.source }
    }

    /// The same ends as IPv4, if both stand for IPv4 addresses.
    pub fn as_ipv4(self) -> Option<Ends> {
        let end = |end: Endpoint| match end.ip {
            IpAddr::V4(_) => Some(end),
            IpAddr::V6(ip) => Some(Endpoint { ip: mapped(ip)?.into(), ..end }),
        };
        Some(Ends { source: end(self.source)?, destination: end(self.destination)? })
    }
}

/// The IPv4 address that an IPv6 address stands for. Both views' programs count the unspecified address among them.
pub fn mapped(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    if ip.is_unspecified() { Some(Ipv4Addr::UNSPECIFIED) } else { ip.to_ipv4_mapped() }
}

/// A socket address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SockAddr<'a> {
    /// IPv4 or IPv6.
    Inet(Endpoint),
    /// The path of a unix socket.
    Unix(&'a [u8]),
    /// A family that is not looked into.
    Other(u8),
}

/// Both ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SockTuple<'a> {
    /// IPv4 or IPv6.
    Inet {
        /// The ends. IPv4 where both ends of an IPv6 tuple stand for IPv4 addresses.
        ends: Ends,
        /// They are IPv4 for that reason.
        from_v6: bool,
    },
    /// A unix socket.
    Unix {
        /// Kernel address shown left.
        source: u64,
        /// Kernel address shown right.
        destination: u64,
        /// Path of the listening end.
        path: &'a [u8],
    },
    /// A family that is not looked into.
    Other(u8),
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, tail) = bytes.split_first_chunk()?;
    *bytes = tail;
    Some(head)
}

fn endpoint(family: u8, bytes: &mut &[u8]) -> Option<Endpoint> {
    let ip = if family == INET { IpAddr::from(*take::<4>(bytes)?) } else { IpAddr::from(*take::<16>(bytes)?) };
    Some(Endpoint { ip, port: u16::from_le_bytes(*take(bytes)?) })
}

impl<'a> SockAddr<'a> {
    /// Decodes a parameter; `None` when it is empty or too short.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&family, mut rest) = bytes.split_first()?;
        Some(match family {
            INET | INET6 => SockAddr::Inet(endpoint(family, &mut rest)?),
            UNIX => SockAddr::Unix(until_nul(rest)),
            other => SockAddr::Other(other),
        })
    }
}

impl<'a> SockTuple<'a> {
    /// Decodes a parameter; `None` when it is empty or too short.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&family, mut rest) = bytes.split_first()?;
        Some(match family {
            INET | INET6 => {
                let ends = Ends { source: endpoint(family, &mut rest)?, destination: endpoint(family, &mut rest)? };
                let as_ipv4 = ends.as_ipv4().filter(|_| family == INET6);
                SockTuple::Inet { ends: as_ipv4.unwrap_or(ends), from_v6: as_ipv4.is_some() }
            }
            UNIX => SockTuple::Unix {
                source: u64::from_le_bytes(*take(&mut rest)?),
                destination: u64::from_le_bytes(*take(&mut rest)?),
                path: until_nul(rest),
            },
            other => SockTuple::Other(other),
        })
    }
}

/// Appends an address as C's `inet_ntop` writes it: as Rust does, except that IPv6 addresses of six zero groups, such
/// as `::1.2.3.4`, end in IPv4 form.
pub fn print_ip(out: &mut Vec<u8>, ip: IpAddr) {
    let compatible = match ip {
        IpAddr::V6(v6) => match v6.segments() {
            [0, 0, 0, 0, 0, 0, high, _] if high != 0 => v6.to_ipv4(),
            _ => None,
        },
        IpAddr::V4(_) => None,
    };
    // A vector takes everything.
    let _ = match compatible {
        Some(ip) => write!(out, "::{ip}"),
        None => write!(out, "{ip}"),
    };
}

/// Appends `ip:port`, without brackets for IPv6.
pub fn print_endpoint(out: &mut Vec<u8>, end: Endpoint) {
    print_ip(out, end.ip);
    let _ = write!(out, ":{}", end.port);
}

/// Appends `ip:port->ip:port`.
pub fn print_ends(out: &mut Vec<u8>, ends: Ends) {
    print_endpoint(out, ends.source);
    out.extend_from_slice(b"->");
    print_endpoint(out, ends.destination);
}

/// Appends an address parameter: `ip:port`, or a path.
pub fn print_sockaddr(out: &mut Vec<u8>, bytes: &[u8], view: View) {
    match SockAddr::parse(bytes).filter(|_| is_whole(bytes, view, 7, 19)) {
        Some(SockAddr::Inet(end)) => print_endpoint(out, end),
        Some(SockAddr::Unix(path)) => print_path(out, path, view),
        Some(SockAddr::Other(family)) => print_family(out, family, view),
        None => print_invalid(out, bytes),
    }
}

/// Appends a tuple parameter: both ends, the source first; for unix sockets kernel addresses and path.
pub fn print_socktuple(out: &mut Vec<u8>, bytes: &[u8], view: View) {
    match SockTuple::parse(bytes).filter(|_| is_whole(bytes, view, 13, 37)) {
        Some(SockTuple::Inet { ends, .. }) => print_ends(out, ends),
        Some(SockTuple::Unix { source, destination, path }) => {
            let _ = write!(out, "{source:x}->{destination:x} ");
            print_path(out, path, view);
        }
        Some(SockTuple::Other(family)) => print_family(out, family, view),
        None => print_invalid(out, bytes),
    }
}

/// Whether a parameter has the size of its family. The exit view's program accepts longer ones, but wants paths to
/// end.
fn is_whole(bytes: &[u8], view: View, inet: usize, inet6: usize) -> bool {
    match (view, bytes.first()) {
        (View::Classic, Some(&INET)) => bytes.len() == inet,
        (View::Classic, Some(&INET6)) => bytes.len() == inet6,
        (View::Exit, Some(&UNIX)) => bytes.last() == Some(&0),
        _ => true,
    }
}

fn print_path(out: &mut Vec<u8>, path: &[u8], view: View) {
    match view {
        View::Classic => sanitized(out, path),
        View::Exit => out.extend_from_slice(path),
    }
}

fn print_family(out: &mut Vec<u8>, family: u8, view: View) {
    let _ = match view {
        View::Classic => write!(out, "family {}", family.cast_signed()),
        View::Exit => write!(out, "family {family}"),
    };
}

fn print_invalid(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(match bytes.first() {
        None => b"",
        Some(&UNIX) => b"INVALID PATH",
        Some(&INET) => b"INVALID IPv4",
        Some(_) => b"INVALID IPv6",
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(print: fn(&mut Vec<u8>, &[u8], View), bytes: &[u8], view: View) -> String {
        let mut out = Vec::new();
        print(&mut out, bytes, view);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn addresses_of_every_family() {
        for view in [View::Classic, View::Exit] {
            assert_eq!(text(print_sockaddr, &[2, 8, 8, 4, 4, 53, 0], view), "8.8.4.4:53");
            let v6 = [&[10u8][..], &Ipv6Addr::LOCALHOST.octets(), &[0x50, 0]].concat();
            assert_eq!(text(print_sockaddr, &v6, view), "::1:80");
            assert_eq!(text(print_sockaddr, b"\x01/run/x\0", view), "/run/x");
            assert_eq!(text(print_sockaddr, &[17], view), "family 17");
            assert_eq!(text(print_sockaddr, &[2, 8, 8], view), "INVALID IPv4");
        }
        assert_eq!(text(print_sockaddr, b"\x01/a\tb\0", View::Classic), "/ab");
        assert_eq!(text(print_sockaddr, b"\x01/a\tb\0", View::Exit), "/a\tb");
        assert_eq!(text(print_sockaddr, b"\x01/a", View::Exit), "INVALID PATH");
        assert_eq!(text(print_sockaddr, &[2, 8, 8, 4, 4, 53, 0, 0], View::Classic), "INVALID IPv4");
        assert_eq!(text(print_sockaddr, &[2, 8, 8, 4, 4, 53, 0, 0], View::Exit), "8.8.4.4:53");
    }

    #[test]
    fn tuples_of_every_family() {
        let v4 = [2, 10, 0, 0, 1, 0x39, 0x30, 10, 0, 0, 2, 80, 0];
        let unix = [&[1u8][..], &0xabcdu64.to_le_bytes(), &0u64.to_le_bytes(), b"/run/x\0"].concat();
        let mapped = |last: u8| Ipv4Addr::new(10, 0, 0, last).to_ipv6_mapped().octets();
        let v6 = [&[10u8][..], &mapped(1), &[1, 0], &mapped(2), &[2, 0]].concat();
        let plain = [&[10u8][..], &[0xfe; 16], &[1, 0], &mapped(2), &[2, 0]].concat();
        for view in [View::Classic, View::Exit] {
            assert_eq!(text(print_socktuple, &v4, view), "10.0.0.1:12345->10.0.0.2:80");
            assert_eq!(text(print_socktuple, &unix, view), "abcd->0 /run/x");
            assert_eq!(text(print_socktuple, &v6, view), "10.0.0.1:1->10.0.0.2:2");
            assert_eq!(
                text(print_socktuple, &plain, view),
                "fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe:1->::ffff:10.0.0.2:2"
            );
            assert_eq!(text(print_socktuple, &v6[..30], view), "INVALID IPv6");
        }
    }

    #[test]
    fn compatible_addresses_show_decimal() {
        let text = |ip: &str| {
            let mut out = Vec::new();
            print_ip(&mut out, ip.parse().unwrap());
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text("::1.2.3.4"), "::1.2.3.4");
        assert_eq!(text("::1"), "::1");
        assert_eq!(text("::ffff:1.2.3.4"), "::ffff:1.2.3.4");
        assert_eq!(text("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
    }

    #[test]
    fn a_mapped_tuple_is_ipv4_only_if_both_ends_are() {
        let end = |ip: &str| Endpoint { ip: ip.parse().unwrap(), port: 1 };
        let as_ipv4 = |a: &str, b: &str| Ends { source: end(a), destination: end(b) }.as_ipv4();
        assert_eq!(as_ipv4("::ffff:1.2.3.4", "::ffff:5.6.7.8").unwrap().source, end("1.2.3.4"));
        assert_eq!(as_ipv4("::", "::ffff:5.6.7.8").unwrap().source, end("0.0.0.0"));
        assert_eq!(as_ipv4("::1", "::ffff:5.6.7.8"), None);
        assert_eq!(as_ipv4("1::ffff:1.2.3.4", "::"), None);
    }

    #[test]
    fn short_parameters_are_refused() {
        assert_eq!(SockAddr::parse(&[]), None);
        assert_eq!(SockAddr::parse(&[2, 1, 2, 3, 4, 80]), None);
        assert_eq!(SockTuple::parse(&[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(SockTuple::parse(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(SockAddr::parse(b"\x01/run/x\0"), Some(SockAddr::Unix(b"/run/x")));
        assert_eq!(SockAddr::parse(&[17]), Some(SockAddr::Other(17)));
    }
}
