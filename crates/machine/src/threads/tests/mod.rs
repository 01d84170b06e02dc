//! Processes, family by family: hand-made hosts, one event or a few, and what became of the threads.

mod cloning;
mod directories;
mod executing;
mod exiting;
mod identities;
mod pairing;
mod quantities;

use crate::fds::tests::{i64p, none, text, u32p, u64p};
use crate::{Applied, Machine, Thread};
use capture_batch::View;
use capture_event::tables::thread::ThreadFlags;
use capture_event::{Event, code};

/// A process of its own, child of `ptid`.
pub fn process(tid: i64, ptid: i64, comm: &str) -> Thread {
    let mut thread = Thread::new(tid);
    (thread.id.pid, thread.id.ptid) = (tid, ptid);
    (thread.id.vtid, thread.id.vpid) = (tid, tid);
    thread.id.comm = comm.into();
    thread.id.exe = comm.into();
    thread.id.cwd = "/home/".into();
    thread.id.uid = 0;
    thread
}

/// A thread of process `pid` that shares all with its leader.
pub fn thread_of(tid: i64, pid: i64, ptid: i64) -> Thread {
    let mut thread = process(tid, ptid, "worker");
    (thread.id.pid, thread.id.vpid) = (pid, pid);
    thread.id.flags |= ThreadFlags::CLONE_THREAD | ThreadFlags::CLONE_FILES;
    thread.id.cwd = "".into();
    thread
}

/// A host with these threads as its process list.
pub fn host(view: View, threads: impl IntoIterator<Item = Thread>) -> Machine {
    let mut machine = Machine::new(view);
    for thread in threads {
        machine.put_thread(thread);
    }
    machine.finish_import();
    machine
}

pub fn event_at(machine: &mut Machine, ts: u64, tid: i64, code: u16, params: &[Vec<u8>]) -> Applied {
    let params: Vec<&[u8]> = params.iter().map(Vec::as_slice).collect();
    machine.apply(&Event { ts, tid, cpu: 0, code, state_only: false, params: &params })
}

pub fn event(machine: &mut Machine, tid: i64, code: u16, params: &[Vec<u8>]) -> Applied {
    let ts = machine.now + 1;
    event_at(machine, ts, tid, code, params)
}

/// Something that changes nothing: what exited goes now.
pub fn pause(machine: &mut Machine) {
    event(machine, 1, code::GETUID_X, &[]);
}

pub fn comm(machine: &Machine, tid: i64) -> String {
    let thread = machine.threads.get(tid);
    thread.map_or("(none)".into(), |thread| thread.id.comm.to_str_lossy().into_owned())
}

pub fn parent(machine: &Machine, tid: i64) -> i64 {
    machine.threads.get(tid).map_or(i64::MIN, |thread| thread.id.ptid)
}

/// What a clone says.
pub struct Clone {
    pub result: i64,
    pub comm: &'static str,
    pub tid: i64,
    pub pid: i64,
    pub ptid: i64,
    pub flags: ThreadFlags,
    pub vtid: i64,
    pub vpid: i64,
}

impl Clone {
    /// What the parent `tid` sees of its child.
    pub fn of(tid: i64, child: i64) -> Clone {
        let flags = ThreadFlags::empty();
        Clone { result: child, comm: "child", tid, pid: tid, ptid: 1, flags, vtid: tid, vpid: tid }
    }

    /// What the child sees.
    pub fn in_child(tid: i64, parent: i64) -> Clone {
        Clone { ptid: parent, ..Clone::of(tid, 0) }
    }

    /// The parameters of version 20.
    pub fn params(&self) -> Vec<Vec<u8>> {
        let mut params = vec![i64p(self.result), text("/bin/child"), text("-x"), i64p(self.tid), i64p(self.pid)];
        params.extend([i64p(self.ptid), text(""), i64p(1024), u64p(1), u64p(2), u32p(30), u32p(20), u32p(10)]);
        params.extend([text(self.comm), none(), u32p(self.flags.bits()), u32p(33), u32p(44)]);
        params.extend([i64p(self.vtid), i64p(self.vpid)]);
        params
    }
}
