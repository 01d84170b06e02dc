//! All that captures say of one thread.

use super::command_line::{self, LONGEST_LIST};
use super::directory::Directory;
use super::executable::{Executable, LONGEST_PATH};
use super::host::Host;
use super::limits;
use super::namespaces::start_of;
use super::scan::number;
use super::stat::Stat;
use super::status::Status;
use capture_event::tables::thread::ThreadFlags;
use std::ffi::CStr;
use std::sync::Arc;

/// What is known of a thread: what the process list has, and what the parameters of execve and clone events have. Ids
/// are those of the pid and user namespaces of `/proc`. What may not be read is empty, 0 or -1.
///
/// Texts are shared by those who have the same: a copy is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Thread.
    pub tid: i64,
    /// Process: the tid of the leader.
    pub pid: i64,
    /// Parent process.
    pub ptid: i64,
    /// Session.
    pub sid: i64,
    /// Process group.
    pub pgid: i64,
    /// Thread, as seen in its own pid namespace.
    pub vtid: i64,
    /// Process, as seen in its own pid namespace.
    pub vpid: i64,
    /// Process group, as seen in its own pid namespace.
    pub vpgid: i64,
    /// Name of the command.
    pub comm: Arc<[u8]>,
    /// First argument.
    pub exe: Arc<[u8]>,
    /// Arguments after the first, each ended by a zero byte.
    pub args: Arc<[u8]>,
    /// Environment, each item ended by a zero byte.
    pub env: Arc<[u8]>,
    /// Working directory.
    pub cwd: Arc<[u8]>,
    /// Root directory.
    pub root: Arc<[u8]>,
    /// Control groups: `subsystem=path` items, each ended by a zero byte.
    pub cgroups: Arc<[u8]>,
    /// How many descriptors may be open; -1 if unlimited.
    pub fdlimit: i64,
    /// How it shares what with its process.
    pub flags: ThreadFlags,
    /// Effective user.
    pub uid: u32,
    /// Effective group.
    pub gid: u32,
    /// User who logged in; all ones for none.
    pub loginuid: u32,
    /// Controlling terminal, as the kernel numbers devices; 0 for none.
    pub tty: u32,
    /// Memory and page faults.
    pub memory: Memory,
    /// Capabilities.
    pub capabilities: Capabilities,
    /// How many threads its process has.
    pub threads: u64,
    /// What it executes.
    pub executable: Executable,
    /// When it began, ns since the epoch, to the hundredth of a second.
    pub start_ts: u64,
    /// When the first process of its pid namespace began, ns since the epoch; 0 if not known. A parameter of clone
    /// events has the same, less the boot time of [`super::Machine`].
    pub pidns_init_start_ts: u64,
}

/// Memory and page faults of a thread's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Memory {
    /// Virtual memory, kB.
    pub vm_size: u32,
    /// Resident memory, kB.
    pub vm_rss: u32,
    /// Swapped memory, kB.
    pub vm_swap: u32,
    /// Page faults that had to read.
    pub major_faults: u64,
    /// Page faults that had not.
    pub minor_faults: u64,
}

/// Capabilities, bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Inheritable.
    pub inheritable: u64,
    /// Permitted.
    pub permitted: u64,
    /// Effective.
    pub effective: u64,
}

/// Why there are no facts of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It is gone.
    Gone,
    /// It has ended, and its parent has not yet asked for its status; other threads of its process may live on.
    Ended,
    /// It is one of the kernel's own, which executes nothing.
    OfKernel,
}

/// Longer than any file of one thread that is read as a whole.
const LONGEST: usize = 1 << 20;

impl Facts {
    /// Reads all of a thread. `None` if it is gone, has ended, or is one of the kernel's own.
    pub fn of(host: &mut Host, tid: i64) -> Option<Facts> {
        let directory = host.thread(tid).ok()?;
        Facts::read(host, &directory, tid, None).ok()
    }

