//! Writer of the descriptor list, V2.

use super::{Put, TooLong, block, sized};
use crate::block::fd::{FdEntry, FdInfo, FdList};
use crate::writer::Target;
use std::net::{IpAddr, SocketAddr};

/// Readers refuse longer names.
const LONGEST_NAME: u16 = 1023;

/// The type that says nothing but the name.
const UNSUPPORTED: u8 = 10;

/// The last type that old readers know; they refuse files with later ones.
const LAST_OLD_TYPE: u8 = 16;

pub(crate) fn fds(out: &mut Vec<u8>, list: &FdList<'_>, target: Target) -> Result<(), TooLong> {
    block(out, 0x218, |out| {
        out.i64(list.tid);
        // Type 0, unknown, says nothing at all: every writer leaves it out.
        for fd in list.entries.iter().filter(|fd| fd.type_code != 0) {
            sized(out, 4, |out| entry(out, fd, target));
        }
    })
}

fn entry(out: &mut Vec<u8>, fd: &FdEntry<'_>, target: Target) {
    out.i64(fd.fd);
    out.u64(fd.ino);
    match fd.info {
        FdInfo::Socket { source, destination, l4 } => {
            let v6 = source.is_ipv6() || destination.is_ipv6();
            out.u8(if v6 { 4 } else { 3 });
            address(out, source, v6);
            address(out, destination, v6);
            out.u16(source.port());
            out.u16(destination.port());
            out.u8(l4);
        }
        FdInfo::Listener { address: at, l4 } => {
            out.u8(if at.is_ipv6() { 6 } else { 5 });
            address(out, at, at.is_ipv6());
            out.u16(at.port());
            out.u8(l4);
        }
        FdInfo::Unix { source, destination, path } => {
            out.u8(8);
            out.u64(source);
            out.u64(destination);
            out.str16(path, LONGEST_NAME);
        }
        FdInfo::File { flags, path, dev } => {
            out.u8(16);
            out.u32(flags);
            out.str16(path, LONGEST_NAME);
            if let Some(dev) = dev {
                out.u32(dev);
            }
        }
        FdInfo::Named(name) => {
            let is_new = fd.type_code > LAST_OLD_TYPE && target != Target::Newest;
            out.u8(if is_new { UNSUPPORTED } else { fd.type_code });
            out.str16(name, LONGEST_NAME);
        }
        FdInfo::Other(_) if target != Target::Newest => {
            out.u8(UNSUPPORTED);
            out.str16(&[], LONGEST_NAME);
        }
        FdInfo::Other(body) => {
            out.u8(fd.type_code);
            out.bytes(body);
        }
    }
}

fn address(out: &mut Vec<u8>, address: SocketAddr, v6: bool) {
    match address.ip() {
        IpAddr::V4(ip) if v6 => out.bytes(&ip.to_ipv6_mapped().octets()),
        IpAddr::V4(ip) => out.bytes(&ip.octets()),
        IpAddr::V6(ip) => out.bytes(&ip.octets()),
    }
}
