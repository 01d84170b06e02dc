//! The open descriptors of a process: where the links of `/proc/PID/fd` lead, and what else is known of that.

use crate::proc::fdinfo::FdInfo;
use crate::proc::mounts::device;
use crate::proc::scan::number;
use crate::proc::sockets::{Socket, Sockets};
use crate::proc::{Directory, Host, open_flags};
use capture_event::tables::fd::{FdType, L4Proto};
use rustc_hash::FxHashMap;
use rustix::fs::FileType;
use rustix::path::DecInt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// An open descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fd {
    /// Its number.
    pub fd: i64,
    /// The inode of what it refers to.
    pub ino: u64,
    /// The type of that.
    pub kind: FdType,
    /// What else is known of it.
    pub detail: Detail,
}

/// What is known of a descriptor besides its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A socket with a peer.
    Socket {
        /// Its own address.
        source: SocketAddr,
        /// Its peer's address.
        destination: SocketAddr,
        /// The protocol.
        l4: L4Proto,
    },
    /// A socket that waits for others.
    Listener {
        /// Its own address.
        address: SocketAddr,
        /// The protocol.
        l4: L4Proto,
    },
    /// A unix socket.
    Unix {
        /// Its address in the kernel; 0 for those who may not know it.
        source: u64,
        /// Its path; an abstract one starts with `@`.
        path: Arc<[u8]>,
    },
    /// A file or a device.
    File {
        /// How it was opened, as the schema numbers it.
        flags: u32,
        /// Its path, with ` (deleted)` behind it if it is not there any more.
        path: Vec<u8>,
        /// The device that it is on, in the kernel's 32-bit encoding.
        dev: u32,
    },
    /// Anything else, with a name if it has one.
    Named(Vec<u8>),
}

/// The sockets of each network namespace, by its inode.
pub(super) type Namespaces = FxHashMap<u64, Sockets>;

/// What the kernel says of a descriptor is longer for those that watch many files; nothing of that is wanted.
const LONGEST: usize = 4096;

/// All descriptors of a process, by their numbers. Sockets that the kernel does not list, since they are neither
/// bound nor connected, are left out.
pub(super) fn list(host: &mut Host, namespaces: &Mutex<Namespaces>, process: &Directory) -> io::Result<Vec<Fd>> {
    let (links, infos) = (process.directory(c"fd")?, process.directory(c"fdinfo")?);
    let mut table = Table { host, process, links, infos, text: Vec::new(), namespaces, namespace: None };
    let numbers = table.links.numbers()?;
    Ok(numbers.into_iter().filter_map(|fd| table.describe(fd)).collect())
}

struct Table<'t> {
    host: &'t mut Host,
    process: &'t Directory,
    links: Directory,
    infos: Directory,
    text: Vec<u8>,
    namespaces: &'t Mutex<Namespaces>,
    /// The network namespace of the process, once that was asked for.
    namespace: Option<u64>,
}

