//! Processes that come into a container while it is followed and that nobody who is followed started, such as those of
//! `podman exec`.
//!
//! The kernel's process connector tells of every new process and program. A process that executes something in the
//! container's control groups is there already, and so seen late. A monitor (`conmon`) is met before it starts what it
//! is for: that is seen from its birth.

use super::Found;
use super::target::belongs;
use crate::host::connector::{Connector, Deed};
use crate::proc::Host;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::path::Path;

/// How often it is looked whether it is over, ns.
const LOOK: i64 = 100_000_000;

/// Who looks for them.
#[derive(Debug)]
pub struct Newcomers {
    connector: Connector,
    host: Host,
    containers: Vec<Found>,
}

impl Newcomers {
    /// Looks for newcomers in these containers. The error is `PermissionDenied` if the kernel does not tell us of
    /// processes.
    pub fn of(containers: Vec<Found>) -> io::Result<Newcomers> {
        Ok(Newcomers { connector: Connector::open()?, host: Host::open(Path::new("/proc"))?, containers })
    }

    /// Calls for each process that belongs to a container, until it is over: also for those that are followed already.
    pub fn follow(mut self, is_over: impl Fn() -> bool, mut each: impl FnMut(i32)) {
        while !is_over() {
            let mut wait = [PollFd::from_borrowed_fd(self.connector.descriptor(), PollFlags::IN)];
            // Whatever hinders the wait, it is tried again.
            let _ = poll(&mut wait, Some(&Timespec { tv_sec: 0, tv_nsec: LOOK }));
            let mut met = Vec::new();
            let read = self.connector.read(|told| match told.deed {
                Deed::Fork { child, .. } if child.tid == child.pid => met.push(child.pid),
                Deed::Exec { who } => met.push(who.pid),
                _ => {}
            });
            if matches!(read, Ok(Some(_))) {
                // Nobody told of some: they are looked for.
                met.extend(self.host.processes().unwrap_or_default().iter().filter_map(|pid| i32::try_from(*pid).ok()));
            }
            met.retain(|pid| belongs(&mut self.host, i64::from(*pid), &self.containers));
            met.into_iter().for_each(&mut each);
            if read.is_err() {
                return;
            }
        }
    }
}
