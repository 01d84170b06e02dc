//! clone, clone3, fork, vfork in the exit view, which knows only the newest version of these events.

use super::clone::{Layout, PID, PTID, STALE, VPID, VTID};
use crate::{Applied, Machine, Thread};
use capture_batch::View;
use capture_event::tables::thread::ThreadFlags;
use capture_event::{Event, code};

const PIDNS_START: usize = 20;

pub(super) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    match event.i64(0) {
        Some(0) => in_child(machine, event, applied),
        Some(child) if child > 0 => in_parent(machine, event, applied, child),
        _ => {}
    }
}

fn in_parent(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied, child: i64) {
    let layout = Layout::of(event.code);
    applied.thread = machine.thread_or_placeholder(event.tid);
    let Some(caller) = applied.thread.and_then(|tid| machine.threads.get_mut(tid)) else { return };
    let is_known = !caller.is_invalid();
    if !is_known {
        (caller.id.vtid, caller.id.vpid) = namespace_ids(event, event.tid);
        caller.id.ptid = event.i64(PTID).unwrap_or(-1);
        machine.threads.set_pid(event.tid, event.i64(PID).unwrap_or(-1));
        machine.relate(event.tid, false);
    }
    let flags = layout.flags(event);
    let Some(caller) = machine.threads.get(event.tid) else { return };
    let elsewhere = ThreadFlags::CHILD_IN_PIDNS | ThreadFlags::CLONE_NEWPID | ThreadFlags::CLONE_PARENT;
    let is_vfork = flags.contains(ThreadFlags::CLONE_VFORK) || event.code == code::VFORK_20_X;
    let is_gone = || machine.recent_exits.contains(child, event.tid, event.ts);
    if flags.intersects(elsewhere) || caller.id.vtid != event.tid || is_vfork || is_gone() {
        return;
    }
    let mut collided = false;
    if let Some(there) = machine.threads.get(child) {
        if there.id.flags.contains(ThreadFlags::CLONE_INVERTED) {
            return;
        }
        machine.remove_thread(child, false);
        collided = true;
    }
    let Some(caller) = machine.threads.get(event.tid) else { return };
    let mut thread = Thread::new(child);
    thread.id.flags = flags;
    if flags.contains(ThreadFlags::CLONE_THREAD) {
        thread.id.flags |= ThreadFlags::CLONE_FILES;
        thread.id.pid = caller.id.pid;
        thread.id.ptid = caller.id.ptid;
        thread.id.exec_ts = caller.id.exec_ts;
    } else {
        thread.id.pid = child;
        thread.id.ptid = event.tid;
    }
    (thread.id.vtid, thread.id.vpid) = (child, thread.id.pid);
    layout.describe(View::Exit, event, &mut thread);
    thread.id.pidns_init_start_ts = machine.boot_ts;
    if is_known {
        inherit(machine, event.tid, &mut thread);
    } else {
        name_after(machine, event.tid, &thread);
    }
    machine.add_thread(thread);
    if collided {
        *applied = Applied::default();
        machine.reset(event, applied);
    }
}

