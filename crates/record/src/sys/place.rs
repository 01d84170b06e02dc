//! On which CPUs a thread may run, and runs.

use super::checked;
use super::ptrace::Tid;
use std::io;

/// A set of CPUs, as the kernel stores it: 1,024 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpus([u64; 16]);

impl Cpus {
    /// One CPU.
    pub fn one(cpu: usize) -> Cpus {
        let mut words = [0; 16];
        if let Some(word) = words.get_mut(cpu / 64) {
            *word = 1 << (cpu % 64);
        }
        Cpus(words)
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether a CPU is among them.
    pub fn contains(&self, cpu: usize) -> bool {
        self.0.get(cpu / 64).is_some_and(|word| word >> (cpu % 64) & 1 == 1)
    }

    /// Its words, the first CPUs first.
    pub fn words(&self) -> [u64; 16] {
        self.0
    }

    /// Of these words.
    pub fn of_words(words: [u64; 16]) -> Cpus {
        Cpus(words)
    }

    /// The bytes that the kernel stores for it.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }
}

/// Where a thread may run; 0 is the calling thread.
pub fn allowed(tid: Tid) -> io::Result<Cpus> {
    let mut words = [0u64; 16];
    let size = size_of_val(&words);
    // SAFETY: the kernel writes at most as many bytes as the array has.
    checked(unsafe { libc::sched_getaffinity(tid, size, words.as_mut_ptr().cast()) }.into())?;
    Ok(Cpus(words))
}

/// Lets a thread run on these CPUs only; 0 is the calling thread.
pub fn allow(tid: Tid, cpus: &Cpus) -> io::Result<()> {
    // SAFETY: the kernel reads as many bytes as the array has.
    checked(unsafe { libc::sched_setaffinity(tid, size_of_val(&cpus.0), cpus.0.as_ptr().cast()) }.into()).map(drop)
}

/// The CPU that the calling thread runs on.
pub fn current() -> usize {
    // SAFETY: no arguments.
    usize::try_from(unsafe { libc::sched_getcpu() }).unwrap_or(0)
}
