//! The host of a random capture: which threads there are, and what the lists at the start say.

use super::calls::Call;
use super::rng::Rng;
use crate::{CaptureBuilder, Fd, Process};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub(super) const NAMES: &[&[u8]] = &[
    b"bash",
    b"nginx",
    b"cat",
    b"sshd",
    b"python3",
    b"sh",
    b"runc",
    b"java",
    b"ls",
    b"b\xffd",
    b"kworker/0:1",
    b"a b",
];

pub(super) const HOST_CGROUPS: &[u8] = b"cpuset=/\0cpu=/user.slice\0memory=/user.slice/u\0";
const DOCKER_CGROUPS: &[u8] = b"cpuset=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\0cpu=/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\0";
const POD_CGROUPS: &[u8] = b"cpuset=/kubepods/besteffort/pod11111111-2222-3333-4444-555555555555/fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210\0";

/// A thread.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub pid: i64,
    pub ptid: i64,
    pub sid: i64,
    pub comm: Vec<u8>,
    pub cgroups: &'static [u8],
    /// A call that was entered and not left.
    pub pending: Option<&'static Call>,
}

/// The threads.
#[derive(Debug)]
pub(super) struct Host {
    tasks: BTreeMap<i64, Task>,
    next_tid: i64,
}

impl Host {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let mut host = Host { tasks: BTreeMap::new(), next_tid: 1000 };
        let task = |pid, ptid, comm: &[u8]| Task {
            pid,
            ptid,
            sid: pid,
            comm: comm.to_vec(),
            cgroups: HOST_CGROUPS,
            pending: None,
        };
        host.add(1, task(1, 0, b"systemd"));
        host.add(2, task(2, 0, b"kthreadd"));
        let mut pids = vec![1];
        for i in 0..14 {
            let pid = 100 + 10 * i;
            let ptid = rng.pick(&pids);
            let leader = Task {
                sid: rng.pick(&[pid, ptid]),
                cgroups: rng.pick(&[HOST_CGROUPS, HOST_CGROUPS, HOST_CGROUPS, DOCKER_CGROUPS, POD_CGROUPS]),
                ..task(pid, ptid, rng.pick(NAMES))
            };
            pids.push(pid);
            // Not two: in which order the libraries find the threads of a list is up to a hash table.
            if rng.percent(50) {
                host.add(pid + 1, leader.clone());
            }
            host.add(pid, leader);
        }
        host
    }

    pub(super) fn tids(&self) -> Vec<i64> {
        self.tasks.keys().copied().collect()
    }

    /// The thread, or what an unknown one would be.
    pub(super) fn task(&self, tid: i64) -> Task {
        self.tasks.get(&tid).or_else(|| self.tasks.get(&1)).cloned().expect("thread 1 never exits")
    }

    pub(super) fn is_known(&self, tid: i64) -> bool {
        self.tasks.contains_key(&tid)
    }

    pub(super) fn add(&mut self, tid: i64, task: Task) {
        self.tasks.insert(tid, task);
    }

    pub(super) fn remove(&mut self, tid: i64) {
        self.tasks.remove(&tid);
    }

    pub(super) fn rename(&mut self, tid: i64, comm: &[u8]) {
        if let Some(task) = self.tasks.get_mut(&tid) {
            task.comm = comm.to_vec();
        }
    }

    pub(super) fn take_pending(&mut self, tid: i64) -> Option<&'static Call> {
        self.tasks.get_mut(&tid)?.pending.take()
    }

    pub(super) fn set_pending(&mut self, tid: i64, call: &'static Call) {
        if let Some(task) = self.tasks.get_mut(&tid) {
            task.pending = Some(call);
        }
    }

    /// An id for a new thread; sometimes one that is still in use, as after a lost exit.
    pub(super) fn new_tid(&mut self, rng: &mut Rng) -> i64 {
        self.next_tid += rng.pick(&[1, 1, 7]);
        if rng.percent(10) { rng.pick(&self.tids()) } else { self.next_tid }
    }

    /// Whether `above` is the id of a thread of the process of `tid` or of one of its ancestors.
    pub(super) fn is_above(&self, above: i64, tid: i64) -> bool {
        let Some(pid) = self.tasks.get(&above).map(|task| task.pid) else { return above == tid };
        let mut at = self.tasks.get(&tid);
        for _ in 0..self.tasks.len() {
            match at {
                Some(task) if task.pid == pid => return true,
                Some(task) => at = self.tasks.get(&task.ptid),
                None => break,
            }
        }
        false
    }

    /// The lists at the start of the capture.
    pub(super) fn snapshot(&self, rng: &mut Rng) -> CaptureBuilder {
        let v4 = |a, b, c, d| IpAddr::V4(Ipv4Addr::new(a, b, c, d));
        let mut capture = CaptureBuilder::new()
            .machine(4, "randhost", rng.pick(&[0, 1_699_999_000_000_000_000]))
            .interface("lo", v4(127, 0, 0, 1), v4(255, 0, 0, 0), v4(127, 255, 255, 255))
            .interface("eth0", v4(10, 0, 0, 5), v4(255, 255, 255, 0), v4(10, 0, 0, 255))
            .user(0, 0, "root", "/root", "/bin/sh")
            .user(1000, 1000, "alice", "/home/alice", "/bin/bash")
            .user(33, 33, "www-data", "/var/www", "/usr/sbin/nologin")
            .group(0, "root")
            .group(1000, "alice")
            .group(33, "www-data");
        for (&tid, task) in &self.tasks {
            capture = capture.process(process(rng, tid, task));
        }
        for (&tid, _) in self.tasks.iter().filter(|(tid, task)| **tid == task.pid) {
            for fd in 0..3 + i64::from(rng.below(6)) {
                capture = capture.fd(tid as u64, descriptor(rng, fd));
            }
        }
        capture
    }
}

