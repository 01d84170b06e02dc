//! The table of threads.

use super::family::ThreadKey;
use crate::thread::Thread;
use rustc_hash::FxHashMap;

/// Threads by thread id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Threads {
    by_tid: FxHashMap<i64, Box<Thread>>,
    /// How many threads of the table have a process id.
    of_process: FxHashMap<i64, u64>,
    made: u64,
}

impl Threads {
    /// The thread with an id.
    pub fn get(&self, tid: i64) -> Option<&Thread> {
        self.by_tid.get(&tid).map(|thread| &**thread)
    }

    /// The thread that a list names, if it is not gone.
    pub fn find(&self, key: ThreadKey) -> Option<&Thread> {
        self.get(key.tid).filter(|thread| thread.serial == key.serial)
    }

    /// The thread with an id, to change it. Its process id is changed by [`Threads::set_pid`] only.
    pub fn get_mut(&mut self, tid: i64) -> Option<&mut Thread> {
        self.by_tid.get_mut(&tid).map(|thread| &mut **thread)
    }

    /// Puts a thread into the table and gives it a serial. What had its id comes back.
    pub fn put(&mut self, mut thread: Thread) -> Option<Box<Thread>> {
        self.made += 1;
        thread.serial = self.made;
        *self.of_process.entry(thread.id.pid).or_default() += 1;
        let replaced = self.by_tid.insert(thread.tid, Box::new(thread));
        if let Some(old) = &replaced {
            self.leaves(old.id.pid);
        }
        replaced
    }

    /// Takes a thread out of the table.
    pub fn remove(&mut self, tid: i64) -> Option<Box<Thread>> {
        let thread = self.by_tid.remove(&tid)?;
        self.leaves(thread.id.pid);
        Some(thread)
    }

    /// Makes a thread part of another process.
    pub fn set_pid(&mut self, tid: i64, pid: i64) {
        let Some(thread) = self.by_tid.get_mut(&tid).filter(|thread| thread.id.pid != pid) else { return };
        let old = std::mem::replace(&mut thread.id.pid, pid);
        *self.of_process.entry(pid).or_default() += 1;
        self.leaves(old);
    }

    fn leaves(&mut self, pid: i64) {
        if let Some(count) = self.of_process.get_mut(&pid) {
            *count -= 1;
            if *count == 0 {
                self.of_process.remove(&pid);
            }
        }
    }

    /// How many threads have a process id.
    pub fn of_process(&self, pid: i64) -> u64 {
        self.of_process.get(&pid).copied().unwrap_or(0)
    }

    /// How many threads there are.
    pub fn len(&self) -> usize {
        self.by_tid.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_tid.is_empty()
    }

    /// All threads, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Thread> {
        self.by_tid.values().map(|thread| &**thread)
    }

    /// All threads, to change them, in no order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Thread> {
        self.by_tid.values_mut().map(|thread| &mut **thread)
    }
}
