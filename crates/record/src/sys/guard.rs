//! What must be put right even if the recorder is killed: a process of its own that does it then.

use super::checked;
use super::place::{self, Cpus};
use super::ptrace::Tid;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::FromRawFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

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
    /// The guard sees that we are gone when this is closed.
    alive: Option<File>,
    process: Tid,
}

// SAFETY: the memory holds atomic numbers only and is never unmapped.
unsafe impl Send for Guard {}

/// A place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(usize);

impl Guard {
    /// Starts the guard. To be called before other threads are started.
    pub fn start() -> io::Result<Guard> {
        let size = PLACES * size_of::<Place>();
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: new memory, full of zeros, which are a value of every field.
        let memory = unsafe { libc::mmap(std::ptr::null_mut(), size, protection, flags, -1, 0) };
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let places = NonNull::new(memory.cast::<Place>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut ends = [0; 2];
        // SAFETY: the kernel writes two descriptors, which are new and nobody else's.
        let (reader, writer) = unsafe {
            checked(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC).into())?;
            let [reader, writer] = ends;
            (File::from_raw_fd(reader), File::from_raw_fd(writer))
        };
        // SAFETY: there is no other thread; the new process goes on below and never returns.
        let process = checked(unsafe { libc::fork() }.into())? as Tid;
        if process == 0 {
            drop(writer);
            guard_from(reader, places);
        }
        Ok(Guard { places, alive: Some(writer), process })
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
        self.alive = None;
        // SAFETY: waits for our own child; its status is not asked for. Somebody may have waited for it already.
        unsafe { libc::waitpid(self.process, std::ptr::null_mut(), libc::__WALL) };
    }
}

/// The guard: waits until the recorder is gone, and lets those run freely that it moved.
fn guard_from(mut alive: File, places: NonNull<Place>) -> ! {
    // SAFETY: calls without pointers but for a string. It leaves the terminal's and the recorder's group, so that what
    // kills that does not kill it.
    unsafe {
        libc::setsid();
        libc::prctl(libc::PR_SET_NAME, c"capture-guard".as_ptr());
    }
    while !matches!(alive.read(&mut [0]), Ok(0)) {}
    // SAFETY: as many as were mapped, for ever.
    let places = unsafe { std::slice::from_raw_parts(places.as_ptr(), PLACES) };
    // What a moved thread starts meanwhile is moved with it.
    let is_anybody_moved = || places.iter().any(|place| place.tid.load(Ordering::Acquire) != 0);
    for _ in 0..2 {
        if !is_anybody_moved() {
            break;
        }
        for place in places {
            let tid = place.tid.load(Ordering::Acquire);
            if tid != 0 {
                let cpus = Cpus::of_words(std::array::from_fn(|i| {
                    place.cpus.get(i).map_or(0, |word| word.load(Ordering::Relaxed))
                }));
                free(tid, &cpus);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(0) }
}

/// Lets a thread, and what it started, run on these CPUs.
fn free(tid: Tid, cpus: &Cpus) {
    let Ok(confined) = place::allowed(tid) else { return };
    let _ = place::allow(tid, cpus);
    let children = std::fs::read_to_string(format!("/proc/{tid}/task/{tid}/children")).unwrap_or_default();
    for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
        if place::allowed(child).is_ok_and(|allowed| allowed == confined) {
            free(child, cpus);
        }
    }
}
