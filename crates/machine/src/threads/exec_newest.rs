//! execve and execveat in the exit view, which knows only the newest version of these events.

use super::exec::{
    ARGS, AT_EMPTY_PATH, AT_FDCWD, CGROUPS, COMM, ENV, EXE, EXE_WRITABLE, FD_LIMIT, FLAGS, LASTING, LOGINUID, PF_MAJOR,
    PID, PTID, TTY, VPGID,
};
use super::values;
use crate::thread::UNKNOWN_NAME;
use crate::{Applied, Identity, Machine};
use capture_batch::{Text, View, path};
use capture_event::tables::thread::ThreadFlags;
use capture_event::{Event, code};

const CAP_INHERITABLE: usize = 20;
const CAP_PERMITTED: usize = 21;
const CAP_EFFECTIVE: usize = 22;
const EXE_INO: usize = 23;
const EXE_INO_CTIME: usize = 24;
const EXE_INO_MTIME: usize = 25;
const UID: usize = 26;
const TRUSTED_EXEPATH: usize = 27;
const PGID: usize = 28;
const GID: usize = 29;

const EXE_UPPER_LAYER: u32 = 2;
const EXE_FROM_MEMFD: u32 = 4;
const EXE_LOWER_LAYER: u32 = 8;

pub(super) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if event.i64(0).is_none_or(|result| result < 0) {
        return;
    }
    let Some(tid) = applied.thread else { return };
    revive(machine, tid);
    let is_unknown = machine
        .threads
        .get(tid)
        .is_some_and(|thread| thread.tid < 0 || thread.id.ptid < 0 || event.i64(PID).unwrap_or(thread.id.pid) < 0);
    if let Some(pid) = event.i64(PID) {
        machine.threads.set_pid(tid, pid);
    }
    if is_unknown {
        identify(machine, tid, event);
    }
    let Some(thread) = machine.threads.get_mut(tid) else { return };
    describe(event, &mut thread.id);
    thread.quantities.fd_limit = event.i64(FD_LIMIT).unwrap_or(thread.quantities.fd_limit);
    thread.quantities.set_memory(event, PF_MAJOR);
    if let Some(exepath) = exepath(machine, tid, event, applied)
        && let Some(thread) = machine.threads.get_mut(tid)
    {
        thread.id.exepath = exepath;
    }
    machine.close_on_exec(tid);
    if let Some(thread) = machine.threads.get_mut(tid) {
        thread.id.flags = (thread.id.flags & LASTING) | ThreadFlags::NAME_CHANGED;
    }
    end_siblings(machine, tid);
}

/// A thread that called exec when its leader was dead comes back with the leader's id.
fn revive(machine: &mut Machine, tid: i64) {
    let Some(thread) = machine.threads.get_mut(tid).filter(|thread| thread.is_dead()) else { return };
    thread.id.flags -= ThreadFlags::CLOSED;
    if let Some(thread) = machine.threads.get(tid) {
        machine.groups.revive(thread);
    }
}

/// A thread of which nothing was known gets its place.
fn identify(machine: &mut Machine, tid: i64, event: &Event<'_>) {
    let Some(thread) = machine.threads.get_mut(tid) else { return };
    thread.id.ptid = event.i64(PTID).unwrap_or(-1);
    if !thread.id.flags.contains(ThreadFlags::CHILD_IN_PIDNS) {
        (thread.id.vtid, thread.id.vpid) = (tid, thread.id.pid);
    }
    machine.relate(tid, false);
}

