//! Limits of other processes, as prlimit(2) reads them.

use super::checked;
use super::ptrace::Tid;
use std::io;

/// How many descriptors a thread may have open: its soft limit, all ones if there is none. The error is `EPERM` if it
/// has other users or groups than we have and we may not set limits.
pub fn open_files(tid: Tid) -> io::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: there are no new limits to be read, and the kernel writes one structure of this type.
    checked(unsafe { libc::prlimit(tid, libc::RLIMIT_NOFILE, std::ptr::null(), &mut limit) }.into())?;
    Ok(limit.rlim_cur)
}
