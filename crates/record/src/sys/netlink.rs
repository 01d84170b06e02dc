//! Netlink sockets: what the kernel tells of processes and of sockets.

use nix::sys::socket::{MsgFlags, NetlinkAddr, bind, recv, send};
use rustix::net::{AddressFamily, Protocol, SocketFlags, SocketType, socket_with, sockopt};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

pub use rustix::net::netlink::{CONNECTOR, SOCK_DIAG};

/// A socket that nobody waits for.
#[derive(Debug)]
pub struct Netlink(OwnedFd);

/// What came of an attempt to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Got {
    /// So many bytes: one datagram.
    Bytes(usize),
    /// There is nothing now.
    Nothing,
    /// Messages were lost, since they were not read in time.
    Lost,
}

impl Netlink {
    /// Opens one, as a member of these groups, with room for so many bytes.
    pub fn open(protocol: Protocol, groups: u32, room: usize) -> io::Result<Netlink> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(protocol))?;
        bind(socket.as_raw_fd(), &NetlinkAddr::new(0, groups))?;
        // Who may not have more than the system's limit has that.
        if sockopt::set_socket_recv_buffer_size_force(&socket, room).is_err() {
            let _ = sockopt::set_socket_recv_buffer_size(&socket, room);
        }
        Ok(Netlink(socket))
    }

    /// Sends a message to the kernel.
    pub fn send(&self, message: &[u8]) -> io::Result<()> {
        send(self.0.as_raw_fd(), message, MsgFlags::empty())?;
        Ok(())
    }

    /// Reads a datagram.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Got> {
        match recv(self.0.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(len) => Ok(Got::Bytes(len)),
            Err(nix::Error::EAGAIN | nix::Error::EINTR) => Ok(Got::Nothing),
            Err(nix::Error::ENOBUFS) => Ok(Got::Lost),
            Err(error) => Err(error.into()),
        }
    }

    /// To wait for.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A message: its head and its body, padded.
pub fn message(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let len = (HEAD + body.len()) as u32;
    let mut message = len.to_ne_bytes().to_vec();
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]);
    message.extend(body);
    message.resize(message.len().next_multiple_of(4), 0);
    message
}

/// The messages in a datagram: kind and body. It ends at the first that is none.
pub fn messages(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let len = u32::from_ne_bytes(*bytes.first_chunk()?) as usize;
        let kind = u16::from_ne_bytes(*bytes.get(4..)?.first_chunk()?);
        let body = bytes.get(HEAD..len)?;
        bytes = bytes.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, body))
    })
}

/// Bytes of a message's head.
const HEAD: usize = 16;
