//! Parameters of calls on sockets: addresses, and both ends of a connection.

use super::Moment;
use crate::sys::socket::{self, End};
use std::os::fd::OwnedFd;

/// The families that the schema knows addresses of.
const UNIX: u8 = libc::AF_UNIX as u8;
const INET: u8 = libc::AF_INET as u8;
const INET6: u8 = libc::AF_INET6 as u8;

/// An address of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Address and port.
    V4([u8; 4], u16),
    /// Address and port.
    V6([u8; 16], u16),
    /// Path; of an abstract name, `@` and the name.
    Unix(Vec<u8>),
}

impl Address {
    /// From the kernel's form; `None` for other families.
    pub fn of(bytes: &[u8]) -> Option<Address> {
        let family = u16::from_ne_bytes(*bytes.first_chunk()?);
        let port = || bytes.get(2..4).and_then(|port| port.try_into().ok()).map(u16::from_be_bytes);
        match i32::from(family) {
            libc::AF_INET => Some(Address::V4(bytes.get(4..8)?.try_into().ok()?, port()?)),
            libc::AF_INET6 => Some(Address::V6(bytes.get(8..24)?.try_into().ok()?, port()?)),
            libc::AF_UNIX => Some(Address::Unix(unix_path(bytes.get(2..)?))),
            _ => None,
        }
    }

    fn family(&self) -> u8 {
        match self {
            Address::V4(..) => INET,
            Address::V6(..) => INET6,
            Address::Unix(_) => UNIX,
        }
    }

    /// Appends it as the schema's socket address.
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.family());
        self.put_end(out);
        if let Address::Unix(path) = self {
            out.extend_from_slice(path);
            out.push(0);
        }
    }

    /// Appends address and port.
    fn put_end(&self, out: &mut Vec<u8>) {
        match self {
            Address::V4(ip, port) => {
                out.extend_from_slice(ip);
                out.extend_from_slice(&port.to_le_bytes());
            }
            Address::V6(ip, port) => {
                out.extend_from_slice(ip);
                out.extend_from_slice(&port.to_le_bytes());
            }
            Address::Unix(_) => {}
        }
    }
}

/// The path of a unix address: up to its zero byte; of an abstract name, which begins with one, behind an `@`.
fn unix_path(bytes: &[u8]) -> Vec<u8> {
    let until_nul = |bytes: &[u8]| bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
    match bytes.split_first() {
        None => Vec::new(),
        Some((0, name)) if name.is_empty() => Vec::new(),
        Some((0, name)) => [b"@", &*until_nul(name)].concat(),
        Some(_) => until_nul(bytes),
    }
}

/// What is known of an open socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// Its own address.
    pub local: Option<Address>,
    /// Where it is connected to.
    pub peer: Option<Address>,
    /// Its inode, and that of its peer if it is a unix socket and the kernel says.
    pub inodes: (u64, u64),
}

impl Socket {
    /// Asks the kernel.
    fn of(socket: &OwnedFd) -> Option<Socket> {
        let address = |end| {
            let mut bytes = Vec::new();
            socket::address(socket, end, &mut bytes).ok().and_then(|()| Address::of(&bytes))
        };
        let (local, peer) = (address(End::Local), address(End::Peer));
        local.is_some().then_some(Socket { local, peer, inodes: (0, 0) })
    }
}

/// Who began what the event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The peer is the source.
    In,
    /// The peer is the destination.
    Out,
}

/// The address that an argument points to; the argument behind it is its length.
pub fn address<const N: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    let found = given_address(moment, N, moment.arg(LEN));
    moment.out.param_with(|out| found.into_iter().for_each(|address| address.put(out)));
}

/// The longest address that any family has.
const LONGEST_ADDRESS: u64 = 128;

fn given_address(moment: &Moment<'_>, n: u8, len: u64) -> Option<Address> {
    if moment.arg(n) == 0 {
        return None;
    }
    // Behind it may lie what is left of an earlier, longer one.
    Address::of(&moment.read(moment.arg(n), len.min(LONGEST_ADDRESS) as usize))
}

/// Both ends of the socket that the call made by connecting: known if it did, or is about to.
pub fn connected(moment: &mut Moment<'_>) {
    let fd = moment.int(0);
    if moment.result == 0 || moment.result == -i64::from(libc::EINPROGRESS) {
        moment.process.forget_socket(fd);
        let given = given_address(moment, 1, moment.arg(2));
        put_tuple(moment, fd, Direction::Out, given);
    } else {
        moment.out.param(&[]);
    }
}

/// Both ends of the socket that the call accepted.
pub fn accepted(moment: &mut Moment<'_>) {
    match i32::try_from(moment.result) {
        Ok(fd) if fd >= 0 => {
            moment.process.forget_socket(fd);
            put_tuple(moment, fd, Direction::In, None);
        }
        _ => moment.out.param(&[]),
    }
}

/// Both ends of the socket that the call sent on, and where it sent to.
pub fn sent_to<const ADDRESS: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        return moment.out.param(&[]);
    }
    let given = given_address(moment, ADDRESS, moment.arg(LEN));
    put_tuple(moment, moment.int(0), Direction::Out, given);
}

/// Both ends of the socket that the call received from. The address is behind the pointer; its length, where the last
/// argument points.
pub fn received_from<const ADDRESS: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        return moment.out.param(&[]);
    }
    let len = moment.read_array(moment.arg(LEN)).map_or(0, u32::from_le_bytes);
    let given = given_address(moment, ADDRESS, len.into());
    put_tuple(moment, moment.int(0), Direction::In, given);
}

/// Both ends of a socket of the process. What it is not connected to, the call may name.
pub fn put_tuple(moment: &mut Moment<'_>, fd: i32, direction: Direction, named: Option<Address>) {
    let Some(socket) = moment.process.socket(fd) else { return moment.out.param(&[]) };
    let peer = socket.peer.clone().or(named);
    let (local, inodes) = (socket.local.clone(), socket.inodes);
    moment.out.param_with(|out| tuple(out, local, peer, direction, inodes));
}

fn tuple(
    out: &mut Vec<u8>,
    local: Option<Address>,
    peer: Option<Address>,
    direction: Direction,
    (own, others): (u64, u64),
) {
    let Some(local) = local else { return };
    if let Address::Unix(own_path) = &local {
        out.push(UNIX);
        let peer_path = match peer {
            Some(Address::Unix(path)) => path,
            _ => Vec::new(),
        };
        // The schema shows the peer left of the arrow in what goes out, and the path that was connected to.
        let (left, right, path) =
            if direction == Direction::Out { (others, own, &peer_path) } else { (own, others, own_path) };
        out.extend_from_slice(&left.to_le_bytes());
        out.extend_from_slice(&right.to_le_bytes());
        out.extend_from_slice(path);
        out.push(0);
        return;
    }
    let peer = peer.filter(|peer| peer.family() == local.family()).unwrap_or(match local {
        Address::V4(..) => Address::V4([0; 4], 0),
        _ => Address::V6([0; 16], 0),
    });
    out.push(local.family());
    let (source, destination) = if direction == Direction::Out { (local, peer) } else { (peer, local) };
    source.put_end(out);
    destination.put_end(out);
}

/// Asks what a socket of a process is.
pub fn look_up(process: &OwnedFd, fd: i32) -> Option<Socket> {
    Socket::of(&socket::duplicate(process, fd).ok()?)
}
