//! What the sources saw, as events.
//!
//! Readers of both worlds refuse or misread numbers of no length, so a number that nobody knows here is written as
//! one that says nothing: see `docs/recording.md`.

use crate::calls::thread::{PARAMETERS_OF_EXIT, put_cloned, put_executed, put_exited};
use crate::proc::Facts;
use crate::stream::Stream;
use crate::trace::events::parameter_count;
use capture_event::code;
use capture_event::option::{self, Origin};
use capture_event::tables::fd::UNKNOWN_FD;
use capture_event::tables::thread::ThreadFlags;
use capture_scap::{EventBuilder, EventHead};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// Open for writing, in the schema's file flags.
const O_WRONLY: u32 = 2;
/// Open for reading.
const O_RDONLY: u32 = 1;

/// What ptrace(2) was asked for, in the schema's numbers.
const PTRACE_ATTACH: u16 = 11;
const PTRACE_DETACH: u16 = 12;
/// A parameter of ptrace(2) that these requests have no use for: a number, 0.
const NO_VALUE: [u8; 9] = [0; 9];

/// Who did something, when, and how it is known.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'d> {
    /// ns since the epoch.
    pub ts: u64,
    /// The thread; -1 for none.
    pub tid: i64,
    /// The CPU; 0 where it is not known.
    pub cpu: u16,
    /// Which source knows of it.
    pub origin: Origin,
    /// Whether the kernel reported it together with what stands before it.
    pub is_merged: bool,
    /// The key of the watch that it matched.
    pub key: Option<&'d [u8]>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDeed<'p> {
    /// It was made.
    Created(Kind<'p>),
    /// It was opened; to execute it, maybe.
    Opened {
        /// To execute it, or as its interpreter.
        exec: bool,
    },
    /// Something was written to it, or it was cut.
    Modified,
    /// It was closed, having been open for writing.
    Closed,
    /// Its mode, owner, times, number of links or other attributes were changed. What the mode is now.
    Attributes(u32),
    /// It was moved to this path.
    Renamed(&'p [u8]),
    /// Its name was taken away.
    Deleted {
        /// It was a directory.
        is_directory: bool,
    },
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'p> {
    /// A file, or something that was gone before we could look.
    File,
    /// A directory.
    Directory,
    /// A symbolic link that leads there.
    Link(&'p [u8]),
    /// A second name of a file.
    HardLink,
    /// A pipe, a socket, a device: mode and device number.
    Node(u32, u32),
}

/// An end of a socket.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// The descriptor.
    pub fd: i64,
    /// Whether it is TCP's; else UDP's.
    pub is_tcp: bool,
    /// Its own address.
    pub local: SocketAddr,
}

/// What became of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketDeed {
    /// It has an address, and no peer.
    Bound,
    /// It takes connections.
    Listens {
        /// How many may wait.
        backlog: u32,
    },
    /// It is connected with this peer, by its own wish.
    Connected(SocketAddr),
    /// It is connected with this peer, by the peer's wish.
    Accepted(SocketAddr),
}

/// Writes events.
#[derive(Clone)]
pub struct Teller {
    stream: Stream,
    /// Whether the environment of programs is told.
    env: bool,
}

/// Whether an event is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Shown,
    /// It only keeps the state of readers right.
    Hidden,
}
use Seen::{Hidden, Shown};

impl Teller {
    /// To this stream, with the environment of programs or without.
    pub fn new(stream: Stream, env: bool) -> Teller {
        Teller { stream, env }
    }

    fn write(&self, deed: &Deed<'_>, seen: Seen, code: u16, params: &[&[u8]]) {
        self.event(deed, seen, code, params.len() as u32, |out| params.iter().for_each(|param| out.param(param)));
    }

