//! Network interfaces of the network namespace that we are in.

use nix::sys::socket::SockaddrStorage;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of a network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// The interface's name, such as `eth0`.
    pub name: Vec<u8>,
    /// The address.
    pub address: IpAddr,
    /// Of the same family as the address; unspecified if there is none.
    pub netmask: IpAddr,
    /// Of the same family as the address; unspecified if there is none.
    pub broadcast: IpAddr,
}

/// All IPv4 addresses, then all IPv6 addresses. None if the kernel does not tell.
pub fn all() -> Vec<Interface> {
    let mut found: Vec<Interface> = nix::ifaddrs::getifaddrs().into_iter().flatten().filter_map(interface).collect();
    found.sort_by_key(|interface| interface.address.is_ipv6());
    found
}

fn interface(of: nix::ifaddrs::InterfaceAddress) -> Option<Interface> {
    let address = ip(&of.address?)?;
    let none = match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let other = |address: Option<SockaddrStorage>| {
        address.as_ref().and_then(ip).filter(|other| other.is_ipv4() == none.is_ipv4()).unwrap_or(none)
    };
    let name = of.interface_name.into_bytes();
    Some(Interface { name, address, netmask: other(of.netmask), broadcast: other(of.broadcast) })
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
}
