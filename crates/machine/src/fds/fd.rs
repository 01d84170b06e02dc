//! One open descriptor.

use super::addresses::{Addresses, Family};
use capture_batch::Text;
use capture_event::tables::fd::{FdType, L4Proto};

bitflags::bitflags! {
    /// Facts of a descriptor that are either true or not.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct FdFlags: u8 {
        /// A socket that connected, or sent first. A socket may get both roles in the course of its life.
        const CLIENT = 1;
        /// A socket that accepted, was bound, or received first.
        const SERVER = 1 << 1;
        /// A connect was seen, or data went through the socket.
        const CONNECTED = 1 << 2;
        /// The file lies in the upper layer of an overlay file system.
        const UPPER_LAYER = 1 << 3;
        /// The file lies in the lower layer of an overlay file system.
        const LOWER_LAYER = 1 << 4;
        /// Classic view: a close was entered and has not returned.
        const CLOSING = 1 << 5;
        /// Classic view: it got the number of a descriptor that was being closed.
        const CLOSE_CANCELED = 1 << 6;
    }
}

/// What a descriptor refers to. The number is not part of it: several numbers may share a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Fd {
    /// What it is.
    pub kind: FdType,
    /// Flags it was opened with (`file_flags` codes, mostly).
    pub open_flags: u32,
    /// Where a socket leads.
    pub addresses: Addresses,
    /// Its name as shown: a path, `ip:port->ip:port` …
    pub name: Text,
    /// Exit view: the path as the call gave it.
    pub name_raw: Text,
    /// The path of the file with links resolved, where the recorder said it.
    pub real_name: Option<Text>,
    /// Facts that are either true or not.
    pub flags: FdFlags,
    /// Device number in the kernel's 32-bit encoding, 0 if unknown.
    pub dev: u32,
    /// Inode, 0 if unknown.
    pub ino: u64,
    /// For a pidfd: the process it stands for.
    pub pid: i64,
}

impl Fd {
    /// A descriptor of which only the kind is known.
    pub fn new(kind: FdType) -> Self {
        Fd {
            kind,
            open_flags: 0,
            addresses: Addresses::default(),
            name: Text::default(),
            name_raw: Text::default(),
            real_name: None,
            flags: FdFlags::empty(),
            dev: 0,
            ino: 0,
            pid: 0,
        }
    }

    /// The address family of a connection; `None` for everything else, listening sockets included.
    pub fn family(&self) -> Option<Family> {
        match self.kind {
            FdType::Ipv4Sock => Some(Family::V4),
            FdType::Ipv6Sock => Some(Family::V6),
            _ => None,
        }
    }

    /// Whether neither side of the connection is known to be ours.
    pub fn has_no_role(&self) -> bool {
        !self.flags.intersects(FdFlags::CLIENT | FdFlags::SERVER)
    }

    /// An IPv4 connection over TCP. Both libraries leave IPv6 out.
    pub fn is_tcp(&self) -> bool {
        self.kind == FdType::Ipv4Sock && self.addresses.l4(Family::V4) == L4Proto::Tcp
    }

    /// An IPv4 connection over UDP. Both libraries leave IPv6 out.
    pub fn is_udp(&self) -> bool {
        self.kind == FdType::Ipv4Sock && self.addresses.l4(Family::V4) == L4Proto::Udp
    }

    /// The transport protocol as users see it: connections without a role have none, raw ones excepted.
    pub fn l4(&self) -> L4Proto {
        match self.kind {
            FdType::Ipv4Sock | FdType::Ipv6Sock => {
                let family = if self.kind == FdType::Ipv4Sock { Family::V4 } else { Family::V6 };
                match self.addresses.l4(family) {
                    L4Proto::Raw => L4Proto::Raw,
                    _ if self.has_no_role() => L4Proto::NotApplicable,
                    l4 => l4,
                }
            }
            FdType::Ipv4Servsock => self.addresses.server_l4(Family::V4),
            FdType::Ipv6Servsock => self.addresses.server_l4(Family::V6),
            _ => L4Proto::NotApplicable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_without_a_role_shows_no_protocol_unless_it_is_raw() {
        let mut fd = Fd::new(FdType::Ipv4Sock);
        fd.addresses.set_l4(Family::V4, L4Proto::Tcp);
        assert_eq!(fd.l4(), L4Proto::NotApplicable);
        fd.flags |= FdFlags::CLIENT;
        assert_eq!(fd.l4(), L4Proto::Tcp);
        fd.flags = FdFlags::empty();
        fd.addresses.set_l4(Family::V4, L4Proto::Raw);
        assert_eq!(fd.l4(), L4Proto::Raw);
    }
}
