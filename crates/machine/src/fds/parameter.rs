//! Addresses in the parameters of events. Ports are little-endian, addresses in network order.
//!
//! | type | first byte | then |
//! |---|---|---|
//! | `SockAddr` | 2 or 10 (IPv4, IPv6) | address, port |
//! | | 1 (unix) | path, zero |
//! | `SockTuple` | 2 or 10 | source address, source port, destination address, destination port |
//! | | 1 | `u64` source, `u64` destination (kernel addresses), path, zero |

use super::addresses::{Ends, mapped};
use capture_batch::Endpoint;
use capture_event::event::until_nul;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const UNIX: u8 = 1;
const INET: u8 = 2;
const INET6: u8 = 10;

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
        /// The ends, both of one family.
        ends: Ends,
        /// They are IPv4 because both ends of an IPv6 tuple stand for IPv4 addresses.
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

fn endpoint_v4(bytes: &mut &[u8]) -> Option<Endpoint> {
    let ip = Ipv4Addr::from(*take::<4>(bytes)?);
    Some(Endpoint { ip: ip.into(), port: u16::from_le_bytes(*take(bytes)?) })
}

fn endpoint_v6(bytes: &mut &[u8]) -> Option<(Ipv6Addr, u16)> {
    let ip = Ipv6Addr::from(*take::<16>(bytes)?);
    Some((ip, u16::from_le_bytes(*take(bytes)?)))
}

impl<'a> SockAddr<'a> {
    /// Decodes a parameter; `None` when it is empty or too short.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&family, mut rest) = bytes.split_first()?;
        Some(match family {
            INET => SockAddr::Inet(endpoint_v4(&mut rest)?),
            INET6 => {
                let (ip, port) = endpoint_v6(&mut rest)?;
                SockAddr::Inet(Endpoint { ip: ip.into(), port })
            }
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
            INET => SockTuple::Inet {
                ends: Ends { source: endpoint_v4(&mut rest)?, destination: endpoint_v4(&mut rest)? },
                from_v6: false,
            },
            INET6 => {
                let ends = ends_v6(endpoint_v6(&mut rest)?, endpoint_v6(&mut rest)?);
                SockTuple::Inet { ends, from_v6: ends.source.ip.is_ipv4() }
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

/// A tuple with the destination that the call was entered with, if the tuple's own is that of the `argument` seen
/// when the call returned: then neither was vouched for by the kernel, and another thread may have changed both.
pub fn with_entered_destination<'t>(tuple: &'t [u8], argument: &[u8], entered: &[u8]) -> Cow<'t, [u8]> {
    let destination = match tuple.first() {
        Some(&INET) => 7,
        Some(&INET6) => 19,
        Some(&UNIX) => 17,
        _ => return tuple.into(),
    };
    let (Some((source, told)), Some((argument_family, argument)), Some((entered_family, entered))) =
        (tuple.split_at_checked(destination), argument.split_first(), entered.split_first())
    else {
        return tuple.into();
    };
    let one_family = [argument_family, entered_family].iter().all(|family| Some(*family) == tuple.first());
    let same = match tuple.first() {
        Some(&UNIX) => until_nul(told) == until_nul(argument),
        _ => told == argument && entered.len() == told.len(),
    };
    if one_family && same { [source, entered].concat().into() } else { tuple.into() }
}

/// The ends of an IPv6 tuple, as IPv4 where both stand for IPv4 addresses.
pub fn ends_v6(source: (Ipv6Addr, u16), destination: (Ipv6Addr, u16)) -> Ends {
    let end = |ip: IpAddr, port| Endpoint { ip, port };
    match (mapped(source.0), mapped(destination.0)) {
        (Some(from), Some(to)) => {
            Ends { source: end(from.into(), source.1), destination: end(to.into(), destination.1) }
        }
        _ => Ends { source: end(source.0.into(), source.1), destination: end(destination.0.into(), destination.1) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_tuple_is_ipv4_only_if_both_ends_are() {
        let ends = |a: &str, b: &str| ends_v6((a.parse().unwrap(), 1), (b.parse().unwrap(), 2));
        assert_eq!(ends("::ffff:1.2.3.4", "::ffff:5.6.7.8").source.ip.to_string(), "1.2.3.4");
        assert_eq!(ends("::", "::ffff:5.6.7.8").source.ip.to_string(), "0.0.0.0");
        assert_eq!(ends("::1", "::ffff:5.6.7.8").destination.ip.to_string(), "::ffff:5.6.7.8");
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
