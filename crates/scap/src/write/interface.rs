//! Writer of the interface list, V2.

use super::{Put, TooLong, block, sized};
use crate::block::interface::Interface;
use std::net::IpAddr;

/// Readers refuse longer names.
const LONGEST_NAME: usize = 1023;

pub(crate) fn interfaces(out: &mut Vec<u8>, interfaces: &[Interface<'_>]) -> Result<(), TooLong> {
    block(out, 0x219, |out| {
        for interface in interfaces {
            sized(out, 0, |out| entry(out, interface));
        }
    })
}

fn entry(out: &mut Vec<u8>, interface: &Interface<'_>) {
    let addresses = [interface.address, interface.netmask, interface.broadcast];
    let v6 = addresses.iter().any(IpAddr::is_ipv6);
    let kind = if v6 { 2 } else { 1 };
    let name = interface.name.get(..LONGEST_NAME).unwrap_or(interface.name);
    out.u16(if interface.speed.is_some() { kind } else { kind + 2 });
    out.u16(name.len() as u16);
    for address in addresses {
        match address {
            IpAddr::V4(ip) if v6 => out.bytes(&ip.to_ipv6_mapped().octets()),
            IpAddr::V4(ip) => out.bytes(&ip.octets()),
            IpAddr::V6(ip) => out.bytes(&ip.octets()),
        }
    }
    if let Some(speed) = interface.speed {
        out.u64(speed);
    }
    out.bytes(name);
}
