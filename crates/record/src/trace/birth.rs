//! New threads: what they have from those who made them, and the event that they begin with.

use super::Tracer;
use super::process::Process;
use crate::sys::ptrace::Tid;

/// Linux's flag of clone(2) for a common table of descriptors.
const FILES: u64 = libc::CLONE_FILES as u64;

impl Tracer {
    /// A thread made another one, by the call that it is in.
    pub(super) fn born(&mut self, parent: Tid, child: Tid) {
        let Some(maker) = self.threads.get(&parent) else { return };
        let (made, maker_pid) = (maker.call, maker.pid);
        let Some(thread) = self.threads.get_mut(&child) else { return };
        thread.born = made;
        if thread.pid == maker_pid {
            return;
        }
        let shares = made.is_some_and(|made| made.has_flags(parent, FILES));
        let Some(maker) = self.processes.get_mut(&maker_pid) else { return };
        maker.shares_descriptors |= shares;
        let mut made = Process::child_of(maker, child);
        made.shares_descriptors = shares;
        self.processes.insert(child, made);
    }

    /// A new thread stopped for the first time: in the call that made it, which is 0 for it.
    pub(super) fn begun(&mut self, tid: Tid) {
        let Some(made) = self.threads.get_mut(&tid).and_then(|thread| thread.born.take()) else { return };
        self.write_exit(tid, &made, 0);
    }
}
