//! What must be put right even if the recorder is killed: a process of its own that does it then.

use super::checked;
use super::place::{self, Cpus};
use super::ptrace::Tid;
use super::signal;
use super::socket::open_process;
use rustix::process::{Signal, pidfd_send_signal};
use std::io;
use std::os::fd::OwnedFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

/// What wakes the guard: the kernel sends it as soon as the thread is gone that started it. (The end of a pipe comes
/// later: files are closed when the last thread of ours is gone, and those who are followed run on before.)
const WAKE: Signal = Signal::USR2;

/// When the guard looks (ms after the look before): what moved threads start meanwhile is moved with them, and the
/// tracer may have been about to move one.
const LOOKS: [u64; 7] = [0, 1, 1, 2, 5, 10, 20];

/// So many threads can be moved at a time.
const PLACES: usize = 4096;

/// A thread that was moved, and where it may run. Free if the thread is 0.
#[repr(C)]
struct Place {
    tid: AtomicI32,
    cpus: [AtomicU64; 16],
}

/// Moved threads, in memory that the guard shares with us.
pub struct Guard {
    places: NonNull<Place>,
    process: Tid,
    /// A stable reference to that process.
    handle: OwnedFd,
}

// SAFETY: the memory holds atomic numbers only and is never unmapped.
unsafe impl Send for Guard {}

/// A place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(usize);

impl Guard {
    /// Starts the guard. To be called on the main thread, before others are started.
    pub fn start() -> io::Result<Guard> {
        let size = PLACES * size_of::<Place>();
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: new memory, full of zeros, which are a value of every field.
        let memory = unsafe { libc::mmap(std::ptr::null_mut(), size, protection, flags, -1, 0) };
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let places = NonNull::new(memory.cast::<Place>()).ok_or(io::ErrorKind::OutOfMemory)?;
        signal::hold(&[WAKE.as_raw()])?;
        let us = std::process::id();
        // SAFETY: there is no other thread; the new process goes on below and never returns.
        let process = checked(unsafe { libc::fork() }.into())? as Tid;
        if process == 0 {
            guard(us, places);
        }
        Ok(Guard { places, process, handle: open_process(process)? })
    }

    fn places(&self) -> &[Place] {
        // SAFETY: as many as were mapped, for ever.
        unsafe { std::slice::from_raw_parts(self.places.as_ptr(), PLACES) }
    }

    /// A thread is about to be moved; it may run on these CPUs. `None`: there are too many.
    pub fn moved(&self, tid: Tid, cpus: &Cpus) -> Option<Slot> {
        let free = self.places().iter().position(|place| place.tid.load(Ordering::Relaxed) == 0)?;
        let place = self.places().get(free)?;
        place.cpus.iter().zip(cpus.words()).for_each(|(to, from)| to.store(from, Ordering::Relaxed));
        place.tid.store(tid, Ordering::Release);
        Some(Slot(free))
    }

    /// A thread is where it may be again, or is gone.
    pub fn settled(&self, slot: Slot) {
        if let Some(place) = self.places().get(slot.0) {
            place.tid.store(0, Ordering::Release);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It is gone already if somebody killed it.
        let _ = pidfd_send_signal(&self.handle, WAKE);
        // SAFETY: waits for our own child; its status is not asked for. Somebody may have waited for it already.
        unsafe { libc::waitpid(self.process, std::ptr::null_mut(), libc::__WALL) };
    }
}

/// The guard: waits until the recorder is gone, and lets those run freely that it moved.
fn guard(recorder: u32, places: NonNull<Place>) -> ! {
    // SAFETY: calls without pointers but for a string. It leaves the terminal's and the recorder's group, so that what
    // kills that does not kill it; and it is to be in time, if it may.
    unsafe {
        libc::setsid();
        libc::prctl(libc::PR_SET_NAME, c"capture-guard".as_ptr());
        libc::prctl(libc::PR_SET_PDEATHSIG, WAKE.as_raw());
        libc::sched_setscheduler(0, libc::SCHED_FIFO, &libc::sched_param { sched_priority: 1 });
    }
    // It may be gone already.
    while std::os::unix::process::parent_id() == recorder
        && signal::next(&[WAKE.as_raw()], Duration::from_secs(60)).is_none()
    {}
    // SAFETY: as many as were mapped, for ever.
    let places = unsafe { std::slice::from_raw_parts(places.as_ptr(), PLACES) };
    let moved: Vec<Moved> = places.iter().filter_map(Moved::of).collect();
    for look in LOOKS.iter().take_while(|_| !moved.is_empty()) {
        std::thread::sleep(Duration::from_millis(*look));
        moved.iter().for_each(|moved| moved.free(moved.tid));
    }
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(0) }
}

/// A thread that the recorder had moved as it ended.
struct Moved {
    tid: Tid,
    /// Where it may run.
    cpus: Cpus,
    /// Where it runs.
    confined: Cpus,
}

impl Moved {
    fn of(place: &Place) -> Option<Moved> {
        let tid = place.tid.load(Ordering::Acquire);
        let cpus =
            Cpus::of_words(std::array::from_fn(|i| place.cpus.get(i).map_or(0, |word| word.load(Ordering::Relaxed))));
        let confined = if tid == 0 { None } else { place::allowed(tid).ok() }?;
        Some(Moved { tid, cpus, confined })
    }

    /// Lets a thread, and what it started, run on these CPUs.
    fn free(&self, tid: Tid) {
        let _ = place::allow(tid, &self.cpus);
        let children = std::fs::read_to_string(format!("/proc/{tid}/task/{tid}/children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            if place::allowed(child).is_ok_and(|allowed| allowed == self.confined) {
                self.free(child);
            }
        }
    }
}
