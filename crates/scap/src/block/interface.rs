//! The interface list.
//!
//! | type | field |
//! |---|---|
//! | u32 | in V2 only: length of the rest of the entry, **without** these four bytes |
//! | u16 | kind: 1 IPv4, 2 IPv6, 3 IPv4 without speed, 4 IPv6 without speed |
//! | u16 | length of the name |
//! | 4 or 16 bytes each | address, netmask, broadcast address |
//! | u64 | link speed (kinds 1 and 2) |
//! | bytes | name |

use std::net::IpAddr;

/// A network interface of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface<'r> {
    /// Its name, such as `eth0`.
    pub name: &'r [u8],
    /// Its address.
    pub address: IpAddr,
    /// Of the same family as the address.
    pub netmask: IpAddr,
    /// Of the same family as the address.
    pub broadcast: IpAddr,
    /// Link speed, where the entry has one; normally 0.
    pub speed: Option<u64>,
}