    /// A thread or process that was just cloned from another one. Arguments, environment, executable, limits and
    /// login, which it cannot but have from there, are not read again.
    pub fn of_child(host: &mut Host, parent: &Facts, tid: i64) -> Option<Facts> {
        let directory = host.thread(tid).ok()?;
        let mut facts = Facts { tid, ..parent.clone() };
        let status = read_status(host, &directory)?;
        facts.set_status(&status);
        facts.pidns_init_start_ts = pidns_start(host, &directory, &status);
        facts.set_places(host, &directory);
        facts.set_stat(host, &directory).ok()?;
        Some(facts)
    }

    /// Reads a thread's directory. Threads of a process that was read before share its arguments, its environment and
    /// its executable.
    pub fn read(host: &mut Host, directory: &Directory, tid: i64, sibling: Option<&Facts>) -> Result<Facts, Missing> {
        let mut facts = match sibling {
            Some(sibling) => Facts { tid, ..sibling.clone() },
            None => Facts::with_command_line(host, directory, tid)?,
        };
        let status = read_status(host, directory).ok_or(Missing::Gone)?;
        facts.set_status(&status);
        if sibling.is_none() {
            facts.executable = Executable::of(directory, &status, &mut host.mounts, &mut host.text);
            facts.fdlimit = open_files(host, directory, tid);
            facts.pidns_init_start_ts = pidns_start(host, directory, &status);
        }
        facts.set_places(host, directory);
        let loginuid = directory.read(c"loginuid", LONGEST, &mut host.text).ok();
        facts.loginuid = loginuid.and_then(|text| number(text.trim_ascii())).unwrap_or(u32::MAX);
        facts.set_stat(host, directory)?;
        Ok(facts)
    }

    /// The leader of the process, which has ended, while this thread of it lives on: nothing is known of it but what it
    /// had in common with this one.
    pub fn as_leader(&self) -> Facts {
        Facts { tid: self.pid, vtid: self.vpid, flags: ThreadFlags::empty(), ..self.clone() }
    }

    fn with_command_line(host: &mut Host, directory: &Directory, tid: i64) -> Result<Facts, Missing> {
        let text = directory.read(c"cmdline", LONGEST_LIST, &mut host.text).map_err(|_| Missing::Gone)?;
        let (exe, args) = command_line::split(text);
        if exe.is_empty() && args.is_empty() {
            read_stat(host, directory)?;
        }
        let env = directory.read(c"environ", LONGEST_LIST, &mut host.text).map(command_line::list);
        let exe = exe.get(..LONGEST_PATH).unwrap_or(&exe);
        Ok(Facts { tid, exe: exe.into(), args: args.into(), env: env.unwrap_or_default().into(), ..Facts::unknown() })
    }

    fn set_status(&mut self, status: &Status) {
        self.pid = status.pid;
        self.ptid = status.ppid;
        self.vtid = status.in_namespace.tid.unwrap_or(self.tid);
        self.vpid = status.in_namespace.pid.unwrap_or(self.pid);
        self.vpgid = status.in_namespace.pgid.unwrap_or(-1);
        self.threads = status.threads;
        [_, self.uid, ..] = status.uids;
        [_, self.gid, ..] = status.gids;
        [self.memory.vm_size, self.memory.vm_rss, self.memory.vm_swap] = status.vm;
        let [inheritable, permitted, effective] = status.capabilities;
        self.capabilities = Capabilities { inheritable, permitted, effective };
        // What else it shares with its leader is not to be seen: threads as they usually are share descriptors.
        self.flags = match self.tid == self.pid {
            true => ThreadFlags::empty(),
            false => ThreadFlags::CLONE_THREAD | ThreadFlags::CLONE_FILES,
        };
    }

    fn set_places(&mut self, host: &mut Host, directory: &Directory) {
        self.cwd = path(host, directory, c"cwd");
        self.root = path(host, directory, c"root");
        self.cgroups = host.cgroups(directory);
    }

