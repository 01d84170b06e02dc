//! Calls that make descriptors of something other than files and sockets.

use super::call::Call;
use super::fd::Fd;
use super::on_exec::O_CLOEXEC;
use crate::View;
use capture_event::code;
use capture_event::tables::fd::FdType;

/// In the flags of epoll_create1.
const EPOLL_CLOEXEC: u32 = 1;

/// The kind of descriptor that an exit event makes, for calls that return one and say little more. The classic view
/// has userfaultfd and bpf as well, but does not follow them.
pub(super) fn kind(view: View, event: u16) -> Option<FdType> {
    Some(match event {
        code::EVENTFD_X => FdType::Event,
        code::SIGNALFD_X => FdType::Signalfd,
        code::TIMERFD_CREATE_X => FdType::Timerfd,
        code::INOTIFY_INIT_X => FdType::Inotify,
        _ if view == View::Classic => return None,
        code::EVENTFD2_X => FdType::Event,
        code::SIGNALFD4_X => FdType::Signalfd,
        code::INOTIFY_INIT1_X => FdType::Inotify,
        code::BPF_2_X => FdType::Bpf,
        code::USERFAULTFD_X => FdType::Userfaultfd,
        code::IO_URING_SETUP_X => FdType::Iouring,
        code::EPOLL_CREATE_X | code::EPOLL_CREATE1_X => FdType::Eventpoll,
        _ => return None,
    })
}

pub(super) fn exit(call: &mut Call<'_>) {
    let Some(kind) = kind(call.view(), call.event.code).filter(|_| call.result() >= 0) else { return };
    let mut fd = Fd::new(kind);
    if call.view() == View::Exit {
        fd.open_flags = open_flags(call);
    }
    call.open(call.result(), fd);
}

/// The flags that decide whether it survives exec, where the event has them.
fn open_flags(call: &Call<'_>) -> u32 {
    let event = call.event;
    match event.code {
        code::EVENTFD2_X | code::INOTIFY_INIT1_X | code::SIGNALFD4_X => u32::from(event.u16(1).unwrap_or(0)),
        code::TIMERFD_CREATE_X => u32::from(event.u8(2).unwrap_or(0)),
        code::EPOLL_CREATE1_X if event.u32(1).unwrap_or(0) & EPOLL_CLOEXEC != 0 => O_CLOEXEC,
        _ => 0,
    }
}

/// Both ends are one kind of thing and share an inode.
pub(super) fn pipe(call: &mut Call<'_>) {
    let event = call.event;
    let (Some(read), Some(write)) = (event.signed(1), event.signed(2)) else { return };
    if call.result() < 0 {
        return;
    }
    let mut fd = Fd::new(FdType::Fifo);
    fd.ino = event.u64(3).unwrap_or(0);
    if event.code == code::PIPE2_X {
        fd.open_flags = event.u32(4).unwrap_or(0);
    }
    call.open(read, fd.clone());
    call.open(write, fd);
}

pub(super) fn memfd_create(call: &mut Call<'_>) {
    if call.result() < 0 {
        // Its program opens a descriptor of no kind under the number of the error. The number is all of it that we
        // show.
        call.set_number(call.result());
        return;
    }
    let mut fd = Fd::new(FdType::Memfd);
    fd.name = call.string(1).into();
    fd.open_flags = call.event.u32(2).unwrap_or(0);
    call.open(call.result(), fd);
}

pub(super) fn pidfd_open(call: &mut Call<'_>) {
    if call.result() < 0 {
        return;
    }
    let mut fd = Fd::new(FdType::Pidfd);
    fd.pid = call.event.signed(1).unwrap_or(0);
    fd.name = format!("/proc/{}", fd.pid).into();
    fd.open_flags = call.event.u32(2).unwrap_or(0);
    call.open(call.result(), fd);
}
