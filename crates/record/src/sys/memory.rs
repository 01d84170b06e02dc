//! The memory of another process, as process_vm_readv(2) reads it.

use super::checked;
use super::ptrace::Tid;
use std::io;

/// The smallest page on any machine: within one, memory can be read as a whole or not at all.
const PAGE: u64 = 4096;

/// Appends up to `len` bytes at `address` of a thread's memory; how many could be read. What lies behind a page that
/// cannot be read is missing. The error is `EFAULT` if nothing can be read.
pub fn read(tid: Tid, address: u64, len: usize, out: &mut Vec<u8>) -> io::Result<usize> {
    if len == 0 {
        return Ok(0);
    }
    // The kernel gives all of a piece or nothing: what is asked for is cut where it enters its second page, so that
    // a string at the end of what is mapped can be read. Longer ones are read on in whole pieces.
    let first = ((PAGE - address % PAGE) as usize).min(len);
    let remote = [
        libc::iovec { iov_base: address as *mut _, iov_len: first },
        libc::iovec { iov_base: address.wrapping_add(first as u64) as *mut _, iov_len: len - first },
    ];
    let pieces = if first < len { 2 } else { 1 };
    out.reserve(len);
    let spare = out.spare_capacity_mut();
    let local = libc::iovec { iov_base: spare.as_mut_ptr().cast(), iov_len: len };
    // SAFETY: the local piece is spare capacity of at least `len` bytes; the remote ones are only numbers to us.
    let read = checked(unsafe { libc::process_vm_readv(tid, &local, 1, remote.as_ptr(), pieces, 0) } as _)? as usize;
    // SAFETY: the kernel wrote so many bytes there.
    unsafe { out.set_len(out.len() + read.min(len)) };
    Ok(read)
}

/// Writes to a thread's memory; how many bytes could be written.
pub fn write(tid: Tid, address: u64, bytes: &[u8]) -> io::Result<usize> {
    let local = libc::iovec { iov_base: bytes.as_ptr() as *mut _, iov_len: bytes.len() };
    let remote = libc::iovec { iov_base: address as *mut _, iov_len: bytes.len() };
    // SAFETY: the local piece is a slice that is only read; the remote one is only a number to us.
    checked(unsafe { libc::process_vm_writev(tid, &local, 1, &remote, 1, 0) } as _).map(|n| n as usize)
}
