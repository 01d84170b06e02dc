//! `/proc/TID/status`: lines of a key, a colon and values.

use super::scan::{in_base, lines, number, split_once, words};

/// What `status` says, as far as it is wanted; what a kernel does not say is 0 or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The process.
    pub pid: i64,
    /// The parent process.
    pub ppid: i64,
    /// Who traces it; 0 for nobody.
    pub tracer: i64,
    /// Users: real, effective, saved, of the file system.
    pub uids: [u32; 4],
    /// Groups: real, effective, saved, of the file system.
    pub gids: [u32; 4],
    /// Further groups.
    pub groups: Vec<u32>,
    /// How many pid namespaces it is in, from that of `/proc` inwards; at least 1 if the kernel says.
    pub namespaces: usize,
    /// Process, thread, process group and session as seen in its own pid namespace; `None` where the kernel does not
    /// say.
    pub in_namespace: InNamespace,
    /// Memory, kB: virtual, resident, swapped out.
    pub vm: [u32; 3],
    /// How many threads the process has.
    pub threads: u64,
    /// Capabilities: inheritable, permitted, effective.
    pub capabilities: [u64; 3],
    /// How system calls are filtered: 0 not, 1 strictly, 2 by a program.
    pub seccomp: u8,
}

/// Ids as seen in the innermost of a thread's pid namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InNamespace {
    /// Process.
    pub pid: Option<i64>,
    /// Thread.
    pub tid: Option<i64>,
    /// Process group.
    pub pgid: Option<i64>,
    /// Session.
    pub sid: Option<i64>,
}

impl Status {
    /// Reads the text of the file; `None` if it does not say which process it is of.
    pub fn parse(text: &[u8]) -> Option<Status> {
        let mut status = Status::default();
        let mut has_pid = false;
        for (key, value) in lines(text).filter_map(|line| split_once(line, b':')) {
            has_pid |= key == b"Tgid";
            status.set(key, value);
        }
        Some(status).filter(|status| has_pid && status.pid > 0)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let mut values = words(value);
        match key {
            b"Tgid" => first(&mut values, &mut self.pid),
            b"PPid" => first(&mut values, &mut self.ppid),
            b"TracerPid" => first(&mut values, &mut self.tracer),
            b"Uid" => self.uids = four(values),
            b"Gid" => self.gids = four(values),
            b"Groups" => self.groups = values.filter_map(number).collect(),
            b"NStgid" => self.in_namespace.pid = innermost(values).0,
            b"NSpid" => (self.in_namespace.tid, self.namespaces) = innermost(values),
            b"NSpgid" => self.in_namespace.pgid = innermost(values).0,
            b"NSsid" => self.in_namespace.sid = innermost(values).0,
            b"VmSize" => self.vm[0] = kilobytes(values),
            b"VmRSS" => self.vm[1] = kilobytes(values),
            b"VmSwap" => self.vm[2] = kilobytes(values),
            b"Threads" => first(&mut values, &mut self.threads),
            b"CapInh" => self.capabilities[0] = bits(values),
            b"CapPrm" => self.capabilities[1] = bits(values),
            b"CapEff" => self.capabilities[2] = bits(values),
            b"Seccomp" => first(&mut values, &mut self.seccomp),
            _ => {}
        }
    }
}

fn first<'t, T: std::str::FromStr>(values: &mut impl Iterator<Item = &'t [u8]>, to: &mut T) {
    if let Some(value) = values.next().and_then(number) {
        *to = value;
    }
}

/// Real, effective, saved, of the file system; what is missing is nobody.
fn four<'t>(values: impl Iterator<Item = &'t [u8]>) -> [u32; 4] {
    let mut ids = [u32::MAX; 4];
    ids.iter_mut().zip(values.filter_map(number)).for_each(|(id, value)| *id = value);
    ids
}

/// The last of a list of ids, and how many there are.
fn innermost<'t>(values: impl Iterator<Item = &'t [u8]>) -> (Option<i64>, usize) {
    values.filter_map(number).fold((None, 0), |(_, count), id| (Some(id), count + 1))
}

/// A size in kB, and the largest that fits if it is larger.
fn kilobytes<'t>(mut values: impl Iterator<Item = &'t [u8]>) -> u32 {
    let size: u64 = values.next().and_then(number).unwrap_or(0);
    size.try_into().unwrap_or(u32::MAX)
}

fn bits<'t>(mut values: impl Iterator<Item = &'t [u8]>) -> u64 {
    values.next().and_then(|word| in_base(word, 16)).unwrap_or(0)
}
