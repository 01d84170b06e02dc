//! The state as the lists with which a capture begins: the opposite of importing them.
//!
//! A list holds less than the state does. When a thread was cloned or called exec, and what is known of containers,
//! has no place in it; which side of a connection a socket is, readers guess from the ports that are listened on.

use crate::fds::Fd;
use crate::fds::addresses::Family;
use crate::fds::table::CANCELED;
use crate::thread::Identity;
use crate::{Machine, Thread, View};
use capture_batch::Endpoint;
use capture_event::tables::fd::FdType;
use capture_scap::{FdEntry, FdInfo, FdList, ProcessEntry, Tail};
use std::net::SocketAddr;

impl Machine {
    /// The process list, in the order of thread ids. Threads that exited are left out.
    pub fn process_list(&self) -> Vec<ProcessEntry<'_>> {
        let mut list: Vec<ProcessEntry<'_>> = self.listed().map(|thread| self.process_entry(thread)).collect();
        list.sort_by_key(|entry| entry.tid);
        list
    }

    /// The descriptor list of every thread in the process list, in the same order.
    pub fn descriptor_lists(&self) -> Vec<FdList<'_>> {
        let list = |thread| FdList { tid: Thread::key(thread).tid, entries: descriptors(thread) };
        let mut lists: Vec<FdList<'_>> = self.listed().map(list).collect();
        lists.sort_by_key(|list| list.tid);
        lists
    }

    fn listed(&self) -> impl Iterator<Item = &Thread> {
        self.threads.iter().filter(|thread| thread.tid >= 0 && !thread.is_dead())
    }

    fn process_entry<'m>(&'m self, thread: &'m Thread) -> ProcessEntry<'m> {
        let (id, quantities) = (&*thread.id, &*thread.quantities);
        // What belongs to the process is its leader's.
        let leader = self.threads.get(id.pid).unwrap_or(thread);
        ProcessEntry {
            tid: thread.tid,
            pid: id.pid,
            ptid: id.ptid,
            sid: id.sid,
            vpgid: id.vpgid,
            comm: &id.comm,
            exe: &id.exe,
            exepath: &id.exepath,
            args: &id.args,
            cwd: &leader.id.cwd,
            fdlimit: quantities.fd_limit,
            flags: id.flags.bits(),
            uid: id.uid,
            gid: id.gid,
            vmsize: quantities.vm_size,
            vmrss: quantities.vm_rss,
            vmswap: quantities.vm_swap,
            pfmajor: quantities.pf_major,
            pfminor: quantities.pf_minor,
            env: &leader.id.env,
            vtid: id.vtid,
            vpid: id.vpid,
            cgroups: &id.cgroups,
            root: &id.root,
            tail: self.tail(id),
        }
    }
}

impl Machine {
    /// What newer writers add; the classic view takes over only some of it from a list.
    fn tail(&self, id: &Identity) -> Tail {
        let tail = Tail { loginuid: Some(id.loginuid), exe_writable: Some(id.exe_writable), ..Tail::default() };
        if self.view == View::Classic {
            return tail;
        }
        let [cap_permitted, cap_effective, cap_inheritable] = id.capabilities;
        Tail {
            pidns_init_start_ts: Some(id.pidns_init_start_ts),
            tty: Some(id.tty),
            cap_inheritable: Some(cap_inheritable),
            cap_permitted: Some(cap_permitted),
            cap_effective: Some(cap_effective),
            exe_upper_layer: Some(id.exe_upper_layer),
            exe_ino: Some(id.exe_ino),
            exe_ino_ctime: Some(id.exe_ino_ctime),
            exe_ino_mtime: Some(id.exe_ino_mtime),
            exe_from_memfd: Some(id.exe_from_memfd),
            exe_lower_layer: Some(id.exe_lower_layer),
            pgid: Some(id.pgid),
            ..tail
        }
    }
}

/// What a thread has open in its own table; nothing where it shares its leader's.
fn descriptors(thread: &Thread) -> Vec<FdEntry<'_>> {
    if thread.shares_fds() && !thread.is_leader() {
        return Vec::new();
    }
    let mut entries: Vec<FdEntry<'_>> =
        thread.fds.iter().filter(|(fd, _)| *fd != CANCELED).map(|(number, fd)| entry(number, fd)).collect();
    entries.sort_by_key(|entry| entry.fd);
    entries
}

fn entry(number: i64, fd: &Fd) -> FdEntry<'_> {
    let at = |end: Endpoint| SocketAddr::new(end.ip, end.port);
    let info = match fd.kind {
        FdType::Ipv4Sock | FdType::Ipv6Sock => {
            let family = if fd.kind == FdType::Ipv4Sock { Family::V4 } else { Family::V6 };
            let ends = fd.addresses.ends(family);
            let l4 = fd.addresses.l4(family) as u8;
            FdInfo::Socket { source: at(ends.source), destination: at(ends.destination), l4 }
        }
        FdType::Ipv4Servsock | FdType::Ipv6Servsock => {
            let family = if fd.kind == FdType::Ipv4Servsock { Family::V4 } else { Family::V6 };
            FdInfo::Listener { address: at(fd.addresses.server(family)), l4: fd.addresses.server_l4(family) as u8 }
        }
        FdType::UnixSock => {
            let (source, destination) = fd.addresses.unix();
            FdInfo::Unix { source, destination, path: &fd.name }
        }
        FdType::FileV2 | FdType::File => FdInfo::File { flags: fd.open_flags, path: &fd.name, dev: Some(fd.dev) },
        FdType::Unknown => FdInfo::Other(&[]),
        _ => FdInfo::Named(&fd.name),
    };
    FdEntry { fd: number, ino: fd.ino, type_code: fd.kind as u8, info }
}
