//! Parameters of calls on sockets: addresses, and both ends of a connection.

use super::{Moment, buffer};
use crate::sys::socket::{self, End};
use crate::sys::{diag, memory};
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

    /// The port, if it has one.
    pub fn port(&self) -> Option<u16> {
        match self {
            Address::V4(_, port) | Address::V6(_, port) => Some(*port),
            Address::Unix(_) => None,
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
        Some((0, [])) => Vec::new(),
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
        let inodes = match &local {
            Some(Address::Unix(_)) => inodes(socket),
            _ => (0, 0),
        };
        local.is_some().then_some(Socket { local, peer, inodes })
    }
}

/// The inodes of a unix socket and of its peer, the only identity of theirs that is known outside the kernel; 0 if
/// there is none.
fn inodes(socket: &OwnedFd) -> (u64, u64) {
    let own = rustix::fs::fstat(socket).map_or(0, |file| file.st_ino);
    (own, diag::unix_peer(own).ok().flatten().unwrap_or(0))
}

/// What the sockets of container engines are called.
const ENGINES: [&[u8]; 4] = [b"docker.sock", b"podman.sock", b"containerd.sock", b"crio.sock"];

/// The port of name servers.
const NAME_SERVER: u16 = 53;

impl Socket {
    /// Whether what it carries are requests that somebody will want to read: to a container engine, or for names.
    pub fn carries_requests(&self) -> bool {
        [&self.local, &self.peer].into_iter().flatten().any(Address::takes_requests)
    }

    /// Whether it may be something else when it is asked the next time: it has no port yet, or no peer.
    pub fn is_preliminary(&self, needs_peer: bool) -> bool {
        let has_no_port = self.local.as_ref().is_some_and(|local| local.port() == Some(0));
        has_no_port || needs_peer && self.peer.is_none()
    }
}

impl Address {
    /// Whether requests are sent there that somebody will want to read.
    pub fn takes_requests(&self) -> bool {
        match self {
            Address::V4(_, port) | Address::V6(_, port) => *port == NAME_SERVER,
            Address::Unix(path) => ENGINES.iter().any(|name| path.ends_with(name)),
        }
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
    let found = given_address(moment, N, LEN);
    moment.out.param_with(|out| found.into_iter().for_each(|address| address.put(out)));
}

/// The longest address that any family has.
const LONGEST_ADDRESS: u64 = 128;

fn given_address(moment: &Moment<'_>, n: u8, len: u8) -> Option<Address> {
    read_address(moment, moment.arg(n), moment.arg(len))
}

/// The address that stands in the memory of the process, if it can be read.
pub fn read_address(moment: &Moment<'_>, at: u64, len: u64) -> Option<Address> {
    let mut bytes = [0; LONGEST_ADDRESS as usize];
    // The call takes a length of 32 bits with a sign. Behind the address may lie what is left of an earlier one.
    let len = usize::try_from(len as i32).ok()?.min(bytes.len());
    let bytes = bytes.get_mut(..len).filter(|bytes| at != 0 && !bytes.is_empty())?;
    memory::read_to(moment.tid, at, bytes);
    Address::of(bytes)
}

/// How many bytes are kept of what goes through the socket of the call: more if they are requests that somebody will
/// want to read.
pub fn snaplen(moment: &mut Moment<'_>, named: Option<&Address>) -> usize {
    let fd = moment.int(0);
    let takes_requests = named.is_some_and(Address::takes_requests)
        || moment.process.socket(fd, false).is_some_and(Socket::carries_requests);
    if takes_requests { moment.extent.long_snaplen } else { moment.extent.snaplen }
}

/// What the call sent, or tried to. Where to may be in arguments.
pub fn sent_data<const N: u8, const LEN: u8, const ADDRESS: u8, const ADDRESS_LEN: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).ok().filter(|len| *len > 0).unwrap_or(moment.arg(LEN) as usize);
    let named = given_address(moment, ADDRESS, ADDRESS_LEN);
    let snaplen = snaplen(moment, named.as_ref());
    buffer::put_cut(moment, moment.arg(N), len, snaplen);
}

/// What the call received. Where from may be where an argument points to.
pub fn received_data<const N: u8, const ADDRESS: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).unwrap_or(0);
    // The longest of the addresses that are looked at is enough to see the port.
    let named = if len > 0 { read_address(moment, moment.arg(ADDRESS), 28) } else { None };
    let snaplen = if len > 0 { snaplen(moment, named.as_ref()) } else { 0 };
    buffer::put_cut(moment, moment.arg(N), len, snaplen);
}

