//! Open descriptors of hand-made captures.

use crate::le::Put;
use std::net::SocketAddr;

/// One entry of a descriptor list.
#[derive(Debug, Clone)]
pub struct Fd {
    fd: i64,
    ino: u64,
    type_code: u8,
    body: Vec<u8>,
    /// What only entries that say their length have.
    device: Vec<u8>,
}

fn address(addr: SocketAddr) -> Vec<u8> {
    match addr {
        SocketAddr::V4(v4) => v4.ip().octets().to_vec(),
        SocketAddr::V6(v6) => v6.ip().octets().to_vec(),
    }
}

impl Fd {
    /// A descriptor of any type, with this body.
    pub fn raw(fd: i64, type_code: u8, body: &[u8]) -> Self {
        Fd { fd, ino: 0, type_code, body: body.to_vec(), device: Vec::new() }
    }

    /// Sets the inode.
    pub fn ino(self, ino: u64) -> Self {
        Fd { ino, ..self }
    }

    /// A file, opened for reading.
    pub fn file(fd: i64, path: &str) -> Self {
        Fd::file_with(fd, path, 1, 0)
    }

    /// A file with its open flags (as the event schema numbers them) and its device.
    pub fn file_with(fd: i64, path: &str, flags: u32, dev: u32) -> Self {
        let body = Vec::new().le32(flags).str16(path.as_bytes());
        Fd { device: Vec::new().le32(dev), ..Fd::raw(fd, 16, &body) }
    }

    /// A descriptor that has only a name: type 2 is a directory, 7 a pipe, 9 an eventfd …
    pub fn named(fd: i64, type_code: u8, name: &str) -> Self {
        Fd::raw(fd, type_code, &Vec::new().str16(name.as_bytes()))
    }

    /// A connected socket; both addresses of one family. Protocol 2 is TCP, 3 UDP.
    pub fn socket(fd: i64, source: SocketAddr, destination: SocketAddr, protocol: u8) -> Self {
        let type_code = if source.is_ipv4() { 3 } else { 4 };
        let body = address(source).raw(&address(destination)).le16(source.port()).le16(destination.port());
        Fd::raw(fd, type_code, &body.raw(&[protocol]))
    }

    /// A listening socket.
    pub fn listener(fd: i64, addr: SocketAddr, protocol: u8) -> Self {
        let type_code = if addr.is_ipv4() { 5 } else { 6 };
        Fd::raw(fd, type_code, &address(addr).le16(addr.port()).raw(&[protocol]))
    }

    /// A unix socket: two kernel addresses and a path.
    pub fn unix(fd: i64, source: u64, destination: u64, path: &str) -> Self {
        Fd::raw(fd, 8, &Vec::new().le64(source).le64(destination).str16(path.as_bytes()))
    }

    /// The entry as a list of this version, 1 or 2, holds it.
    pub fn entry(&self, version: u8) -> Vec<u8> {
        let entry = Vec::new().raw(&self.fd.to_le_bytes()).le64(self.ino).raw(&[self.type_code]).raw(&self.body);
        if version == 1 {
            return entry;
        }
        let entry = entry.raw(&self.device);
        Vec::new().le32(entry.len() as u32 + 4).raw(&entry)
    }
}
