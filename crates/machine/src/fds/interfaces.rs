//! Filling in an end of a connection that the kernel left open, from the host's interfaces.

use super::addresses::Family;
use super::fd::Fd;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An interface's address and netmask.
type Interface = (IpAddr, IpAddr);

/// Gives the unspecified end of a connection the address of the interface that leads to the other end.
pub fn complete(fd: &mut Fd, interfaces: &[Interface]) {
    let Some(family) = fd.family() else { return };
    let mut ends = fd.addresses.ends(family);
    let other = match (ends.source.ip.is_unspecified(), ends.destination.ip.is_unspecified()) {
        (false, false) => return,
        (true, _) => ends.destination.ip,
        (false, true) => ends.source.ip,
    };
    let local = leading_to(family, other, interfaces);
    if local == other && ends.source.port == ends.destination.port {
        return;
    }
    if ends.source.ip.is_unspecified() {
        ends.source.ip = local;
    } else {
        ends.destination.ip = local;
    }
    fd.addresses.set_ends(ends);
}

/// The interface with this very address, else the first in its network, else the first that is no loopback.
fn leading_to(family: Family, other: IpAddr, interfaces: &[Interface]) -> IpAddr {
    let of_family = || interfaces.iter().filter(|(ip, _)| Family::of(*ip) == family);
    let found = of_family()
        .find(|(ip, _)| *ip == other)
        .or_else(|| of_family().find(|(ip, mask)| same_network(*ip, other, *mask)))
        .or_else(|| of_family().find(|(ip, _)| !is_loopback(*ip)));
    match (found, family) {
        (Some((ip, _)), _) => *ip,
        (None, Family::V4) => Ipv4Addr::UNSPECIFIED.into(),
        (None, Family::V6) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

/// For IPv6 both libraries compare the first half of the address, whatever the netmask.
fn same_network(a: IpAddr, b: IpAddr, mask: IpAddr) -> bool {
    match (a, b, mask) {
        (IpAddr::V4(a), IpAddr::V4(b), IpAddr::V4(mask)) => a & mask == b & mask,
        (IpAddr::V6(a), IpAddr::V6(b), _) => a.octets().first_chunk::<8>() == b.octets().first_chunk::<8>(),
        _ => false,
    }
}

/// The one loopback address, not its whole network.
fn is_loopback(ip: IpAddr) -> bool {
    ip == IpAddr::V4(Ipv4Addr::LOCALHOST) || ip == IpAddr::V6(Ipv6Addr::LOCALHOST)
}
