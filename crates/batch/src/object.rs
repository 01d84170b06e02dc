//! What an event worked on: a file, a socket, a pipe …

use crate::Text;
use capture_event::tables::fd::{FdType, L4Proto};
use std::net::IpAddr;

bitflags::bitflags! {
    /// Facts of a descriptor that are either true or not.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct ObjectFlags: u32 {
        /// The file lies in the upper layer of an overlay file system.
        const UPPER_LAYER = 1;
        /// The file lies in the lower layer of an overlay file system.
        const LOWER_LAYER = 1 << 1;
        /// A socket for which a connect was seen (also one still under way), or through which data went.
        const CONNECTED = 1 << 2;
    }
}

/// Which side of a connection a socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Role {
    /// Not known.
    #[default]
    Unknown,
    /// It connected, or sent first.
    Client,
    /// It accepted, or received first.
    Server,
}

/// An address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The address.
    pub ip: IpAddr,
    /// The port.
    pub port: u16,
}

/// The addresses of a socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Socket {
    /// Connected or bound by traffic: where from, where to.
    Inet {
        /// The side that connected, as far as known.
        source: Endpoint,
        /// The other side.
        destination: Endpoint,
    },
    /// Listening or bound.
    Server(Endpoint),
    /// A unix socket: kernel addresses. Its path is the object's name.
    Unix {
        /// Kernel address of the left end as shown.
        source: u64,
        /// Kernel address of the right end as shown.
        destination: u64,
    },
}

/// One version of what a descriptor refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Object {
    /// What it is.
    pub fd_type: FdType,
    /// Its name as shown: a path, `ip:port->ip:port` …
    pub name: Text,
    /// Exit view: its name as the event gave it, before paths were resolved; empty where that is not kept. Classic
    /// view: the name that it keeps where this event shows another one; empty elsewhere.
    pub name_raw: Text,
    /// The path of the file with links resolved, where the recorder said it.
    pub real_name: Option<Text>,
    /// Flags it was opened with (`file_flags` codes).
    pub open_flags: u32,
    /// Device number in the kernel's 32-bit encoding, 0 if unknown.
    pub dev: u32,
    /// Inode, 0 if unknown.
    pub ino: u64,
    /// Facts that are either true or not.
    pub flags: ObjectFlags,
    /// Addresses, for sockets that have some.
    pub socket: Option<Socket>,
    /// Transport protocol as users see it: [`L4Proto::NotApplicable`] for connections without a role, unless they are
    /// raw, and for everything that is no socket.
    pub l4: L4Proto,
    /// Which side of a connection it is. A socket that has been both counts as server.
    pub role: Role,
}
