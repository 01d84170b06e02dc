//! Where the threads that are followed run.
//!
//! A stop that wakes another CPU takes several times as long as one that does not, most of all on a virtual machine. So
//! a thread that stops often runs on the CPU of the tracer: it stops, the tracer runs in its place, and it goes on. A
//! thread that computes for long, while others want the CPU too, may run wherever it was allowed to.
//!
//! Nobody is to notice: what a thread asks about the CPUs that it may run on is answered as if it had not been moved
//! ([`Places::answer`]), and a guard moves all back if the recorder is killed.

use crate::sys::guard::{Guard, Slot};
use crate::sys::memory;
use crate::sys::place::{self, Cpus};
use crate::sys::ptrace::Tid;
use std::io;

/// A thread that computes for longer than this between two calls gains more from a CPU of its own than it loses at its
/// stops (ns).
const LONG: u64 = 100_000;

/// Who has not stopped for so long may run where it wants to, whatever it did before (ns).
const QUIET: u64 = 20_000_000;

/// For so long after another thread stopped, there is company (ns).
const COMPANY: u64 = 5_000_000;

/// The tracer's own CPU.
pub struct Places {
    home: usize,
    guard: Guard,
    /// Whether threads stop at every call: then they are kept here until they show that they compute. Otherwise they
    /// come when they show that they stop often.
    is_every_call: bool,
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
    /// When it was let run, if that was not in a call.
    resumed: u64,
    /// How long it ran of late between two stops (ns), once that is known.
    ran: Option<u64>,
}

impl Places {
    /// Keeps the calling thread, which is to trace, on the CPU that it runs on. `None` if there is only one anyway.
    /// `is_every_call`: threads will stop at every call.
    pub fn here(guard: Guard, is_every_call: bool) -> io::Result<Option<Places>> {
        let allowed = place::allowed(0)?;
        let home = place::current();
        if allowed.count() < 2 || !allowed.contains(home) {
            return Ok(None);
        }
        place::allow(0, &Cpus::one(home))?;
        Ok(Some(Places { home, guard, is_every_call, last: 0, company_at: 0 }))
    }

    /// The CPU of a thread, if it is known.
    pub fn cpu(&self, place: &Place) -> Option<u16> {
        place.allowed.and(u16::try_from(self.home).ok())
    }

    /// A thread stopped.
    pub fn stopped(&mut self, tid: Tid, place: &mut Place, now: u64) {
        if place.resumed != 0 {
            let ran = now.saturating_sub(place.resumed);
            // The mean of the last few stretches.
            place.ran = Some(place.ran.map_or(ran, |before| (3 * before + ran) / 4));
        }
        if self.last != tid {
            (self.last, self.company_at) = (tid, now);
        }
    }

    /// A thread is about to be let run on.
    ///
    /// `is_in_call`: what the kernel does for it now, and how long it waits there, says nothing of how it computes.
    pub fn resuming(&mut self, tid: Tid, place: &mut Place, now: u64, is_in_call: bool) {
        place.resumed = if is_in_call { 0 } else { now };
        let is_alone = self.is_every_call && now.saturating_sub(self.company_at) >= COMPANY;
        let stops_often = place.ran.map_or(self.is_every_call, |ran| ran < LONG);
        match place.allowed {
            None if stops_often || is_alone => self.take_home(tid, place),
            Some(_) if place.ran.is_some_and(|ran| ran > 2 * LONG) && !is_alone => self.let_go(tid, place),
            _ => {}
        }
    }

    /// Lets go of a thread that runs without stopping.
    pub fn look_at(&mut self, tid: Tid, place: &mut Place, now: u64) {
        let ran = now.saturating_sub(place.resumed);
        if place.allowed.is_some() && place.resumed != 0 && ran > QUIET {
            place.ran = Some(ran);
            self.let_go(tid, place);
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
