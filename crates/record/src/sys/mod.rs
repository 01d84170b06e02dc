//! The system-call layer: safe functions over what the standard library does not have. `unsafe` stands here only.
//!
//! Every function returns the kernel's error as it is; what it means depends on who asks.

#![allow(unsafe_code)]

pub mod diag;
pub mod fanotify;
pub mod guard;
pub mod heap;
pub mod limits;
pub mod memory;
pub mod netlink;
pub mod notification;
pub mod place;
pub mod ptrace;
pub mod seccomp;
pub mod signal;
pub mod socket;
pub mod spawn;
pub mod wait;

use std::io;

/// The result of a libc call that returns -1 for an error.
fn checked(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
