//! execve and execveat in the classic view.

use super::values;
use crate::{Applied, Machine};
use capture_batch::{Text, View, path};
use capture_event::tables::thread::ThreadFlags;
use capture_event::{Event, code};

pub(super) const EXE: usize = 1;
pub(super) const ARGS: usize = 2;
pub(super) const PID: usize = 4;
pub(super) const PTID: usize = 5;
pub(super) const FD_LIMIT: usize = 7;
pub(super) const PF_MAJOR: usize = 8;
pub(super) const COMM: usize = 13;
pub(super) const CGROUPS: usize = 14;
pub(super) const ENV: usize = 15;
pub(super) const TTY: usize = 16;
pub(super) const VPGID: usize = 17;
pub(super) const LOGINUID: usize = 18;
pub(super) const FLAGS: usize = 19;

/// What execve tells of the executable.
pub(super) const EXE_WRITABLE: u32 = 1;
/// execveat's flag: the path is empty, the descriptor is the executable.
pub(super) const AT_EMPTY_PATH: u32 = 1;
/// The descriptor number that stands for the working directory.
pub(super) const AT_FDCWD: i64 = -100;

/// Marks of a thread that exec leaves.
pub(super) const LASTING: ThreadFlags = ThreadFlags::PIPE_SRC
    .union(ThreadFlags::PIPE_DST)
    .union(ThreadFlags::IS_MAIN_THREAD)
    .union(ThreadFlags::CLONE_INVERTED);

/// Where the versions of the event have the environment.
fn env_param(code: u16) -> Option<usize> {
    match code {
        code::EXECVE_8_X | code::EXECVE_13_X => None,
        code::EXECVE_14_X => Some(13),
        code::EXECVE_15_X => Some(14),
        _ => Some(ENV),
    }
}

pub(super) fn apply(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if event.i64(0).is_none_or(|result| result < 0) {
        return;
    }
    let Some(tid) = applied.thread else { return };
    let exepath = exepath(machine, tid, event, applied);
    let leader = machine.leader(tid).map(|leader| leader.key()).filter(|leader| leader.tid != tid);
    if let Some(pid) = event.i64(PID) {
        machine.threads.set_pid(tid, pid);
    }
    let Some(thread) = machine.threads.get_mut(tid) else { return };
    thread.former_leader = leader.or(thread.former_leader);
    let (view, code) = (View::Classic, event.code);
    let id = &mut *thread.id;
    id.exe = values::text(view, event, EXE);
    id.comm = match code {
        code::EXECVE_8_X | code::EXECVE_13_X | code::EXECVE_14_X => id.exe.clone(),
        _ => values::text(view, event, COMM),
    };
    id.args = values::args(view, event.raw(ARGS).unwrap_or_default());
    if id.ptid == -1 {
        id.ptid = event.i64(PTID).unwrap_or(-1);
    }
    if let Some(env) = env_param(code).and_then(|i| event.raw(i)) {
        id.env = values::env(view, env);
    }
    let is_recent = matches!(code, code::EXECVE_19_X | code::EXECVEAT_X);
    if is_recent || matches!(code, code::EXECVE_16_X | code::EXECVE_17_X | code::EXECVE_18_X) {
        id.cgroups = event.raw(CGROUPS).and_then(|raw| values::cgroups(view, raw)).unwrap_or_default();
    }
    if is_recent || matches!(code, code::EXECVE_17_X | code::EXECVE_18_X) {
        id.tty = event.u32(TTY).unwrap_or(id.tty);
    }
    if is_recent {
        id.vpgid = event.i64(VPGID).unwrap_or(id.vpgid);
        id.loginuid = event.u32(LOGINUID).unwrap_or(id.loginuid);
        id.exe_writable = event.u32(FLAGS).map_or(id.exe_writable, |flags| flags & EXE_WRITABLE != 0);
    }
    if let Some(exepath) = exepath {
        id.exepath = exepath;
    }
    id.flags = (id.flags & LASTING) | ThreadFlags::NAME_CHANGED;
    thread.quantities.fd_limit = event.i64(FD_LIMIT).unwrap_or(thread.quantities.fd_limit);
    if code != code::EXECVE_8_X {
        thread.quantities.set_memory(event, PF_MAJOR);
    }
}

/// The executable's path, from the enter event.
fn exepath(machine: &mut Machine, tid: i64, event: &Event<'_>, applied: &mut Applied) -> Option<Text> {
    let enter = applied.enter.take()?;
    let path = match event.code {
        code::EXECVE_18_X | code::EXECVE_19_X => enter.with(|enter| {
            // Its own working directory: that of the process only if it leads it.
            let cwd = machine.threads.get(tid).map(|thread| thread.id.cwd.clone()).unwrap_or_default();
            Some(full_path(&cwd, enter.str(0).unwrap_or_default()))
        }),
        code::EXECVEAT_X => enter.with(|enter| at_path(machine, tid, enter, applied)),
        _ => None,
    };
    applied.enter = Some(enter);
    path
}

fn full_path(base: &[u8], name: &[u8]) -> Text {
    if name.starts_with(b"<NA>") { Text::from("<NA>") } else { Text::from(path::join(View::Classic, base, name)) }
}

/// The path that execveat ran: relative to a directory, or the descriptor itself.
fn at_path(machine: &mut Machine, tid: i64, enter: &Event<'_>, applied: &mut Applied) -> Option<Text> {
    let (dirfd, name) = (enter.i64(0)?, enter.str(1).unwrap_or_default());
    if name.starts_with(b"<NA>") {
        return Some(Text::from("<NA>"));
    }
    let base = match (name.first(), dirfd) {
        (Some(b'/'), _) => Text::from("."),
        (_, AT_FDCWD) => machine.cwd(tid),
        (_, fd) => {
            applied.object = machine.look_up_fd(tid, fd);
            match applied.object {
                Some(key) => Text::from([machine.fd_name(key).as_ref(), b"/"].concat()),
                None => Text::from("<UNKNOWN>"),
            }
        }
    };
    let is_empty = enter.u32(2).is_some_and(|flags| flags & AT_EMPTY_PATH != 0) && name.is_empty();
    Some(full_path(&base, if is_empty { &base } else { name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_environment_elsewhere() {
        assert_eq!(env_param(code::EXECVE_13_X), None);
        assert_eq!(env_param(code::EXECVE_14_X), Some(13));
        assert_eq!(env_param(code::EXECVE_15_X), Some(14));
        assert_eq!(env_param(code::EXECVE_16_X), Some(15));
    }

    #[test]
    fn a_path_that_was_not_read_stays_so() {
        assert_eq!(full_path(b"/tmp/", b"<NA>"), Text::from("<NA>"));
        assert_eq!(full_path(b"/tmp/", b"./x"), Text::from("/tmp/x"));
    }
}
