//! The addresses of a socket, as both libraries remember them: one piece of memory that a connection, a listening
//! address and a pair of kernel addresses use in turn, each with its own layout.
//!
//! The bytes are kept, and not one value a kind, because what one layout leaves behind shows in the next: after
//! `bind`, the port lies where the first datagram's destination is looked for, and the socket's name then shows a
//! destination that is no address at all. Whoever compares answers expects that name.
//!
//! | layout | IPv4 | IPv6 |
//! |---|---|---|
//! | connection | source 0, destination 4, ports 8 and 10, protocol 12 | 0, 16, 32 and 34, 36 |
//! | listening | address 0, port 4, protocol 6 | 0, 16, 18 |
//! | unix | source 0, destination 8 | |

use capture_batch::Endpoint;
use capture_batch::address::Ends;
use capture_event::tables::fd::L4Proto;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of internet address in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Four bytes.
    V4,
    /// Sixteen bytes.
    V6,
}

impl Family {
    /// The size of an address in bytes.
    const fn width(self) -> usize {
        match self {
            Family::V4 => 4,
            Family::V6 => 16,
        }
    }

    /// The family of an address.
    pub fn of(ip: IpAddr) -> Family {
        match ip {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }
}

/// The memory that the layouts share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses([u8; 40]);

impl Default for Addresses {
    fn default() -> Self {
        Addresses([0; 40])
    }
}

impl Addresses {
    fn get<const N: usize>(&self, at: usize) -> [u8; N] {
        self.0.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
    }

    fn put<const N: usize>(&mut self, at: usize, bytes: [u8; N]) {
        if let Some(place) = self.0.get_mut(at..at + N) {
            place.copy_from_slice(&bytes);
        }
    }

    fn ip(&self, family: Family, at: usize) -> IpAddr {
        match family {
            Family::V4 => IpAddr::V4(Ipv4Addr::from(self.get::<4>(at))),
            Family::V6 => IpAddr::V6(Ipv6Addr::from(self.get::<16>(at))),
        }
    }

    fn put_ip(&mut self, at: usize, ip: IpAddr) {
        match ip {
            IpAddr::V4(ip) => self.put(at, ip.octets()),
            IpAddr::V6(ip) => self.put(at, ip.octets()),
        }
    }

    fn port(&self, at: usize) -> u16 {
        u16::from_le_bytes(self.get(at))
    }

    /// Both ends, read as a connection.
    pub fn ends(&self, family: Family) -> Ends {
        let width = family.width();
        Ends {
            source: Endpoint { ip: self.ip(family, 0), port: self.port(2 * width) },
            destination: Endpoint { ip: self.ip(family, width), port: self.port(2 * width + 2) },
        }
    }

    /// Remembers both ends as a connection of the family of the first.
    pub fn set_ends(&mut self, ends: Ends) {
        self.set_source(ends.source);
        self.set_destination(ends.destination);
    }

    /// Remembers where a connection comes from.
    pub fn set_source(&mut self, source: Endpoint) {
        self.put_ip(0, source.ip);
        self.put(2 * Family::of(source.ip).width(), source.port.to_le_bytes());
    }

    /// Remembers where a connection goes to.
    pub fn set_destination(&mut self, destination: Endpoint) {
        let width = Family::of(destination.ip).width();
        self.put_ip(width, destination.ip);
        self.put(2 * width + 2, destination.port.to_le_bytes());
    }

    /// The transport protocol, read as that of a connection.
    pub fn l4(&self, family: Family) -> L4Proto {
        let [code] = self.get(2 * family.width() + 4);
        L4Proto::from_code(code)
    }

    /// Whether nothing lies where the transport protocol of a connection has its place.
    pub fn lacks_l4(&self, family: Family) -> bool {
        self.get(2 * family.width() + 4) == [0]
    }

    /// Remembers the transport protocol of a connection.
    pub fn set_l4(&mut self, family: Family, l4: L4Proto) {
        self.put(2 * family.width() + 4, [l4 as u8]);
    }

    /// The listening address.
    pub fn server(&self, family: Family) -> Endpoint {
        Endpoint { ip: self.ip(family, 0), port: self.port(family.width()) }
    }

    /// Remembers a listening address.
    pub fn set_server(&mut self, address: Endpoint) {
        self.put_ip(0, address.ip);
        self.put(Family::of(address.ip).width(), address.port.to_le_bytes());
    }

    /// The transport protocol, read as that of a listening socket.
    pub fn server_l4(&self, family: Family) -> L4Proto {
        let [code] = self.get(family.width() + 2);
        L4Proto::from_code(code)
    }

    /// Remembers the transport protocol of a listening socket.
    pub fn set_server_l4(&mut self, family: Family, l4: L4Proto) {
        self.put(family.width() + 2, [l4 as u8]);
    }

    /// The kernel addresses of a unix socket: source, destination.
    pub fn unix(&self) -> (u64, u64) {
        (u64::from_le_bytes(self.get(0)), u64::from_le_bytes(self.get(8)))
    }

    /// Remembers the kernel addresses of a unix socket.
    pub fn set_unix(&mut self, source: u64, destination: u64) {
        self.put(0, source.to_le_bytes());
        self.put(8, destination.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Endpoint {
        let address: std::net::SocketAddr = text.parse().unwrap();
        Endpoint { ip: address.ip(), port: address.port() }
    }

    #[test]
    fn each_layout_gives_back_what_was_put() {
        for (a, b) in [("1.2.3.4:5", "6.7.8.9:10"), ("[1::2]:3", "[4::5]:6")] {
            let ends = Ends { source: end(a), destination: end(b) };
            let family = Family::of(ends.source.ip);
            let mut addresses = Addresses::default();
            addresses.set_ends(ends);
            addresses.set_l4(family, L4Proto::Udp);
            assert_eq!(addresses.ends(family), ends);
            assert_eq!(addresses.l4(family), L4Proto::Udp);
            addresses.set_server_l4(family, L4Proto::Tcp);
            addresses.set_server(end(a));
            assert_eq!(addresses.server(family), end(a));
            assert_eq!(addresses.server_l4(family), L4Proto::Tcp);
        }
    }

    #[test]
    fn a_listening_port_lies_where_a_destination_is_looked_for() {
        let mut addresses = Addresses::default();
        addresses.set_server(end("0.0.0.0:53"));
        addresses.set_server_l4(Family::V4, L4Proto::Udp);
        assert_eq!(addresses.ends(Family::V4).destination, end("53.0.3.0:0"));
    }
}