/// What the event says of the program. What it does not say stays, the process group excepted.
fn describe(event: &Event<'_>, id: &mut Identity) {
    let view = View::Exit;
    id.exec_ts = event.ts;
    id.exe = values::text(view, event, EXE);
    id.comm = if event.bytes(COMM).is_some() { values::text(view, event, COMM) } else { id.exe.clone() };
    id.args = values::args(view, event.raw(ARGS).unwrap_or_default());
    if let Some(env) = event.bytes(ENV) {
        id.env = values::env(view, env);
    }
    if let Some(groups) = event.bytes(CGROUPS).and_then(|raw| values::cgroups(view, raw)) {
        id.cgroups = groups;
    }
    id.tty = event.u32(TTY).unwrap_or(id.tty);
    id.vpgid = event.i64(VPGID).unwrap_or(id.vpgid);
    id.loginuid = event.u32(LOGINUID).unwrap_or(id.loginuid);
    if let Some(flags) = event.u32(FLAGS) {
        id.exe_writable = flags & EXE_WRITABLE != 0;
        id.exe_upper_layer = flags & EXE_UPPER_LAYER != 0;
        id.exe_from_memfd = flags & EXE_FROM_MEMFD != 0;
        id.exe_lower_layer = flags & EXE_LOWER_LAYER != 0;
    }
    if let Some(effective) = event.u64(CAP_EFFECTIVE) {
        let set = |i| event.u64(i).unwrap_or(0);
        id.capabilities = [set(CAP_PERMITTED), effective, set(CAP_INHERITABLE)];
    }
    if let Some(mtime) = event.u64(EXE_INO_MTIME) {
        id.exe_ino = event.u64(EXE_INO).unwrap_or(0);
        id.exe_ino_ctime = event.u64(EXE_INO_CTIME).unwrap_or(0);
        id.exe_ino_mtime = mtime;
        if id.clone_ts != 0 {
            id.exe_ino_ctime_to_clone = id.clone_ts.wrapping_sub(id.exe_ino_ctime);
        }
        if id.pidns_init_start_ts != 0 && id.exe_ino_ctime > id.pidns_init_start_ts {
            id.exe_ino_pidns_to_ctime = id.exe_ino_ctime - id.pidns_init_start_ts;
        }
    }
    id.uid = event.u32(UID).unwrap_or(id.uid);
    id.pgid = event.i64(PGID).unwrap_or(-1);
    id.gid = event.u32(GID).unwrap_or(id.gid);
}

/// The executable's path: as the kernel says, else from the enter event.
fn exepath(machine: &mut Machine, tid: i64, event: &Event<'_>, applied: &mut Applied) -> Option<Text> {
    if event.bytes(TRUSTED_EXEPATH).is_some() {
        return Some(without_deleted(values::text(View::Exit, event, TRUSTED_EXEPATH)));
    }
    let enter = applied.enter.take()?;
    let path = enter.with(|enter| match enter.code {
        code::EXECVEAT_E => at_path(machine, tid, enter, applied),
        _ => {
            let name = values::text(View::Exit, enter, 0);
            if *name == *UNKNOWN_NAME.as_bytes() {
                name
            } else {
                Text::from(path::join(View::Exit, &machine.cwd(tid), &name))
            }
        }
    });
    applied.enter = Some(enter);
    Some(without_deleted(path))
}

/// The kernel's mark of an executable that is no longer there.
pub(super) fn without_deleted(path: Text) -> Text {
    match path.strip_suffix(b" (deleted)") {
        Some(rest) if !rest.is_empty() => Text::from(rest),
        _ => path,
    }
}

/// The path that execveat ran: relative to a directory, or the descriptor itself.
fn at_path(machine: &mut Machine, tid: i64, enter: &Event<'_>, applied: &mut Applied) -> Text {
    let name = values::text(View::Exit, enter, 1);
    let dirfd = enter.i64(0).unwrap_or(AT_FDCWD);
    let base = match (name.first(), dirfd) {
        (Some(b'/'), _) => Text::from("."),
        (_, AT_FDCWD) => machine.cwd(tid),
        (_, fd) => {
            applied.object = machine.look_up_fd(tid, fd);
            match applied.object.map(|key| machine.fd_name(key)) {
                Some(dir) if dir.last() == Some(&b'/') => dir,
                Some(dir) => Text::from([dir.as_ref(), b"/"].concat()),
                None => Text::from("<UNKNOWN>"),
            }
        }
    };
    let is_empty = enter.u32(2).is_some_and(|flags| flags & AT_EMPTY_PATH != 0);
    if (!is_empty && *name == *UNKNOWN_NAME.as_bytes()) || *base == *b"<UNKNOWN>" {
        return Text::from(UNKNOWN_NAME);
    }
    let (base, name) = if is_empty { (Text::default(), base) } else { (base, name) };
    Text::from(path::join(View::Exit, &base, &name))
}

/// exec ends all threads of the process but the one that called.
fn end_siblings(machine: &mut Machine, tid: i64) {
    let Some(thread) = machine.threads.get(tid).filter(|thread| machine.groups.alive(thread) > 1) else { return };
    let siblings = machine.groups.threads(thread);
    if !machine.allowance.draw(siblings.len()) {
        return;
    }
    for key in siblings {
        let goes = machine.threads.find(key).is_some_and(|sibling| !sibling.is_leader() && sibling.tid != tid);
        if goes {
            machine.remove_thread(key.tid, false);
        }
    }
}