fn process(rng: &mut Rng, tid: i64, task: &Task) -> Process {
    let thread = tid != task.pid;
    let namespaced = task.cgroups != HOST_CGROUPS && rng.percent(70);
    let shift = if namespaced { 50 } else { 0 };
    Process {
        tid: tid as u64,
        pid: task.pid as u64,
        ptid: task.ptid as u64,
        sid: task.sid,
        vpgid: task.sid,
        exe: [rng.pick(&[&b"/bin/"[..], b"", b"-"]), &task.comm].concat(),
        exepath: [b"/usr/bin/", &*task.comm].concat(),
        args: rng.pick(&[&b""[..], b"-c\0echo hi\0", b"one\0two\0three"]).to_vec(),
        cwd: rng.pick(&[&b"/"[..], b"/home/alice", b"/tmp/"]).to_vec(),
        fdlimit: rng.pick(&[1024, 4096, -1]),
        flags: if thread { 0x2001 } else { 0x4000_0000 },
        uid: rng.pick(&[0, 1000, 33, 77]),
        gid: rng.pick(&[0, 1000, 33]),
        vm: [rng.below(1_000_000), rng.below(100_000), 0],
        pf: [rng.below(50).into(), rng.below(5000).into()],
        env: rng.pick(&[&b""[..], b"HOME=/root\0PATH=/bin\0", b"A=1\0B\0HOME=/x\0"]).to_vec(),
        vtid: tid - shift,
        vpid: task.pid - shift,
        cgroups: task.cgroups.to_vec(),
        loginuid: rng.pick(&[0xFFFF_FFFF, 1000, 0]),
        exe_writable: rng.below(2) as u8,
        tail_len: 29,
        ..Process::new(tid as u64, &String::from_utf8_lossy(&task.comm))
    }
}

fn descriptor(rng: &mut Rng, fd: i64) -> Fd {
    let v4 = |rng: &mut Rng| IpAddr::V4(Ipv4Addr::from(rng.pick(&[[127, 0, 0, 1], [10, 0, 0, 5], [8, 8, 8, 8]])));
    let v6 =
        |rng: &mut Rng| IpAddr::V6(rng.pick(&[Ipv6Addr::LOCALHOST, Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 5)]));
    let port = |rng: &mut Rng| rng.pick(&[80, 443, 53, 40000, 51234]);
    let kind = if fd < 3 { 9 } else { rng.below(12) };
    match kind {
        0 => {
            let (source, destination) = (v4(rng), v4(rng));
            Fd::socket(
                fd,
                SocketAddr::new(source, port(rng)),
                SocketAddr::new(destination, port(rng)),
                rng.pick(&[2, 3]),
            )
        }
        1 => {
            let (source, destination) = (v6(rng), v6(rng));
            Fd::socket(
                fd,
                SocketAddr::new(source, port(rng)),
                SocketAddr::new(destination, port(rng)),
                rng.pick(&[2, 3]),
            )
        }
        2 => Fd::listener(fd, SocketAddr::new(v4(rng), port(rng)), 2),
        3 => Fd::listener(fd, SocketAddr::new(v6(rng), port(rng)), 2),
        4 => Fd::unix(fd, rng.below(1 << 30).into(), 0, rng.pick(&["/run/x.sock", "@abs", ""])),
        5 => Fd::named(fd, 7, "pipe:[123]"),
        6 => Fd::named(fd, 9, ""),
        7 => Fd::named(fd, 2, "/var"),
        8 => Fd::named(fd, rng.pick(&[10, 12, 14, 15]), "anon"),
        _ => Fd::file_with(fd, rng.pick(&["/dev/null", "/dev/pts/0", "/var/log/app.log"]), rng.pick(&[1, 2, 3]), 0x801),
    }
}