impl Table<'_> {
    /// `None` if it was closed meanwhile.
    fn describe(&mut self, fd: i64) -> Option<Fd> {
        let mut text = std::mem::take(&mut self.text);
        let link = self.links.link(DecInt::new(fd), &mut text).unwrap_or_default();
        let found = match inode(link) {
            Some((b"socket", ino)) => self.socket(fd, ino),
            Some((b"pipe", ino)) => Some(Fd { fd, ino, kind: FdType::Fifo, detail: Detail::Named(link.to_vec()) }),
            _ if link.is_empty() => None,
            _ => self.file(fd, link),
        };
        self.text = text;
        found
    }

    fn socket(&mut self, fd: i64, ino: u64) -> Option<Fd> {
        let process = self.process;
        let namespace = *self.namespace.get_or_insert_with(|| process.stat(c"ns/net").map_or(0, |stat| stat.stx_ino));
        let mut namespaces = self.namespaces.lock().unwrap_or_else(PoisonError::into_inner);
        let socket = namespaces.entry(namespace).or_default().find(process, ino)?.clone();
        drop(namespaces);
        let (kind, detail) = match socket {
            Socket::Connected { local, remote, l4 } => {
                let kind = if local.is_ipv4() { FdType::Ipv4Sock } else { FdType::Ipv6Sock };
                (kind, Detail::Socket { source: local, destination: remote, l4 })
            }
            Socket::Bound { local, l4 } => {
                let kind = if local.is_ipv4() { FdType::Ipv4Servsock } else { FdType::Ipv6Servsock };
                (kind, Detail::Listener { address: local, l4 })
            }
            Socket::Unix { address, path } => (FdType::UnixSock, Detail::Unix { source: address, path }),
            Socket::Netlink => (FdType::Netlink, Detail::Named(Vec::new())),
        };
        Some(Fd { fd, ino, kind, detail })
    }

    fn file(&mut self, fd: i64, link: &[u8]) -> Option<Fd> {
        let stat = self.links.stat(DecInt::new(fd)).ok()?;
        let kind = match kind_of_link(link) {
            Some(kind) => kind,
            None => match FileType::from_raw_mode(u32::from(stat.stx_mode)) {
                FileType::Directory => FdType::Directory,
                FileType::Fifo => FdType::Fifo,
                // A socket that was opened as a file has no connection.
                FileType::Socket | FileType::Unknown => FdType::Unsupported,
                FileType::RegularFile | FileType::BlockDevice | FileType::CharacterDevice | FileType::Symlink => {
                    FdType::FileV2
                }
            },
        };
        let detail = match kind {
            FdType::FileV2 => {
                let mount = self.host.mount(self.process, stat.stx_mnt_id);
                let dev = mount.map_or_else(|| device(stat.stx_dev_major, stat.stx_dev_minor), |mount| mount.dev);
                Detail::File { flags: self.flags(fd), path: link.to_vec(), dev }
            }
            _ if has_no_name(kind) => Detail::Named(Vec::new()),
            _ => Detail::Named(link.to_vec()),
        };
        Some(Fd { fd, ino: stat.stx_ino, kind, detail })
    }

    /// How a file was opened.
    fn flags(&mut self, fd: i64) -> u32 {
        let text = self.infos.read(DecInt::new(fd), LONGEST, &mut self.text).unwrap_or_default();
        FdInfo::parse(text).map_or(0, |info| open_flags(info.flags as i32))
    }
}

/// The kind and the inode of `kind:[inode]`.
fn inode(link: &[u8]) -> Option<(&[u8], u64)> {
    let (start, inode) = link.strip_suffix(b"]")?.split_at_checked(memchr::memchr(b'[', link)?)?;
    Some((start.strip_suffix(b":")?, number(inode.strip_prefix(b"[")?)?))
}

/// The types that are told by what stands in place of a path; `None` for what has a path.
fn kind_of_link(link: &[u8]) -> Option<FdType> {
    if link.starts_with(b"/memfd:") {
        return Some(FdType::Memfd);
    }
    if link.starts_with(b"pidfd:") {
        return Some(FdType::Pidfd);
    }
    Some(match link.strip_prefix(b"anon_inode:")? {
        b"[eventfd]" => FdType::Event,
        b"[eventpoll]" => FdType::Eventpoll,
        b"inotify" => FdType::Inotify,
        b"[signalfd]" => FdType::Signalfd,
        b"[timerfd]" => FdType::Timerfd,
        b"[io_uring]" => FdType::Iouring,
        b"[userfaultfd]" => FdType::Userfaultfd,
        b"[pidfd]" => FdType::Pidfd,
        b"bpf-map" | b"bpf-prog" | b"bpf-link" | b"bpf_link" | b"bpf_iter" => FdType::Bpf,
        _ => FdType::Unsupported,
    })
}

/// Whether captures have no name for descriptors of a type.
fn has_no_name(kind: FdType) -> bool {
    matches!(kind, FdType::Event | FdType::Eventpoll | FdType::Inotify | FdType::Signalfd | FdType::Timerfd)
}