/// Both ends of the socket that the call made by connecting: known if it did, or is about to.
pub fn connected(moment: &mut Moment<'_>) {
    let fd = moment.int(0);
    if moment.result == 0 || moment.result == -i64::from(libc::EINPROGRESS) {
        moment.process.forget_socket(fd);
        let given = given_address(moment, 1, 2);
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

/// Three parameters: how full the queue of the listening socket is, in percent, and how many connections wait there and
/// may wait. All are 0 if the call failed, and for sockets that are not TCP's.
pub fn queue(moment: &mut Moment<'_>) {
    let fd = if moment.has_failed() { -1 } else { moment.int(0) };
    let listener = moment.process.handle().and_then(|process| socket::duplicate(process, fd).ok());
    let (waiting, room) = listener.and_then(|listener| socket::tcp_queue(&listener).ok()).unwrap_or_default();
    let percent = (u64::from(waiting) * 100).checked_div(room.into()).unwrap_or(0) as u8;
    moment.out.param(&[percent]);
    moment.out.param(&waiting.to_le_bytes());
    moment.out.param(&room.to_le_bytes());
}

/// At the enter: both ends of the socket, if the call names the other one.
pub fn named_ends<const ADDRESS: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    let named = given_address(moment, ADDRESS, LEN);
    put_named_ends(moment, named);
}

/// Both ends of a socket that is about to send to `named`.
pub fn put_named_ends(moment: &mut Moment<'_>, named: Option<Address>) {
    if named.is_some() {
        put_tuple(moment, moment.int(0), Direction::Out, named);
    } else {
        moment.out.param(&[]);
    }
}

/// Both ends of the socket that the call sent on, and where it sent to.
pub fn sent_to<const ADDRESS: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        return moment.out.param(&[]);
    }
    let given = given_address(moment, ADDRESS, LEN);
    put_tuple(moment, moment.int(0), Direction::Out, given);
}

/// Both ends of the connected socket that the call sent on.
pub fn sent(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        return moment.out.param(&[]);
    }
    put_tuple(moment, moment.int(0), Direction::Out, None);
}

/// Both ends of the connected socket that the call received from.
pub fn received(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        return moment.out.param(&[]);
    }
    put_tuple(moment, moment.int(0), Direction::In, None);
}

/// Both ends of the socket that the call received from. The address is behind the pointer; its length, where the last
/// argument points.
pub fn received_from<const ADDRESS: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        return moment.out.param(&[]);
    }
    let at = moment.arg(ADDRESS);
    let len = if at == 0 { None } else { moment.read_u32(moment.arg(LEN)) };
    let given = read_address(moment, at, len.unwrap_or(0).into());
    put_tuple(moment, moment.int(0), Direction::In, given);
}

/// A descriptor was closed, or is something else now.
pub fn forget<const N: u8>(moment: &mut Moment<'_>) {
    let fd = moment.int(N);
    moment.process.forget_socket(fd);
}

/// The descriptor that a call made is something else than before.
pub fn forget_result(moment: &mut Moment<'_>) {
    if let Ok(fd) = i32::try_from(moment.result) {
        moment.process.forget_socket(fd);
    }
}

/// Many descriptors were closed.
pub fn forget_all(moment: &mut Moment<'_>) {
    moment.process.forget_sockets();
}

/// Both ends of a socket of the process. What it is not connected to, the call may name.
pub fn put_tuple(moment: &mut Moment<'_>, fd: i32, direction: Direction, named: Option<Address>) {
    let Some(socket) = moment.process.socket(fd, named.is_none()) else { return moment.out.param(&[]) };
    moment.out.param_with(|out| {
        if let Some(local) = &socket.local {
            tuple(out, local, socket.peer.as_ref().or(named.as_ref()), direction, socket.inodes);
        }
    });
}

fn tuple(out: &mut Vec<u8>, local: &Address, peer: Option<&Address>, direction: Direction, (own, others): (u64, u64)) {
    let peer = peer.filter(|peer| peer.family() == local.family());
    out.push(local.family());
    if let Address::Unix(own_path) = local {
        let peer_path = match peer {
            Some(Address::Unix(path)) => path.as_slice(),
            _ => &[],
        };
        // The schema shows the peer left of the arrow in what goes out, and the path that was connected to. Mostly one
        // end only has a path: it stands for both directions, so that answers are seen to belong to what was asked.
        let own_path = own_path.as_slice();
        let (left, right, path, otherwise) = match direction {
            Direction::Out => (others, own, peer_path, own_path),
            Direction::In => (own, others, own_path, peer_path),
        };
        let path = if path.is_empty() { otherwise } else { path };
        out.extend_from_slice(&left.to_le_bytes());
        out.extend_from_slice(&right.to_le_bytes());
        out.extend_from_slice(path);
        out.push(0);
        return;
    }
    let nobody = if local.family() == INET { Address::V4([0; 4], 0) } else { Address::V6([0; 16], 0) };
    let peer = peer.unwrap_or(&nobody);
    let (source, destination) = if direction == Direction::Out { (local, peer) } else { (peer, local) };
    source.put_end(out);
    destination.put_end(out);
}

/// Asks what a socket of a process is.
pub fn look_up(process: &OwnedFd, fd: i32) -> Option<Socket> {
    Socket::of(&socket::duplicate(process, fd).ok()?)
}