    /// Read last: who has ended by then is not the thread of which the rest was read, or has lost half of it.
    fn set_stat(&mut self, host: &mut Host, directory: &Directory) -> Result<(), Missing> {
        let boot_ts = host.machine.boot_ts;
        let stat = read_stat(host, directory)?;
        if *self.comm != *stat.comm {
            self.comm = stat.comm.get(..LONGEST_PATH).unwrap_or(stat.comm).into();
        }
        (self.sid, self.pgid, self.tty) = (stat.sid, stat.pgid, stat.tty);
        if self.vpgid == -1 {
            self.vpgid = stat.pgid;
        }
        (self.memory.major_faults, self.memory.minor_faults) = (stat.major_faults, stat.minor_faults);
        self.start_ts = start_of(boot_ts, &stat);
        Ok(())
    }

    /// A thread of which nothing is known.
    pub fn unknown() -> Facts {
        Facts {
            tid: -1,
            pid: -1,
            ptid: -1,
            sid: -1,
            pgid: -1,
            vtid: -1,
            vpid: -1,
            vpgid: -1,
            comm: Arc::default(),
            exe: Arc::default(),
            args: Arc::default(),
            env: Arc::default(),
            cwd: Arc::default(),
            root: Arc::default(),
            cgroups: Arc::default(),
            fdlimit: -1,
            flags: ThreadFlags::empty(),
            uid: u32::MAX,
            gid: u32::MAX,
            loginuid: u32::MAX,
            tty: 0,
            memory: Memory::default(),
            capabilities: Capabilities::default(),
            threads: 0,
            executable: Executable::default(),
            start_ts: 0,
            pidns_init_start_ts: 0,
        }
    }
}

impl Memory {
    /// Reads the memory and the page faults of a thread anew; `None` if it is gone.
    pub fn of(host: &mut Host, tid: i64) -> Option<Memory> {
        let directory = host.thread(tid).ok()?;
        let [vm_size, vm_rss, vm_swap] = read_status(host, &directory)?.vm;
        let stat = read_stat(host, &directory).ok()?;
        let (major_faults, minor_faults) = (stat.major_faults, stat.minor_faults);
        Some(Memory { vm_size, vm_rss, vm_swap, major_faults, minor_faults })
    }
}

fn read_status(host: &mut Host, directory: &Directory) -> Option<Status> {
    Status::parse(directory.read(c"status", LONGEST, &mut host.text).ok()?)
}

fn read_stat<'h>(host: &'h mut Host, directory: &Directory) -> Result<Stat<'h>, Missing> {
    let text = directory.read(c"stat", LONGEST, &mut host.text).map_err(|_| Missing::Gone)?;
    match Stat::parse(text).ok_or(Missing::Gone)? {
        stat if stat.is_kernel_thread() => Err(Missing::OfKernel),
        stat if stat.has_ended() => Err(Missing::Ended),
        stat => Ok(stat),
    }
}

fn pidns_start(host: &mut Host, directory: &Directory, status: &Status) -> u64 {
    host.namespaces.start(&host.proc, &host.machine, directory, status)
}

/// The limit of open descriptors; -1 for none. The file takes the kernel several times as long as the call.
fn open_files(host: &mut Host, directory: &Directory, tid: i64) -> i64 {
    let ours = i32::try_from(tid).ok().filter(|_| host.has_our_ids);
    if let Some(limit) = ours.and_then(|tid| crate::sys::limits::open_files(tid).ok()) {
        return i64::try_from(limit).unwrap_or(-1);
    }
    let text = directory.read(c"limits", LONGEST, &mut host.text).ok();
    text.and_then(limits::open_files).unwrap_or(-1)
}

fn path(host: &mut Host, directory: &Directory, name: &CStr) -> Arc<[u8]> {
    let path = directory.link(name, &mut host.text).unwrap_or_default();
    path.get(..LONGEST_PATH).unwrap_or(path).into()
}
