//! Memory sizes and page faults, which calls that map memory, context switches, clones and execs tell.

use crate::thread::Quantities;
use crate::{Applied, Machine};
use capture_batch::View;
use capture_event::Event;

impl Quantities {
    /// Page faults and sizes from five parameters in a row, of which `first` holds the major faults. The exit view's
    /// events have either all of them or none.
    pub(super) fn set_memory(&mut self, event: &Event<'_>, first: usize) {
        self.set_faults(event, first);
        self.set_sizes(event, first + 2);
    }

    fn set_faults(&mut self, event: &Event<'_>, first: usize) {
        self.pf_major = event.u64(first).unwrap_or(self.pf_major);
        self.pf_minor = event.u64(first + 1).unwrap_or(self.pf_minor);
    }

    fn set_sizes(&mut self, event: &Event<'_>, first: usize) {
        self.vm_size = event.u32(first).unwrap_or(self.vm_size);
        self.vm_rss = event.u32(first + 1).unwrap_or(self.vm_rss);
        self.vm_swap = event.u32(first + 2).unwrap_or(self.vm_swap);
    }
}

/// brk, mmap, munmap.
pub(super) fn mapped(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if let Some(thread) = applied.thread.and_then(|tid| machine.threads.get_mut(tid)) {
        thread.quantities.set_sizes(event, 1);
    }
}

/// A context switch: the faults are the thread's, the sizes the process's.
pub(super) fn switched(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if let Some(tid) = applied.thread {
        let leader = machine.leader_of(tid);
        set_at_switch(machine, event, tid, leader);
    }
}

/// Takes over the quantities that a context switch tells of a thread and the leader of its process.
pub(crate) fn set_at_switch(machine: &mut Machine, event: &Event<'_>, tid: i64, leader: Option<i64>) {
    if machine.view == View::Exit && event.u32(5).is_none() {
        return;
    }
    if let Some(thread) = machine.threads.get_mut(tid) {
        thread.quantities.set_faults(event, 1);
    }
    if let Some(leader) = leader.and_then(|leader| machine.threads.get_mut(leader)) {
        leader.quantities.set_sizes(event, 3);
    }
}
