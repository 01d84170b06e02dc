//! Calls that give a descriptor a second number: dup, dup2, dup3, fcntl, pidfd_getfd; and those that say whether it
//! survives exec.

use super::call::Call;
use super::fd::Fd;
use super::on_exec;
use crate::View;
use capture_event::code;
use capture_event::tables::fd::FdType;
use capture_event::tables::thread::ThreadFlags;

/// fcntl commands as the schema numbers them.
const F_DUPFD: u8 = 1;
const F_SETFD: u8 = 3;
const F_DUPFD_CLOEXEC: u8 = 26;
/// The argument of `F_SETFD`, as Linux numbers it.
const FD_CLOEXEC: u64 = 1;

pub(super) fn exit(call: &mut Call<'_>) {
    let number = call.result();
    let copy = call.fd().cloned();
    if number < 0 || (call.view() == View::Exit && copy.is_none()) {
        return;
    }
    mark_shell_pipe(call, number);
    let Some(mut copy) = copy else { return };
    if call.view() == View::Exit {
        let flags = if call.event.code == code::DUP3_X { call.event.u32(3).unwrap_or(0) } else { 0 };
        on_exec::close(&mut copy, flags & on_exec::O_CLOEXEC != 0);
    }
    call.open_copy(number, copy);
}

/// A thread that puts something in the place of its standard input or output is likely part of a shell's pipe.
fn mark_shell_pipe(call: &mut Call<'_>, number: i64) {
    let mark = match number {
        0 => ThreadFlags::PIPE_DST,
        1 => ThreadFlags::PIPE_SRC,
        _ => return,
    };
    if let Some(thread) = call.machine.threads.get_mut(call.tid)
        && !thread.id.flags.contains(mark)
    {
        thread.id.flags |= mark;
    }
}

pub(super) fn fcntl(call: &mut Call<'_>) {
    let number = call.result();
    let command = call.argument(1, 2).and_then(|bytes| bytes.first().copied());
    let Some(fd) = call.fd().filter(|_| number >= 0) else { return };
    match (call.view(), command) {
        (View::Classic, Some(F_DUPFD | F_DUPFD_CLOEXEC)) => {
            let copy = fd.clone();
            call.open_copy(number, copy);
        }
        (View::Exit, Some(command @ (F_DUPFD | F_DUPFD_CLOEXEC))) => {
            let mut copy = fd.clone();
            on_exec::close(&mut copy, command == F_DUPFD_CLOEXEC);
            call.open_copy(number, copy);
        }
        (View::Exit, Some(F_SETFD)) => {
            let closes = call.event.u64(3).is_some_and(|argument| argument & FD_CLOEXEC != 0);
            call.change(|fd| on_exec::close(fd, closes));
        }
        _ => {}
    }
}

/// Exit view: a copy of a descriptor of another process, which a pidfd stands for.
pub(super) fn pidfd_getfd(call: &mut Call<'_>) {
    let event = call.event;
    let number = call.result();
    let (Some(pidfd), Some(wanted)) = (event.signed(1), event.signed(2)) else { return };
    let Some(pid) = call.descriptor(pidfd).filter(|fd| fd.kind == FdType::Pidfd).map(|fd| fd.pid) else { return };
    let Some(mut copy) = other_process(call, pid, wanted).filter(|_| number >= 0) else { return };
    on_exec::close(&mut copy, true);
    call.open_copy(number, copy);
}

fn other_process(call: &mut Call<'_>, pid: i64, number: i64) -> Option<Fd> {
    call.machine.threads.get(pid)?;
    let owner = call.machine.fd_owner(pid)?;
    call.machine.threads.get(owner)?.fds.get(number).filter(|_| number >= 0).cloned()
}