    fn event(&self, deed: &Deed<'_>, seen: Seen, code: u16, count: u32, params: impl FnOnce(&mut EventBuilder<'_>)) {
        let mut appending = self.stream.append();
        let ts = appending.time(deed.ts);
        let head = EventHead { ts, tid: deed.tid, cpu: deed.cpu, code, state_only: seen == Hidden };
        let mut out = EventBuilder::new(appending.blocks(), head, count);
        params(&mut out);
        if seen == Shown {
            out.option(option::ORIGIN, &[deed.origin as u8]);
            if deed.is_merged {
                out.option(option::MERGED, &[]);
            }
            if let Some(key) = deed.key {
                out.option(option::KEY, key);
            }
        }
        out.finish();
    }

    /// Something happened to the file with this path.
    pub fn file(&self, deed: &Deed<'_>, path: &[u8], what: FileDeed<'_>) {
        let (name, fd, zero) = (text(path), UNKNOWN_FD.to_le_bytes(), [0; 8]);
        let (zero32, name) = (zero.first_chunk::<4>().map_or(&[][..], |zero| zero), name.as_slice());
        match what {
            FileDeed::Opened { exec } => self.opened(deed, Shown, name, if exec { O_RDONLY } else { 0 }),
            FileDeed::Created(Kind::File) => {
                self.write(deed, Hidden, code::CREAT_E, &[name, zero32]);
                self.write(deed, Shown, code::CREAT_X, &[&fd, name, zero32]);
            }
            FileDeed::Created(Kind::Directory) => {
                self.write(deed, Hidden, code::MKDIR_2_E, &[zero32]);
                self.write(deed, Shown, code::MKDIR_2_X, &[&zero, name, zero32]);
            }
            FileDeed::Created(Kind::Link(to)) => {
                self.write(deed, Shown, code::SYMLINK_X, &[&zero, &text(to), name]);
            }
            FileDeed::Created(Kind::HardLink) => {
                self.write(deed, Shown, code::LINK_2_X, &[&zero, b"<NA>\0", name]);
            }
            FileDeed::Created(Kind::Node(mode, device)) => {
                let params: [&[u8]; 4] = [&zero, name, &mode.to_le_bytes(), &device.to_le_bytes()];
                self.write(deed, Shown, code::MKNOD_X, &params);
            }
            FileDeed::Modified => {
                self.opened(deed, Hidden, name, O_WRONLY);
                self.write(deed, Hidden, code::WRITE_E, &[&fd, zero32]);
                self.write(deed, Shown, code::WRITE_X, &[&zero, &[], &fd, zero32]);
            }
            FileDeed::Closed => {
                self.opened(deed, Hidden, name, O_WRONLY);
                self.write(deed, Hidden, code::CLOSE_E, &[&fd]);
                self.write(deed, Shown, code::CLOSE_X, &[&zero, &fd]);
            }
            FileDeed::Attributes(mode) => {
                self.write(deed, Shown, code::CHMOD_X, &[&zero, name, &(mode & 0o7777).to_le_bytes()]);
            }
            FileDeed::Renamed(to) => self.write(deed, Shown, code::RENAME_X, &[&zero, name, &text(to)]),
            FileDeed::Deleted { is_directory: true } => self.write(deed, Shown, code::RMDIR_2_X, &[&zero, name]),
            FileDeed::Deleted { is_directory: false } => self.write(deed, Shown, code::UNLINK_2_X, &[&zero, name]),
        }
    }

    /// An open. Hidden ones give the descriptor that nobody knows its name, for what follows.
    fn opened(&self, deed: &Deed<'_>, seen: Seen, name: &[u8], flags: u32) {
        let (flags, mode) = (flags.to_le_bytes(), 0u32.to_le_bytes());
        self.write(deed, Hidden, code::OPEN_E, &[name, &flags, &mode]);
        self.write(deed, seen, code::OPEN_X, &[&UNKNOWN_FD.to_le_bytes(), name, &flags, &mode]);
    }

    /// A thread made another: the event of the one, and that of the other.
    pub fn cloned(&self, deed: &Deed<'_>, parent: &Facts, child: &Facts, boot_ts: u64) {
        let flags = flags_of(child);
        self.write(deed, Hidden, code::CLONE_20_E, &[]);
        self.clone_exit(deed, Shown, child.tid, parent, flags, boot_ts);
        let of_child = Deed { tid: child.tid, ..*deed };
        self.clone_exit(&of_child, Shown, 0, child, flags, boot_ts);
        if child.cwd != parent.cwd {
            self.moved(&of_child, &child.cwd);
        }
    }

    /// A process is in this directory now, which readers take only from who goes there.
    pub fn moved(&self, deed: &Deed<'_>, cwd: &[u8]) {
        if !cwd.is_empty() {
            self.write(deed, Hidden, code::CHDIR_E, &[]);
            self.write(deed, Hidden, code::CHDIR_X, &[&[0; 8], &text(cwd)]);
        }
    }

    /// A thread that readers do not know yet, with what it executes.
    pub fn known(&self, deed: &Deed<'_>, facts: &Facts, boot_ts: u64) {
        self.clone_exit(deed, Hidden, 0, facts, flags_of(facts), boot_ts);
        self.exec(deed, Hidden, facts);
        self.moved(deed, &facts.cwd);
    }

    fn clone_exit(&self, deed: &Deed<'_>, seen: Seen, result: i64, facts: &Facts, flags: ThreadFlags, boot_ts: u64) {
        let start = if result == 0 { facts.pidns_init_start_ts.saturating_sub(boot_ts) } else { 0 };
        let code = code::CLONE_20_X;
        self.event(deed, seen, code, parameter_count(code), |out| {
            out.param(&result.to_le_bytes());
            put_cloned(out, facts, flags.bits(), start);
        });
    }

    /// A process executes a program: as `facts` say.
    pub fn executed(&self, deed: &Deed<'_>, facts: &Facts) {
        self.exec(deed, Shown, facts);
    }

    fn exec(&self, deed: &Deed<'_>, seen: Seen, facts: &Facts) {
        let path = facts.executable.path.strip_suffix(b" (deleted)").unwrap_or(&facts.executable.path);
        let file = text(if path.is_empty() { &facts.exe } else { path });
        self.write(deed, Hidden, code::EXECVE_19_E, &[&file]);
        let code = code::EXECVE_19_X;
        self.event(deed, seen, code, parameter_count(code), |out| {
            out.param(&[0; 8]);
            match self.env {
                true => put_executed(out, facts),
                false => put_executed(out, &Facts { env: Arc::default(), ..facts.clone() }),
            }
            out.param(&file);
        });
    }

    /// Something became of a socket.
    pub fn socket(&self, deed: &Deed<'_>, end: &End, what: SocketDeed) {
        let (fd, zero) = (end.fd.to_le_bytes(), [0; 8]);
        let numbers = [family(&end.local).into(), if end.is_tcp { 1u32 } else { 2 }, 0].map(u32::to_le_bytes);
        let [domain, kind, protocol] = &numbers;
        if !matches!(what, SocketDeed::Accepted(_)) {
            self.write(deed, Hidden, code::SOCKET_E, &[domain, kind, protocol]);
            self.write(deed, Hidden, code::SOCKET_X, &[&fd, domain, kind, protocol]);
        }
        match what {
            SocketDeed::Bound => self.bound(deed, end),
            SocketDeed::Listens { backlog } => {
                self.bound(deed, end);
                let backlog = backlog.to_le_bytes();
                let listens = Deed { is_merged: true, ..*deed };
                self.write(&listens, Hidden, code::LISTEN_E, &[&fd, &backlog]);
                self.write(&listens, Shown, code::LISTEN_X, &[&zero, &fd, &backlog]);
            }
            SocketDeed::Connected(peer) => {
                let address = address(&peer);
                self.write(deed, Hidden, code::CONNECT_E, &[&fd, &address]);
                self.write(deed, Shown, code::CONNECT_X, &[&zero, &tuple(&end.local, &peer), &fd, &address]);
            }
            SocketDeed::Accepted(peer) => {
                self.write(deed, Hidden, code::ACCEPT_5_E, &[]);
                let none = [0; 4];
                self.write(deed, Shown, code::ACCEPT_5_X, &[&fd, &tuple(&peer, &end.local), &[0], &none, &none]);
            }
        }
    }

    fn bound(&self, deed: &Deed<'_>, end: &End) {
        let fd = end.fd.to_le_bytes();
        self.write(deed, Hidden, code::BIND_E, &[&fd]);
        self.write(deed, Shown, code::BIND_X, &[&[0; 8], &address(&end.local), &fd]);
    }

    /// A thread ended, with this status word of wait(2).
    pub fn exited(&self, deed: &Deed<'_>, word: i32) {
        self.event(deed, Shown, code::PROCEXIT_1_E, PARAMETERS_OF_EXIT, |out| put_exited(out, word));
    }

    /// A thread traces another one from now on, or not any more.
    pub fn traces(&self, deed: &Deed<'_>, tid: i32, begins: bool) {
        let request = if begins { PTRACE_ATTACH } else { PTRACE_DETACH }.to_le_bytes();
        let tid = i64::from(tid).to_le_bytes();
        self.write(deed, Hidden, code::PTRACE_E, &[&request, &tid]);
        self.write(deed, Shown, code::PTRACE_X, &[&[0; 8], &NO_VALUE, &NO_VALUE, &request, &tid]);
    }

    /// A process has another effective user.
    pub fn user(&self, deed: &Deed<'_>, uid: u32) {
        self.write(deed, Hidden, code::SETUID_E, &[&uid.to_le_bytes()]);
        self.write(deed, Shown, code::SETUID_X, &[&[0; 8], &uid.to_le_bytes()]);
    }

    /// A process has another effective group.
    pub fn group(&self, deed: &Deed<'_>, gid: u32) {
        self.write(deed, Hidden, code::SETGID_E, &[&gid.to_le_bytes()]);
        self.write(deed, Shown, code::SETGID_X, &[&[0; 8], &gid.to_le_bytes()]);
    }

    /// A process leads a new session.
    pub fn session(&self, deed: &Deed<'_>, pid: i64) {
        self.write(deed, Hidden, code::SETSID_E, &[]);
        self.write(deed, Shown, code::SETSID_X, &[&pid.to_le_bytes()]);
    }

    /// A thread has another name.
    pub fn name(&self, deed: &Deed<'_>, name: &[u8]) {
        /// `PR_SET_NAME`
        const SET_NAME: u32 = 15;
        self.write(deed, Shown, code::PRCTL_X, &[&[0; 8], &SET_NAME.to_le_bytes(), &text(name), &[0; 8]]);
    }
}

