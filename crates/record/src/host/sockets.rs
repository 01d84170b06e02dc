//! The sockets of every network namespace, asked for again and again: which ones listen and which ones are connected
//! that did not before.
//!
//! ```text
//! request  family u8 │ protocol u8 │ 0 u16 │ states u32 │ id (48 bytes, zeros)
//! answer   family u8 │ state u8 │ 0 u16 │ id │ expires u32 │ receive queue u32 │ send queue u32 │ uid u32 │ inode u32
//! id       own port u16 │ peer's port u16 (both big-endian) │ own address 16 │ peer's address 16 │ others 12
//! ```

use super::processes::namespace;
use super::tell::{Deed, End, SocketDeed, Teller};
use crate::stream::now;
use crate::sys::netlink::{Got, Netlink, SOCK_DIAG, message, messages};
use capture_event::option::Origin;
use rustc_hash::{FxHashMap, FxHashSet};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// `SOCK_DIAG_BY_FAMILY`
const BY_FAMILY: u16 = 20;

/// TCP's states that matter: connected, listening; and that of a UDP socket without a peer.
const ESTABLISHED: u8 = 1;
const UNCONNECTED: u8 = 7;
const LISTENING: u8 = 10;

/// How many bytes of answers wait for us at most.
const ROOM: usize = 8 << 20;

/// How often it is looked whether it is time to stop.
const LOOK: Duration = Duration::from_millis(50);

/// A socket that the kernel lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Whether it is TCP's; else UDP's.
    pub is_tcp: bool,
    /// Its state.
    pub state: u8,
    /// Its own address.
    pub local: SocketAddr,
    /// Its peer's.
    pub remote: SocketAddr,
    /// How many connections may wait, of a socket that listens.
    pub backlog: u32,
    /// Its inode.
    pub inode: u64,
}

/// What was there when it was asked for last: namespace and inode.
#[derive(Debug, Default)]
pub struct Sockets {
    known: FxHashSet<(u64, u64, u8)>,
    is_first: bool,
}

/// The network namespace of this thread.
const OWN: &str = "/proc/thread-self/ns/net";

/// Our own network namespace.
struct Own {
    file: File,
    inode: u64,
}

/// Whether we may go into network namespaces: else only the sockets of our own are seen.
pub fn may_move() -> io::Result<()> {
    Ok(move_into_link_name_space(File::open(OWN)?.as_fd(), Some(LinkNameSpaceType::Network))?)
}

/// Asks again and again, on this thread, until it is to stop. It moves through network namespaces.
pub fn follow(teller: &Teller, interval: Duration, is_to_stop: impl Fn() -> bool) -> io::Result<()> {
    let own = Own { file: File::open(OWN)?, inode: namespace(std::process::id() as i32, "net").unwrap_or(0) };
    let mut sockets = Sockets { known: FxHashSet::default(), is_first: true };
    while !is_to_stop() {
        sockets.ask(teller, &own)?;
        let next = Instant::now() + interval;
        while !is_to_stop() && Instant::now() < next {
            std::thread::sleep(next.saturating_duration_since(Instant::now()).min(LOOK));
        }
    }
    Ok(())
}

impl Sockets {
    fn ask(&mut self, teller: &Teller, own: &Own) -> io::Result<()> {
        let mut known = FxHashSet::default();
        let mut new = Vec::new();
        for (inode, pid) in namespaces()? {
            let found = if inode == own.inode { list() } else { in_namespace(pid, &own.file) };
            let Ok(found) = found else {
                // Whether they are still there is not known: they are not to be told again.
                known.extend(self.known.iter().filter(|(of, ..)| *of == inode));
                continue;
            };
            let listening: Vec<SocketAddr> =
                found.iter().filter(|socket| socket.state == LISTENING).map(|socket| socket.local).collect();
            for socket in found {
                let key = (inode, socket.inode, socket.state);
                known.insert(key);
                if !self.known.contains(&key) {
                    let is_accepted = listening.iter().any(|address| is_of(address, &socket.local));
                    new.push((socket, is_accepted));
                }
            }
        }
        self.known = known;
        if !std::mem::take(&mut self.is_first) && !new.is_empty() {
            tell(teller, &new);
        }
        Ok(())
    }
}

fn tell(teller: &Teller, new: &[(Listed, bool)]) {
    let owners = owners(&new.iter().map(|(socket, _)| socket.inode).collect());
    let ts = now();
    for (socket, is_accepted) in new {
        let (pid, fd) = owners.get(&socket.inode).copied().unwrap_or((-1, capture_event::tables::fd::UNKNOWN_FD));
        let origin = Origin::SockDiag;
        let deed = Deed { ts, tid: pid, cpu: 0, origin, is_merged: false, key: None };
        let end = End { fd, is_tcp: socket.is_tcp, local: socket.local };
        let what = match socket.state {
            LISTENING => SocketDeed::Listens { backlog: socket.backlog },
            UNCONNECTED => SocketDeed::Bound,
            _ if *is_accepted => SocketDeed::Accepted(socket.remote),
            _ => SocketDeed::Connected(socket.remote),
        };
        teller.socket(&deed, &end, what);
    }
}

