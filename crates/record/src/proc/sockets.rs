//! `/proc/TID/net/*`: the sockets of a network namespace, a file for each family and protocol, one a line.
//!
//! A socket that is neither bound nor connected is in none of them. The path of a unix socket may have any bytes, a
//! line's end too: who binds such a socket can write lines of his own into the kernel's list.

use super::directory::Directory;
use super::scan::{in_base, lines, number, split_once, words};
use capture_event::tables::fd::L4Proto;
use rustc_hash::FxHashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// A socket, as far as the kernel lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Socket {
    /// It has a peer.
    Connected {
        /// Its own address.
        local: SocketAddr,
        /// Its peer's address.
        remote: SocketAddr,
        /// The protocol.
        l4: L4Proto,
    },
    /// It has no peer: it listens, or receives from anyone.
    Bound {
        /// Its address.
        local: SocketAddr,
        /// The protocol.
        l4: L4Proto,
    },
    /// A unix socket.
    Unix {
        /// Its address in the kernel; 0 for those who may not know it.
        address: u64,
        /// Its path; an abstract one starts with `@`. Empty if it has none.
        path: Arc<[u8]>,
    },
    /// A netlink socket.
    Netlink,
}

/// The sockets of a network namespace. Its lists are read one after the other, until they have the sockets that are
/// asked for: the kernel takes some milliseconds for those of TCP, however few connections there are.
#[derive(Debug)]
pub struct Sockets {
    by_inode: FxHashMap<u64, Socket>,
    unread: std::slice::Iter<'static, List>,
}

/// A file, how often it is read at most, and how its lines are.
type List = (&'static str, usize, fn(&[u8]) -> Option<(u64, Socket)>);

/// The kernel gives some lists piece by piece and counts its way back to where it was: a socket that is closed
/// meanwhile lets another one, further on, be left out. These are read until nothing changes.
const COUNTED: usize = 8;

/// In the other lists it knows the bucket of its table where it was.
const STEADY: usize = 1;

/// The kernel's pieces are whole lines of up to 4,096 bytes; a list that is shorter than this came in one.
const SURELY_ONE_PIECE: usize = 3584;

/// No list is read further than this: some millions of sockets.
const LONGEST: usize = 512 << 20;

/// The lists, those that cost most last.
static LISTS: [List; 8] = [
    ("net/unix", STEADY, unix),
    ("net/netlink", STEADY, netlink),
    ("net/udp", COUNTED, |line| inet(line, L4Proto::Udp)),
    ("net/udp6", COUNTED, |line| inet(line, L4Proto::Udp)),
    ("net/raw", COUNTED, |line| inet(line, L4Proto::Raw)),
    ("net/raw6", COUNTED, |line| inet(line, L4Proto::Raw)),
    ("net/tcp", STEADY, |line| inet(line, L4Proto::Tcp)),
    ("net/tcp6", STEADY, |line| inet(line, L4Proto::Tcp)),
];

impl Default for Sockets {
    fn default() -> Self {
        Sockets { by_inode: FxHashMap::default(), unread: LISTS.iter() }
    }
}

impl Sockets {
    /// The socket with an inode; `thread` is one of those in the namespace. What cannot be read is missing; what a
    /// thread cannot show since it has ended just now is left to the next one.
    pub fn find(&mut self, thread: &Directory, inode: u64) -> Option<&Socket> {
        while !self.by_inode.contains_key(&inode) {
            let mut unread = self.unread.clone();
            let is_read = self.read(thread, unread.next()?);
            // A list that is not there although its thread is: the kernel has none, IPv6's as a rule.
            if !is_read && thread.stat(c"ns/net").is_err() {
                return None;
            }
            self.unread = unread;
        }
        // Connections that no process has any more have no inode.
        self.by_inode.get(&inode).filter(|_| inode != 0)
    }

    /// Reads a list; whether it could be.
    fn read(&mut self, thread: &Directory, &(name, times, parse): &List) -> bool {
        let (mut text, mut before) = (Vec::new(), Vec::new());
        for _ in 0..times {
            let Ok(text) = thread.read_list(name, LONGEST, &mut text) else { return false };
            self.by_inode.extend(lines(text).filter_map(parse));
            if text.len() < SURELY_ONE_PIECE || text == before {
                break;
            }
            before = text.to_vec();
        }
        true
    }
}

/// A line of `tcp`, `tcp6`, `udp`, `udp6`, `raw` or `raw6`: inode and socket.
pub fn inet(line: &[u8], l4: L4Proto) -> Option<(u64, Socket)> {
    let mut fields = words(line);
    let local = address(fields.nth(1)?)?;
    let remote = address(fields.next()?)?;
    let inode = number(fields.nth(6)?)?;
    let socket = match remote.ip().is_unspecified() {
        true => Socket::Bound { local, l4 },
        false => Socket::Connected { local, remote, l4 },
    };
    Some((inode, socket))
}

/// An address as the kernel lists it: its 32-bit words as this machine has them in memory, then the port.
fn address(field: &[u8]) -> Option<SocketAddr> {
    let (ip, port) = split_once(field, b':')?;
    let port = in_base(port, 16)?.try_into().ok()?;
    let word = |digits: &[u8]| Some((in_base(digits, 16)? as u32).to_ne_bytes());
    let ip = match ip.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(ip)?)),
        32 => {
            let mut bytes = [0; 16];
            for (to, digits) in bytes.chunks_mut(4).zip(ip.chunks(8)) {
                to.copy_from_slice(&word(digits)?);
            }
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// A line of `unix`: inode and socket.
pub fn unix(line: &[u8]) -> Option<(u64, Socket)> {
    let (address, rest) = split_once(line, b':')?;
    let address = in_base(address, 16)?;
    let before_inode = (0..5).try_fold(rest, |rest, _| Some(word(rest)?.1))?;
    let (inode, rest) = word(before_inode)?;
    // One blank is before the path, which may begin with another.
    let path = rest.strip_prefix(b" ").unwrap_or_default();
    Some((number(inode)?, Socket::Unix { address, path: path.into() }))
}

/// The first word and what follows it, the blank between them included.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = text.iter().position(|&byte| byte != b' ')?;
    let text = text.get(start..)?;
    text.split_at_checked(memchr::memchr(b' ', text).unwrap_or(text.len()))
}

/// A line of `netlink`: inode and socket.
pub fn netlink(line: &[u8]) -> Option<(u64, Socket)> {
    let mut fields = words(line);
    in_base(fields.next()?, 16)?;
    Some((number(fields.nth(8)?)?, Socket::Netlink))
}
