//! The snapshot as blocks of a capture.

use super::fds::{Detail, Fd};
use super::threads::Thread;
use super::{Interface, Snapshot};
use crate::proc::Facts;
use capture_scap::{
    FdEntry, FdInfo, FdList, Interface as InterfaceEntry, MachineInfo, ProcessEntry, Section, Tail, User as UserEntry,
    WriteError, Writer,
};
use std::io::Write;

impl Snapshot {
    /// Begins a capture with these tables: section header, machine, interfaces, users, threads, and the descriptors
    /// of each thread. Events may follow; without one no reader opens it.
    pub fn write<W: Write>(&self, writer: &mut Writer<W>) -> Result<(), WriteError> {
        writer.section(&Section { major: 1, minor: 2, options: Vec::new() })?;
        writer.machine(&self.machine_entry())?;
        writer.interfaces(&self.interfaces.iter().map(interface).collect::<Vec<_>>())?;
        writer.users(&self.user_entries())?;
        writer.processes(&self.threads.iter().map(|thread| process(&thread.facts)).collect::<Vec<_>>())?;
        self.threads.iter().try_for_each(|thread| writer.fds(&fd_list(thread)))
    }

    fn machine_entry(&self) -> MachineInfo<'_> {
        let machine = &self.machine;
        MachineInfo {
            cpus: machine.cpus,
            memory: machine.memory,
            max_pid: machine.max_pid,
            hostname: &machine.hostname,
            boot_ts: machine.boot_ts,
            ..MachineInfo::default()
        }
    }

    fn user_entries(&self) -> Vec<UserEntry<'_>> {
        let users = self.accounts.users.iter().map(|user| UserEntry::User {
            uid: user.uid,
            gid: user.gid,
            name: &user.name,
            home: &user.home,
            shell: &user.shell,
        });
        let groups = self.accounts.groups.iter().map(|group| UserEntry::Group { gid: group.gid, name: &group.name });
        users.chain(groups).collect()
    }
}

fn interface(interface: &Interface) -> InterfaceEntry<'_> {
    let Interface { name, address, netmask, broadcast } = interface;
    let (address, netmask, broadcast) = (*address, *netmask, *broadcast);
    InterfaceEntry { name, address, netmask, broadcast, speed: Some(0) }
}

/// A thread as the process list has it.
pub fn process(facts: &Facts) -> ProcessEntry<'_> {
    let executable = &facts.executable;
    ProcessEntry {
        tid: facts.tid,
        pid: facts.pid,
        ptid: facts.ptid,
        sid: facts.sid,
        vpgid: facts.vpgid,
        comm: &facts.comm,
        exe: &facts.exe,
        exepath: &executable.path,
        args: &facts.args,
        cwd: &facts.cwd,
        fdlimit: facts.fdlimit,
        flags: facts.flags.bits(),
        uid: facts.uid,
        gid: facts.gid,
        vmsize: facts.memory.vm_size,
        vmrss: facts.memory.vm_rss,
        vmswap: facts.memory.vm_swap,
        pfmajor: facts.memory.major_faults,
        pfminor: facts.memory.minor_faults,
        env: &facts.env,
        vtid: facts.vtid,
        vpid: facts.vpid,
        cgroups: &facts.cgroups,
        root: &facts.root,
        tail: Tail {
            pidns_init_start_ts: Some(facts.pidns_init_start_ts),
            tty: Some(facts.tty),
            loginuid: Some(facts.loginuid),
            exe_writable: Some(executable.writable),
            cap_inheritable: Some(facts.capabilities.inheritable),
            cap_permitted: Some(facts.capabilities.permitted),
            cap_effective: Some(facts.capabilities.effective),
            exe_upper_layer: Some(executable.upper_layer),
            exe_ino: Some(executable.ino),
            exe_ino_ctime: Some(executable.ctime),
            exe_ino_mtime: Some(executable.mtime),
            exe_from_memfd: Some(executable.from_memfd),
            exe_lower_layer: Some(executable.lower_layer),
            pgid: Some(facts.pgid),
        },
    }
}

fn fd_list(thread: &Thread) -> FdList<'_> {
    FdList { tid: thread.facts.tid, entries: thread.fds.iter().map(entry).collect() }
}

fn entry(fd: &Fd) -> FdEntry<'_> {
    let info = match &fd.detail {
        &Detail::Socket { source, destination, l4 } => FdInfo::Socket { source, destination, l4: l4 as u8 },
        &Detail::Listener { address, l4 } => FdInfo::Listener { address, l4: l4 as u8 },
        Detail::Unix { source, path } => FdInfo::Unix { source: *source, destination: 0, path },
        Detail::File { flags, path, dev } => FdInfo::File { flags: *flags, path, dev: Some(*dev) },
        Detail::Named(name) => FdInfo::Named(name),
    };
    FdEntry { fd: fd.fd, ino: fd.ino, type_code: fd.kind as u8, info }
}
