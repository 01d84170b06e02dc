//! Descriptor lists: what was open when the capture began.

use super::addresses::{Addresses, Family};
use super::fd::{Fd, FdFlags};
use super::{names, tuple};
use crate::{Machine, View};
use capture_batch::Endpoint;
use capture_batch::address::Ends;
use capture_event::tables::fd::{FdType, L4Proto};
use capture_scap::{FdEntry, FdInfo, FdList};
use std::net::SocketAddr;

impl Machine {
    /// Opens the descriptors of a thread's list in its own table. Lists of unknown threads are left alone.
    pub fn import_fds(&mut self, list: &FdList<'_>) {
        let view = self.view;
        let Some(thread) = self.threads.get_mut(list.tid) else { return };
        let mut left_over = (Addresses::default(), 0);
        for entry in &list.entries {
            let Some(mut fd) = imported(entry, left_over) else { continue };
            if view == View::Classic {
                // Its program fills one and the same record for every entry of a list, and what an entry does not
                // say is still that of the entry before.
                left_over = (fd.addresses, fd.dev);
            }
            if matches!(fd.kind, FdType::Ipv4Servsock | FdType::Ipv6Servsock) {
                let family = if fd.kind == FdType::Ipv4Servsock { Family::V4 } else { Family::V6 };
                self.server_ports.insert(fd.addresses.server(family).port);
            }
            fd.flags -= FdFlags::CLOSING;
            thread.fds.put(view, entry.fd, fd);
        }
    }

    /// Once all lists are read: a connection whose local port something listens on was accepted there.
    pub fn settle_imported_fds(&mut self) {
        let ports = &self.server_ports;
        for thread in self.threads.iter_mut() {
            thread.fds.change(
                |_| true,
                |fd| {
                    if fd.kind == FdType::Ipv4Sock {
                        settle(fd, |port| ports.contains(&port));
                    }
                },
            );
        }
    }
}

fn settle(fd: &mut Fd, is_served: impl Fn(u16) -> bool) {
    if is_served(fd.addresses.ends(Family::V4).source.port) {
        tuple::swap(fd, Family::V4);
        fd.name = names::of_ends(fd.addresses.ends(Family::V4));
        fd.flags |= FdFlags::SERVER;
    } else {
        fd.flags |= FdFlags::CLIENT;
    }
}

/// The state that an entry speaks of; `None` for an entry of unknown type.
fn imported(entry: &FdEntry<'_>, (addresses, dev): (Addresses, u32)) -> Option<Fd> {
    let kind = FdType::from_code(entry.type_code).unwrap_or(FdType::Unsupported);
    let mut fd = Fd { addresses, dev, ino: entry.ino, ..Fd::new(kind) };
    match entry.info {
        FdInfo::Socket { source, destination, l4 } => connection(&mut fd, source, destination, L4Proto::from_code(l4)),
        FdInfo::Listener { address, l4 } => {
            let end = endpoint(address);
            fd.addresses.set_server(end);
            fd.addresses.set_server_l4(Family::of(end.ip), L4Proto::from_code(l4));
            fd.name = names::of_endpoint(end);
        }
        FdInfo::Unix { source, destination, path } => {
            fd.addresses.set_unix(source, destination);
            fd.name = path.into();
            fd.flags |= if path.is_empty() { FdFlags::CLIENT } else { FdFlags::SERVER };
        }
        FdInfo::File { flags, path, dev } => {
            fd.open_flags = flags;
            fd.name = path.into();
            fd.dev = dev.unwrap_or(0);
        }
        FdInfo::Named(name) => fd.name = name.into(),
        FdInfo::Other(_) if kind == FdType::Unknown => return None,
        FdInfo::Other(_) => {}
    }
    Some(fd)
}

fn connection(fd: &mut Fd, source: SocketAddr, destination: SocketAddr, l4: L4Proto) {
    let ends = Ends { source: endpoint(source), destination: endpoint(destination) };
    let ends = ends.as_ipv4().unwrap_or(ends);
    let family = Family::of(ends.source.ip);
    fd.kind = tuple::kind_of(family);
    fd.addresses.set_ends(ends);
    fd.addresses.set_l4(family, l4);
    fd.flags.set(FdFlags::CONNECTED, l4 == L4Proto::Tcp);
    fd.name = names::of_ends(ends);
}

fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint { ip: address.ip(), port: address.port() }
}
