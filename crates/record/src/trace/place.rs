//! Where the threads that are followed run.
//!
//! A stop that wakes another CPU takes several times as long as one that does not, most of all on a virtual machine. So a
//! thread that makes many calls runs on the CPU of the tracer: it stops, the tracer runs in its place, and it goes on. A
//! thread that computes for long, while others want the CPU too, may run wherever it was allowed to.
//!
//! Nobody is to notice: what a thread asks about the CPUs that it may run on is answered as if it had not been moved
//! ([`Places::answer`]), and a guard moves all back if the recorder is killed.

use crate::sys::guard::{Guard, Slot};
use crate::sys::memory;
use crate::sys::place::{self, Cpus};
use crate::sys::ptrace::Tid;
use std::io;

/// A thread that computes for longer than this between two stops gains more from a CPU of its own than it loses at its
/// stops (ns).
const LONG: u64 = 100_000;

/// For so long after another thread stopped, there is company (ns).
const COMPANY: u64 = 5_000_000;

/// The tracer's own CPU.
pub struct Places {
    home: usize,
    guard: Guard,
    /// The thread that stopped last, and when another one than it did.
    last: Tid,
    company_at: u64,
}

/// A thread's place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// Where it may run as far as it knows; `None` while it is not moved.
    allowed: Option<Cpus>,
    slot: Option<Slot>,
    /// When it was let run, and how long it ran of late (ns).
    resumed: u64,
    ran: u64,
}

impl Places {
    /// Keeps the calling thread, which is to trace, on the CPU that it runs on. `None` if there is only one anyway.
    pub fn here(guard: Guard) -> io::Result<Option<Places>> {
        let allowed = place::allowed(0)?;
        let home = place::current();
        if allowed.count() < 2 || !allowed.contains(home) {
            return Ok(None);
        }
        place::allow(0, &Cpus::one(home))?;
        Ok(Some(Places { home, guard, last: 0, company_at: 0 }))
    }

    /// The CPU of a thread, if it is known.
    pub fn cpu(&self, place: &Place) -> Option<u16> {
        place.allowed.and(u16::try_from(self.home).ok())
    }

    /// A thread stopped.
    pub fn stopped(&mut self, tid: Tid, place: &mut Place, now: u64) {
        if place.resumed != 0 {
            // The mean of the last few stretches.
            place.ran = (3 * place.ran + now.saturating_sub(place.resumed)) / 4;
        }
        if self.last != tid {
            (self.last, self.company_at) = (tid, now);
        }
    }

    /// A thread is about to be let run on.
    pub fn resuming(&mut self, tid: Tid, place: &mut Place, now: u64) {
        place.resumed = now;
        let has_company = now.saturating_sub(self.company_at) < COMPANY;
        match place.allowed {
            None if place.ran < LONG || !has_company => self.take_home(tid, place),
            Some(_) if place.ran > 2 * LONG && has_company => self.let_go(tid, place),
            _ => {}
        }
    }

    fn take_home(&mut self, tid: Tid, place: &mut Place) {
        let Ok(allowed) = place::allowed(tid) else { return };
        if !allowed.contains(self.home) || allowed.count() < 2 {
            return;
        }
        let Some(slot) = self.guard.moved(tid, &allowed) else { return };
        match place::allow(tid, &Cpus::one(self.home)) {
            Ok(()) => (place.allowed, place.slot) = (Some(allowed), Some(slot)),
            Err(_) => self.guard.settled(slot),
        }
    }

    /// Lets a thread run wherever it may.
    pub fn let_go(&mut self, tid: Tid, place: &mut Place) {
        if let Some(allowed) = place.allowed.take() {
            // A thread that is gone needs no place.
            let _ = place::allow(tid, &allowed);
        }
        self.gone(place);
    }

    /// A thread has ended.
    pub fn gone(&mut self, place: &mut Place) {
        place.slot.take().into_iter().for_each(|slot| self.guard.settled(slot));
    }

    /// The place of a thread that one at `parent` made: it runs where that one does.
    pub fn inherited(&mut self, tid: Tid, parent: &Place) -> Place {
        let slot = parent.allowed.and_then(|allowed| self.guard.moved(tid, &allowed));
        Place { allowed: parent.allowed, slot, ..Place::default() }
    }

    /// A thread asked where `target` may run, and the kernel put `len` bytes at `address`: puts there what the thread
    /// would have read without us.
    pub fn answer(&self, tid: Tid, target: &Place, address: u64, len: usize) {
        let Some(allowed) = target.allowed else { return };
        let bytes = allowed.bytes();
        let _ = memory::write(tid, address, bytes.get(..len).unwrap_or(&bytes));
    }

    /// Somebody said where a thread is to run from now on.
    pub fn was_told(&mut self, place: &mut Place) {
        place.allowed = None;
        self.gone(place);
    }
}
