//! The table of threads.

use crate::thread::Thread;
use rustc_hash::FxHashMap;

/// Threads by thread id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Threads {
    by_tid: FxHashMap<i64, Box<Thread>>,
    made: u64,
}

impl Threads {
    /// The thread with an id.
    pub fn get(&self, tid: i64) -> Option<&Thread> {
        self.by_tid.get(&tid).map(|thread| &**thread)
    }

    /// The thread with an id, to change it.
    pub fn get_mut(&mut self, tid: i64) -> Option<&mut Thread> {
        self.by_tid.get_mut(&tid).map(|thread| &mut **thread)
    }

    /// Puts a thread into the table in place of the one with its id, and gives it a serial.
    pub fn put(&mut self, mut thread: Thread) -> &mut Thread {
        self.made += 1;
        thread.serial = self.made;
        let slot = self.by_tid.entry(thread.tid);
        slot.insert_entry(Box::new(thread)).into_mut()
    }

    /// Takes a thread out of the table.
    pub fn remove(&mut self, tid: i64) -> Option<Box<Thread>> {
        self.by_tid.remove(&tid)
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
