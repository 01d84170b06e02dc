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

/// Fills `bytes` from `address` of a thread's memory on. How many: all of them, or none.
pub fn read_to(tid: Tid, address: u64, bytes: &mut [u8]) -> usize {
    let local = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    let remote = libc::iovec { iov_base: address as *mut _, iov_len: bytes.len() };
    // SAFETY: the local piece is a slice of ours; the remote one is only a number to us.
    let read = unsafe { libc::process_vm_readv(tid, &local, 1, &remote, 1, 0) };
    if usize::try_from(read) == Ok(bytes.len()) { bytes.len() } else { 0 }
}

/// `N` bytes at `address` of a thread's memory, if all of them can be read.
pub fn read_array<const N: usize>(tid: Tid, address: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (read_to(tid, address, &mut bytes) == N).then_some(bytes)
}

/// So many pieces are read at once, at most.
const MOST_PIECES: usize = 32;

/// Appends the first `len` bytes of what stands in pieces (address and length each) of a thread's memory, one piece
/// behind the other, up to the first that cannot be read. At most 32 pieces are looked at.
pub fn read_pieces(tid: Tid, pieces: impl Iterator<Item = (u64, u64)>, len: usize, out: &mut Vec<u8>) {
    let mut remote = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; MOST_PIECES];
    let (mut count, mut wanted) = (0, 0);
    for (slot, (address, length)) in remote.iter_mut().zip(pieces.filter(|(_, length)| *length > 0)) {
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(len - wanted);
        *slot = libc::iovec { iov_base: address as *mut _, iov_len: length };
        (count, wanted) = (count + 1, wanted + length);
        if wanted == len {
            break;
        }
    }
    if wanted == 0 {
        return;
    }
    out.reserve(wanted);
    let spare = out.spare_capacity_mut();
    let local = libc::iovec { iov_base: spare.as_mut_ptr().cast(), iov_len: wanted };
    // SAFETY: the local piece is spare capacity of at least `wanted` bytes; the remote ones are only numbers to us.
    let read = unsafe { libc::process_vm_readv(tid, &local, 1, remote.as_ptr(), count, 0) };
    let read = usize::try_from(read).unwrap_or(0).min(wanted);
    // SAFETY: the kernel wrote so many bytes there.
    unsafe { out.set_len(out.len() + read) };
}

/// Writes to a thread's memory; how many bytes could be written.
pub fn write(tid: Tid, address: u64, bytes: &[u8]) -> io::Result<usize> {
    let local = libc::iovec { iov_base: bytes.as_ptr() as *mut _, iov_len: bytes.len() };
    let remote = libc::iovec { iov_base: address as *mut _, iov_len: bytes.len() };
    // SAFETY: the local piece is a slice that is only read; the remote one is only a number to us.
    checked(unsafe { libc::process_vm_writev(tid, &local, 1, &remote, 1, 0) } as _).map(|n| n as usize)
}
