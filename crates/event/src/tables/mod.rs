//! Tables of names that are not flags: system calls, errnos, signals, capabilities, descriptor types.

pub mod capability;
pub mod dynamic;
pub mod errno;
pub mod fd;
pub mod service;
pub mod signal;
pub mod syscall;
pub mod syscall_i386;
pub mod thread;