fn in_child(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    let layout = Layout::of(event.code);
    let cloned = applied.thread.and_then(|tid| machine.threads.get(tid)).map_or(0, |thread| thread.id.clone_ts);
    let collided = cloned != 0;
    if collided {
        if event.ts.wrapping_sub(cloned) < STALE {
            return;
        }
        machine.remove_thread(event.tid, false);
        (applied.thread, applied.latency) = (None, 0);
    }
    let mut thread = Thread::new(event.tid);
    thread.id.pid = event.i64(PID).unwrap_or(-1);
    thread.id.ptid = event.i64(PTID).unwrap_or(-1);
    (thread.id.vtid, thread.id.vpid) = namespace_ids(event, event.tid);
    thread.id.flags = layout.flags(event) | ThreadFlags::CLONE_INVERTED;
    let is_leader = !thread.id.flags.contains(ThreadFlags::CLONE_THREAD);
    if !is_leader {
        thread.id.flags |= ThreadFlags::CLONE_FILES;
    }
    let model = if is_leader { thread.id.ptid } else { thread.id.pid };
    if machine.thread_or_placeholder(model).is_none() {
        (applied.thread, applied.latency) = (None, 0);
        return;
    }
    let is_known = machine.threads.get(model).is_some_and(|model| !model.is_invalid());
    if !is_known && !is_leader {
        identify_leader(machine, model, &thread);
    }
    layout.describe(View::Exit, event, &mut thread);
    if is_known {
        inherit(machine, model, &mut thread);
    } else if !is_leader {
        name_after(machine, model, &thread);
    }
    let namespace = ThreadFlags::CHILD_IN_PIDNS | ThreadFlags::CLONE_NEWPID;
    if thread.id.flags.intersects(namespace) || thread.tid != thread.id.vtid {
        let start = event.u64(PIDNS_START).map(|start| start.wrapping_add(machine.boot_ts));
        thread.id.pidns_init_start_ts = start.unwrap_or(0);
    } else {
        thread.id.pidns_init_start_ts = machine.boot_ts;
    }
    applied.thread = machine.add_thread(thread).then_some(event.tid);
    if collided && applied.thread.is_some() {
        *applied = Applied::default();
        machine.reset(event, applied);
    }
}

/// Thread and process id inside the pid namespace.
fn namespace_ids(event: &Event<'_>, tid: i64) -> (i64, i64) {
    match event.i64(VPID) {
        Some(vpid) => (event.i64(VTID).unwrap_or(tid), vpid),
        None => (tid, -1),
    }
}

/// A leader that is not known becomes one by what its new thread says.
fn identify_leader(machine: &mut Machine, leader: i64, thread: &Thread) {
    if let Some(leader) = machine.threads.get_mut(leader) {
        leader.id.ptid = thread.id.ptid;
        leader.id.vpid = thread.id.vpid;
        leader.id.vtid = thread.id.vpid;
    }
    machine.threads.set_pid(leader, thread.id.pid);
    machine.relate(leader, false);
}

/// A thread of which nothing is known is called like its child.
fn name_after(machine: &mut Machine, tid: i64, child: &Thread) {
    if let Some(thread) = machine.threads.get_mut(tid) {
        thread.id.exe = child.id.exe.clone();
        thread.id.comm = child.id.comm.clone();
        thread.id.args = child.id.args.clone();
    }
}

/// What a child has from the thread that it is modelled on: its parent, or its leader.
fn inherit(machine: &mut Machine, model: i64, thread: &mut Thread) {
    if !thread.id.flags.contains(ThreadFlags::CLONE_THREAD) {
        thread.id.cwd = machine.cwd(model);
        thread.fds = machine.fork_fds(model);
        thread.forked_fds = thread.fds.len();
    }
    let Some(model) = machine.threads.get(model) else { return };
    let (from, to) = (&model.id, &mut *thread.id);
    if to.flags.contains(ThreadFlags::CLONE_THREAD) {
        to.exec_ts = from.exec_ts;
    } else {
        to.env = from.env.clone();
    }
    to.exepath = from.exepath.clone();
    to.exe_writable = from.exe_writable;
    to.exe_upper_layer = from.exe_upper_layer;
    to.exe_lower_layer = from.exe_lower_layer;
    to.exe_from_memfd = from.exe_from_memfd;
    to.root = from.root.clone();
    to.sid = from.sid;
    to.vpgid = from.vpgid;
    to.pgid = from.pgid;
    to.tty = from.tty;
    to.loginuid = from.loginuid;
    to.capabilities = from.capabilities;
    to.exe_ino = from.exe_ino;
    to.exe_ino_ctime = from.exe_ino_ctime;
    to.exe_ino_mtime = from.exe_ino_mtime;
    to.exe_ino_ctime_to_clone = from.exe_ino_ctime_to_clone;
}