/// A string or a path: with its zero byte; what is not known as other recorders write it.
fn text(bytes: &[u8]) -> Vec<u8> {
    let bytes = if bytes.is_empty() { b"<NA>" } else { bytes };
    [bytes, &[0]].concat()
}

/// `PPM_AF_INET`, `PPM_AF_INET6`.
fn family(address: &SocketAddr) -> u8 {
    if address.is_ipv4() { 2 } else { 10 }
}

/// Address and port, as the schema has them.
fn end(address: &SocketAddr) -> Vec<u8> {
    let mut bytes = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    bytes.extend(address.port().to_le_bytes());
    bytes
}

fn address(of: &SocketAddr) -> Vec<u8> {
    [&[family(of)][..], &end(of)].concat()
}

fn tuple(source: &SocketAddr, destination: &SocketAddr) -> Vec<u8> {
    [&[family(source)][..], &end(source), &end(destination)].concat()
}

/// How a thread was cloned, as far as that can be seen.
fn flags_of(child: &Facts) -> ThreadFlags {
    let mut flags = child.flags;
    flags.set(ThreadFlags::CHILD_IN_PIDNS, child.vtid != child.tid);
    flags
}

/// What was made at a path.
pub fn kind_of<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> Kind<'b> {
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let Ok(found) = path.symlink_metadata() else { return Kind::File };
    let kind = found.file_type();
    if kind.is_symlink() {
        *buffer = std::fs::read_link(path).map(|to| to.into_os_string().into_vec()).unwrap_or_default();
        return Kind::Link(buffer);
    }
    if kind.is_fifo() || kind.is_socket() || kind.is_block_device() || kind.is_char_device() {
        return Kind::Node(
            found.mode(),
            crate::proc::mounts::device(libc::major(found.rdev()), libc::minor(found.rdev())),
        );
    }
    if found.nlink() > 1 && kind.is_file() { Kind::HardLink } else { Kind::File }
}
