//! What the tracer knows of a process beside its threads.

use crate::calls::socket::{self, Socket};
use crate::sys::socket::open_process;
use std::collections::HashMap;
use std::os::fd::OwnedFd;

/// A process with threads that are traced.
#[derive(Default)]
pub struct Process {
    /// The id of its leader.
    pub pid: i32,
    /// A stable reference to it, made when first needed.
    handle: Option<OwnedFd>,
    /// Its sockets that were asked for; `None`: no socket.
    sockets: HashMap<i32, Option<Socket>>,
    /// Whether another process has the same table of descriptors: what is known of them may be out of date.
    pub shares_descriptors: bool,
}

impl Process {
    /// A process of which nothing is known yet.
    pub fn new(pid: i32) -> Process {
        Process { pid, ..Process::default() }
    }

    /// A socket of it.
    pub fn socket(&mut self, fd: i32) -> Option<&Socket> {
        if self.shares_descriptors {
            self.sockets.clear();
        }
        if !self.sockets.contains_key(&fd) {
            if self.handle.is_none() {
                self.handle = open_process(self.pid).ok();
            }
            let found = self.handle.as_ref().and_then(|handle| socket::look_up(handle, fd));
            self.sockets.insert(fd, found);
        }
        self.sockets.get(&fd)?.as_ref()
    }

    /// A descriptor was closed or refers to something else from now on.
    pub fn forget_socket(&mut self, fd: i32) {
        self.sockets.remove(&fd);
    }

    /// Any descriptor may have been closed.
    pub fn forget_sockets(&mut self) {
        self.sockets.clear();
    }
}