/// Whether a socket that listens at an address takes connections of another.
fn is_of(listening: &SocketAddr, local: &SocketAddr) -> bool {
    listening.port() == local.port() && (listening.ip().is_unspecified() || listening.ip() == local.ip())
}

/// The network namespaces that processes are in, each with one of them.
fn namespaces() -> io::Result<FxHashMap<u64, i32>> {
    let mut found = FxHashMap::default();
    for pid in processes()? {
        if let Some(inode) = namespace(pid, "net") {
            found.entry(inode).or_insert(pid);
        }
    }
    Ok(found)
}

fn processes() -> io::Result<impl Iterator<Item = i32>> {
    let entries = std::fs::read_dir("/proc")?.flatten();
    Ok(entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()))
}

/// The sockets of the network namespace of a process.
fn in_namespace(pid: i32, own: &File) -> io::Result<Vec<Listed>> {
    let theirs = File::open(format!("/proc/{pid}/ns/net"))?;
    move_into_link_name_space(theirs.as_fd(), Some(LinkNameSpaceType::Network))?;
    let found = list();
    move_into_link_name_space(own.as_fd(), Some(LinkNameSpaceType::Network))?;
    found
}

fn list() -> io::Result<Vec<Listed>> {
    let socket = Netlink::open(SOCK_DIAG, 0, ROOM)?;
    let mut found = Vec::new();
    for (protocol, states) in
        [(libc::IPPROTO_TCP, [ESTABLISHED, LISTENING]), (libc::IPPROTO_UDP, [ESTABLISHED, UNCONNECTED])]
    {
        let states: u32 = states.iter().map(|state| 1 << state).sum();
        for family in [libc::AF_INET, libc::AF_INET6] {
            let mut request = vec![family as u8, protocol as u8, 0, 0];
            request.extend(states.to_ne_bytes());
            request.resize(56, 0);
            socket.send(&message(BY_FAMILY, (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16, &request))?;
            receive(&socket, protocol == libc::IPPROTO_TCP, &mut found)?;
        }
    }
    Ok(found)
}

/// Reads an answer to its end.
fn receive(socket: &Netlink, is_tcp: bool, found: &mut Vec<Listed>) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let len = match socket.receive(&mut buffer)? {
            Got::Bytes(len) => len,
            Got::Nothing => return Ok(()),
            Got::Lost => return Err(io::ErrorKind::OutOfMemory.into()),
        };
        for (kind, body) in messages(buffer.get(..len).unwrap_or_default()) {
            match i32::from(kind) {
                libc::NLMSG_DONE | libc::NLMSG_ERROR => return Ok(()),
                _ => found.extend(parse(body, is_tcp).filter(|socket| socket.inode != 0)),
            }
        }
    }
}

/// One socket of an answer.
pub fn parse(body: &[u8], is_tcp: bool) -> Option<Listed> {
    let word = |at: usize| body.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes);
    let port = |at: usize| body.get(at..)?.first_chunk().copied().map(u16::from_be_bytes);
    let is_v4 = i32::from(*body.first()?) == libc::AF_INET;
    let address = |at: usize| {
        Some(match is_v4 {
            true => IpAddr::V4(Ipv4Addr::from(*body.get(at..)?.first_chunk::<4>()?)),
            false => IpAddr::V6(Ipv6Addr::from(*body.get(at..)?.first_chunk::<16>()?)),
        })
    };
    Some(Listed {
        is_tcp,
        state: *body.get(1)?,
        local: SocketAddr::new(address(8)?, port(4)?),
        remote: SocketAddr::new(address(24)?, port(6)?),
        backlog: word(60)?,
        inode: word(68)?.into(),
    })
}

/// Which processes have these sockets, and as which descriptors.
fn owners(inodes: &FxHashSet<u64>) -> FxHashMap<u64, (i64, i64)> {
    let mut found = FxHashMap::default();
    for pid in processes().into_iter().flatten() {
        let Ok(entries) = std::fs::read_dir(PathBuf::from(format!("/proc/{pid}/fd"))) else { continue };
        for entry in entries.flatten() {
            let inode = std::fs::read_link(entry.path())
                .ok()
                .and_then(|link| link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse::<u64>().ok());
            let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if let (Some(inode), Some(fd)) = (inode.filter(|inode| inodes.contains(inode)), fd) {
                found.entry(inode).or_insert((i64::from(pid), fd));
            }
        }
        if found.len() == inodes.len() {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn new_sockets_of_ours_are_listed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let found = list().unwrap();
        let of = |state, local: SocketAddr| found.iter().find(|socket| socket.state == state && socket.local == local);
        let listening = of(LISTENING, listener.local_addr().unwrap()).unwrap();
        assert!(listening.is_tcp && listening.backlog > 0, "{listening:?}");
        let connected = of(ESTABLISHED, client.local_addr().unwrap()).unwrap();
        assert_eq!(connected.remote, listener.local_addr().unwrap());
        let owners = owners(&[listening.inode].into_iter().collect());
        assert_eq!(owners[&listening.inode].0, i64::from(std::process::id()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(parse(&bytes, true).is_some(), bytes.len() >= 72);
        }
    }
}
