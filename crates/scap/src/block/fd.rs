//! The descriptor list of one thread.
//!
//! The body is `u64 tid`, then entries: in V2 a `u32` first (length of the entry, itself included), then `i64 fd`,
//! `u64 inode`, `u8 type`, then by type:
//!
//! | type | body |
//! |---|---|
//! | 3, 4: connected socket | source address, destination address (4 or 16 bytes each), `u16` ports, `u8` protocol |
//! | 5, 6: listening socket | address, `u16` port, `u8` protocol |
//! | 8: unix socket | `u64` source, `u64` destination, str16 path |
//! | 16: file | `u32` open flags, str16 path, then `u32` device if the entry has room for it (never in V1) |
//! | 0: unknown | nothing |
//! | 1, 2, 7, 9 to 15, 17 to 21 | str16 name |
//!
//! Ports are little-endian; the two addresses come before the two ports. A str16 is a `u16` length and so many bytes.

use std::net::SocketAddr;

/// The open descriptors of one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FdList<'r> {
    /// The thread.
    pub tid: i64,
    /// Its descriptors; empty for threads that share those of their leader.
    pub entries: Vec<FdEntry<'r>>,
}

/// One descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FdEntry<'r> {
    /// Its number.
    pub fd: i64,
    /// Its inode.
    pub ino: u64,
    /// The type's code: see `capture_event::tables::fd::FdType`.
    pub type_code: u8,
    /// What it refers to.
    pub info: FdInfo<'r>,
}

/// What a descriptor refers to, as far as its type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FdInfo<'r> {
    /// Types 3 and 4.
    Socket {
        /// One end.
        source: SocketAddr,
        /// The other end.
        destination: SocketAddr,
        /// Transport protocol: 1 not applicable, 2 TCP, 3 UDP, 4 ICMP, 5 raw.
        l4: u8,
    },
    /// Types 5 and 6.
    Listener {
        /// Where it listens.
        address: SocketAddr,
        /// As for [`FdInfo::Socket`].
        l4: u8,
    },
    /// Type 8.
    Unix {
        /// Kernel address of one end.
        source: u64,
        /// Kernel address of the other end.
        destination: u64,
        /// Path; an abstract name starts with `@`.
        path: &'r [u8],
    },
    /// Type 16.
    File {
        /// Open flags, as the schema numbers them.
        flags: u32,
        /// Path.
        path: &'r [u8],
        /// Device, where the entry says it.
        dev: Option<u32>,
    },
    /// Every other type that has a name.
    Named(&'r [u8]),
    /// Type 0, which has no body, and unknown types: the rest of the entry as it is.
    Other(&'r [u8]),
}
