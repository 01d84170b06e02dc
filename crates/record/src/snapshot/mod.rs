//! What the host looks like when a recording begins: the tables that stand before a capture's events.
//!
//! Everything is read once, in some milliseconds for some hundred processes. It is no picture of one moment: processes
//! go on while they are read. Each one is there as a whole or not at all, but one that executes another program just
//! then may have something of both.

mod fds;
mod interfaces;
mod threads;
mod users;
mod write;

pub use fds::{Detail, Fd};
pub use interfaces::Interface;
pub use threads::Thread;
pub use users::{Accounts, Group, User, groups, users};
pub use write::process;

use crate::proc::{Host, Machine};
use std::io;
use std::path::Path;

/// The host, its users and network interfaces, its threads and their descriptors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The machine.
    pub machine: Machine,
    /// Addresses of network interfaces.
    pub interfaces: Vec<Interface>,
    /// Users and groups.
    pub accounts: Accounts,
    /// Threads, those of a process behind its leader. Threads of the kernel and processes that have ended are left
    /// out.
    pub threads: Vec<Thread>,
    /// Of how many processes we may not read descriptors, environment, executable and directories: those of other
    /// users, if we are not root.
    pub unreadable: usize,
}

impl Snapshot {
    /// Reads everything. The error is that of a `/proc` that cannot be listed.
    pub fn take(host: &mut Host) -> io::Result<Snapshot> {
        let (threads, unreadable) = threads::all(host)?;
        let (interfaces, accounts) = (interfaces::all(), Accounts::read(Path::new("/etc")));
        Ok(Snapshot { machine: host.machine().clone(), interfaces, accounts, threads, unreadable })
    }
}
