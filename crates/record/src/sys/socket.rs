//! The sockets of another process: duplicated with pidfd_getfd(2) (Linux 5.6), asked, and closed.

use super::checked;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A stable reference to a process.
pub fn open_process(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: numbers only.
    let fd = checked(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: it is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// A duplicate of a descriptor of that process.
pub fn duplicate(process: &OwnedFd, fd: i32) -> io::Result<OwnedFd> {
    // SAFETY: numbers only.
    let fd = checked(unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), fd, 0) })?;
    // SAFETY: it is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Which end of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// getsockname(2)
    Local,
    /// getpeername(2)
    Peer,
}

/// The address of an end, as the kernel stores it.
pub fn address(socket: &OwnedFd, end: End, out: &mut Vec<u8>) -> io::Result<()> {
    let mut storage = MaybeUninit::<libc::sockaddr_storage>::zeroed();
    let mut len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    let function = if end == End::Local { libc::getsockname } else { libc::getpeername };
    // SAFETY: the kernel writes at most as many bytes as there are, and says how many there would have been.
    checked(unsafe { function(socket.as_raw_fd(), storage.as_mut_ptr().cast(), &raw mut len) }.into())?;
    let len = (len as usize).min(size_of::<libc::sockaddr_storage>());
    // SAFETY: all bytes are initialized: zeros, or what the kernel wrote.
    out.extend_from_slice(unsafe { std::slice::from_raw_parts(storage.as_ptr().cast(), len) });
    Ok(())
}

/// A numeric option of the socket level: `SO_TYPE`, `SO_DOMAIN`, `SO_PROTOCOL`, `SO_ACCEPTCONN`.
pub fn option(socket: &OwnedFd, name: i32) -> io::Result<i32> {
    let mut value: libc::c_int = 0;
    let mut len = size_of_val(&value) as libc::socklen_t;
    let (fd, level) = (socket.as_raw_fd(), libc::SOL_SOCKET);
    // SAFETY: the kernel writes at most as many bytes as the number has.
    checked(unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &raw mut len) }.into())?;
    Ok(value)
}

/// How many connections wait in the queue of a listening TCP socket, and how many may.
pub fn tcp_queue(socket: &OwnedFd) -> io::Result<(u32, u32)> {
    // SAFETY: plain data, for which zeros are a value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut len = size_of_val(&info) as libc::socklen_t;
    let (fd, level) = (socket.as_raw_fd(), libc::IPPROTO_TCP);
    // SAFETY: the kernel writes at most as many bytes as the structure has.
    checked(unsafe { libc::getsockopt(fd, level, libc::TCP_INFO, (&raw mut info).cast(), &raw mut len) }.into())?;
    // For a listening socket these two are its queue and the queue's limit.
    Ok((info.tcpi_unacked, info.tcpi_sacked))
}
