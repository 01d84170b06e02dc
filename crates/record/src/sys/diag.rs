//! sock_diag(7): what the kernel knows of unix sockets and their owners do not say.

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};
use std::io;

/// The message that asks for sockets of a family, and the flags of a question.
const BY_FAMILY: u16 = 20;
const REQUEST: u16 = 1;

/// What is asked for, and the attribute that answers it.
const SHOW_PEER: u32 = 4;
const PEER: u16 = 2;

/// Where the attributes of an answer begin: behind the header of the message and that of the socket.
const ATTRIBUTES: usize = 32;

/// The inode of the socket that the unix socket with an inode is connected to, in our own network namespace; `None` if
/// there is none. Takes some microseconds.
pub fn unix_peer(inode: u64) -> io::Result<Option<u64>> {
    let inode = u32::try_from(inode).map_err(|_| io::ErrorKind::InvalidInput)?;
    let flags = SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(netlink::SOCK_DIAG))?;
    rustix::net::send(&socket, &question(inode), SendFlags::empty())?;
    let mut answer = [0; 512];
    let (len, _) = rustix::net::recv(&socket, &mut answer, RecvFlags::DONTWAIT)?;
    Ok(answer.get(..len).and_then(peer))
}

fn question(inode: u32) -> Vec<u8> {
    let mut message = Vec::with_capacity(40);
    message.extend(40u32.to_ne_bytes());
    message.extend(BY_FAMILY.to_ne_bytes());
    message.extend(REQUEST.to_ne_bytes());
    // Number and sender; then family, protocol and padding.
    message.extend([0; 8]);
    message.extend([libc::AF_UNIX as u8, 0, 0, 0]);
    // All states, the inode, what to show, and no cookie.
    for word in [u32::MAX, inode, SHOW_PEER, u32::MAX, u32::MAX] {
        message.extend(word.to_ne_bytes());
    }
    message
}

/// The peer that an answer names.
fn peer(answer: &[u8]) -> Option<u64> {
    let kind = u16::from_ne_bytes(*answer.get(4..)?.first_chunk()?);
    let mut attributes = answer.get(ATTRIBUTES..).filter(|_| kind == BY_FAMILY)?;
    while let Some(header) = attributes.first_chunk::<4>() {
        let [l0, l1, k0, k1] = *header;
        let (len, kind) = (usize::from(u16::from_ne_bytes([l0, l1])), u16::from_ne_bytes([k0, k1]));
        let value = attributes.get(4..len)?;
        if kind == PEER {
            return value.first_chunk().map(|inode| u32::from_ne_bytes(*inode).into());
        }
        attributes = attributes.get(len.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_other_end_of_a_pair() {
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        let inode = |end: &std::os::unix::net::UnixStream| rustix::fs::fstat(end).unwrap().st_ino;
        assert_eq!(unix_peer(inode(&one)).unwrap(), Some(inode(&other)));
        assert_eq!(unix_peer(inode(&other)).unwrap(), Some(inode(&one)));
    }

    #[test]
    fn odd_answers_name_nobody() {
        for len in 0..64 {
            assert_eq!(peer(&vec![0; len]), None);
            assert_eq!(peer(&vec![0xff; len]), None);
        }
    }
}
