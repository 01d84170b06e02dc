//! clone, clone3, fork, vfork in the classic view.
//!
//! A clone returns twice, in the parent with the child's id and in the child with 0, in any order. Whichever comes
//! first makes the child. In a pid namespace of its own only the child's event does: the parent sees another id.

use super::values;
use crate::{Applied, Machine, Thread};
use capture_batch::View;
use capture_event::tables::thread::ThreadFlags;
use capture_event::{Event, code};

/// A child that was cloned longer ago than this, ns, is an older thread with the same id whose exit was lost.
pub(super) const STALE: u64 = 2_000_000_000;

/// Where the versions of the event have the parameters that they do not have in common.
pub(super) struct Layout {
    flags: usize,
    uid: usize,
    gid: usize,
    comm: Option<usize>,
    has_memory: bool,
    has_namespace: bool,
}

const EXE: usize = 1;
const ARGS: usize = 2;
pub(super) const PID: usize = 4;
pub(super) const PTID: usize = 5;
const FD_LIMIT: usize = 7;
const PF_MAJOR: usize = 8;
const COMM: usize = 13;
const CGROUPS: usize = 14;
pub(super) const VTID: usize = 18;
pub(super) const VPID: usize = 19;

impl Layout {
    pub(super) fn of(code: u16) -> Layout {
        match code {
            code::CLONE_11_X => {
                Layout { flags: 8, uid: 9, gid: 10, comm: None, has_memory: false, has_namespace: false }
            }
            code::CLONE_16_X | code::FORK_X | code::VFORK_X => {
                Layout { flags: 13, uid: 14, gid: 15, comm: None, has_memory: true, has_namespace: false }
            }
            code::CLONE_17_X | code::FORK_17_X | code::VFORK_17_X => {
                Layout { flags: 14, uid: 15, gid: 16, comm: Some(COMM), has_memory: true, has_namespace: false }
            }
            _ => Layout { flags: 15, uid: 16, gid: 17, comm: Some(COMM), has_memory: true, has_namespace: true },
        }
    }

    pub(super) fn flags(&self, event: &Event<'_>) -> ThreadFlags {
        ThreadFlags::from_bits_retain(event.u32(self.flags).unwrap_or(0))
    }

    /// What the event says of the child, in all versions and both views.
    pub(super) fn describe(&self, view: View, event: &Event<'_>, child: &mut Thread) {
        child.id.exe = values::text(view, event, EXE);
        child.id.comm = match self.comm.filter(|&comm| view == View::Classic || event.bytes(comm).is_some()) {
            Some(comm) => values::text(view, event, comm),
            None => child.id.exe.clone(),
        };
        child.id.args = values::args(view, event.raw(ARGS).unwrap_or_default());
        child.id.uid = event.u32(self.uid).unwrap_or(child.id.uid);
        child.id.gid = event.u32(self.gid).unwrap_or(child.id.gid);
        child.id.clone_ts = event.ts;
        if self.has_namespace
            && let Some(groups) = event.raw(CGROUPS).and_then(|raw| values::cgroups(view, raw))
        {
            child.id.cgroups = groups;
        }
        child.quantities.fd_limit = event.i64(FD_LIMIT).unwrap_or(child.quantities.fd_limit);
        if self.has_memory {
            child.quantities.set_memory(event, PF_MAJOR);
        }
    }
}

pub(super) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let layout = Layout::of(event.code);
    let Some(returned) = event.i64(0).filter(|&returned| returned >= 0) else { return };
    let flags = layout.flags(event);
    let vtid = Some(event.tid).filter(|_| !layout.has_namespace).or_else(|| event.i64(VTID)).unwrap_or(event.tid);
    let vpid = Some(-1).filter(|_| !layout.has_namespace).or_else(|| event.i64(VPID)).unwrap_or(-1);
    let in_namespace = flags.contains(ThreadFlags::CHILD_IN_PIDNS) || event.tid != vtid;

    let (parent, child) = if returned == 0 {
        forget_stale(machine, event, applied);
        if let Some(child) = applied.thread.and_then(|tid| machine.threads.get_mut(tid)) {
            if in_namespace && (child.id.vtid, child.id.vpid) != (vtid, vpid) {
                (child.id.vtid, child.id.vpid) = (vtid, vpid);
            }
            return;
        }
        let is_thread = flags.contains(ThreadFlags::CLONE_THREAD);
        let Some(parent) = event.i64(if is_thread { PID } else { PTID }) else { return };
        (parent, event.tid)
    } else if in_namespace {
        return;
    } else {
        (event.tid, returned)
    };

    if machine.thread_or_placeholder(parent).is_none() {
        return;
    }
    let mut collided = false;
    if let Some(there) = machine.threads.get(child) {
        if there.id.flags.contains(ThreadFlags::CLONE_INVERTED) {
            return;
        }
        machine.remove_thread(child, true);
        collided = true;
    }
    let Some(mut thread) = inherit(machine, event, &layout, parent, &mut collided) else { return };
    thread.tid = child;
    thread.id.ptid = parent;
    thread.id.flags = flags;
    thread.id.flags.set(ThreadFlags::CLONE_INVERTED, returned == 0);
    if flags.contains(ThreadFlags::CLONE_THREAD) {
        thread.id.pid = event.i64(PID).unwrap_or(-1);
    } else {
        thread.id.pid = child;
        thread.id.cwd = machine.cwd(parent);
        thread.fds = machine.fork_fds(parent);
        thread.forked_fds = thread.fds.len();
    }
    layout.describe(View::Classic, event, &mut thread);
    (thread.id.vtid, thread.id.vpid) = if in_namespace { (vtid, vpid) } else { (child, thread.id.pid) };
    machine.add_thread(thread);
    if layout.has_namespace {
        crate::containers::resolve(machine, child);
    }
    if collided {
        *applied = Applied::default();
        machine.reset(event, applied);
    }
}

fn forget_stale(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let known = applied.thread.and_then(|tid| machine.threads.get(tid));
    let is_stale = |thread: &&Thread| thread.id.clone_ts != 0 && event.ts.wrapping_sub(thread.id.clone_ts) > STALE;
    if known.filter(is_stale).is_some() {
        machine.remove_thread(event.tid, true);
        (applied.thread, applied.latency) = (None, 0);
    }
}

/// What a child has from its parent. A parent of which nothing is known learns its names from the event.
fn inherit(
    machine: &mut Machine,
    event: &Event<'_>,
    layout: &Layout,
    parent: i64,
    collided: &mut bool,
) -> Option<Thread> {
    let mut thread = Thread::new(parent);
    if machine.threads.get(parent)?.is_placeholder() {
        machine.remove_thread(parent, true);
        *collided = true;
        machine.thread_or_placeholder(parent)?;
        layout.describe(View::Classic, event, &mut thread);
        let parent = machine.threads.get_mut(parent)?;
        parent.id.comm = thread.id.comm.clone();
        parent.id.exe = thread.id.exe.clone();
        parent.id.args = thread.id.args.clone();
        thread.id.loginuid = 0;
        return Some(thread);
    }
    let from = &machine.threads.get(parent)?.id;
    thread.id.exepath = from.exepath.clone();
    thread.id.exe_writable = from.exe_writable;
    thread.id.root = from.root.clone();
    thread.id.sid = from.sid;
    thread.id.vpgid = from.vpgid;
    thread.id.tty = from.tty;
    thread.id.loginuid = from.loginuid;
    if !layout.flags(event).contains(ThreadFlags::CLONE_THREAD) {
        thread.id.env = from.env.clone();
    }
    Some(thread)
}
