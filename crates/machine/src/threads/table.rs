//! The table of threads.

use super::family::ThreadKey;
use crate::thread::Thread;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

/// How many threads are found without asking the map: a power of two.
const RECENT: usize = 64;

/// Threads by thread id.
#[derive(Clone)]
pub struct Threads {
    slots: Vec<Option<Box<Thread>>>,
    free: Vec<u32>,
    by_tid: FxHashMap<i64, u32>,
    /// Thread ids and slots of threads looked up lately, each in the place that its id gives.
    recent: [Cell<(i64, u32)>; RECENT],
    /// How many threads of the table have a process id.
    of_process: FxHashMap<i64, u64>,
    made: u64,
}

/// No slot.
const NOWHERE: u32 = u32::MAX;

impl Default for Threads {
    fn default() -> Self {
        Threads {
            slots: Vec::new(),
            free: Vec::new(),
            by_tid: FxHashMap::default(),
            recent: std::array::from_fn(|_| Cell::new((0, NOWHERE))),
            of_process: FxHashMap::default(),
            made: 0,
        }
    }
}

/// Where and how threads are stored is no part of the state.
impl PartialEq for Threads {
    fn eq(&self, other: &Self) -> bool {
        self.made == other.made
            && self.len() == other.len()
            && self.iter().all(|thread| other.get(thread.tid) == Some(thread))
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sorted: BTreeMap<i64, &Thread> = self.iter().map(|thread| (thread.tid, thread)).collect();
        f.debug_map().entries(sorted).finish()
    }
}

impl Threads {
    #[inline]
    fn recent(&self, tid: i64) -> Option<&Cell<(i64, u32)>> {
        self.recent.get(tid as usize % RECENT)
    }

    #[inline]
    fn slot(&self, tid: i64) -> Option<usize> {
        let recent = self.recent(tid)?;
        let (last, slot) = recent.get();
        if last == tid && slot != NOWHERE {
            return Some(slot as usize);
        }
        let slot = *self.by_tid.get(&tid)?;
        recent.set((tid, slot));
        Some(slot as usize)
    }

    /// The thread with an id.
    #[inline]
    pub fn get(&self, tid: i64) -> Option<&Thread> {
        self.slots.get(self.slot(tid)?)?.as_deref()
    }

    /// The thread that a list names, if it is not gone.
    pub fn find(&self, key: ThreadKey) -> Option<&Thread> {
        self.get(key.tid).filter(|thread| thread.serial == key.serial)
    }

    /// The thread with an id, to change it. Its process id is changed by [`Threads::set_pid`] only.
    #[inline]
    pub fn get_mut(&mut self, tid: i64) -> Option<&mut Thread> {
        let slot = self.slot(tid)?;
        self.slots.get_mut(slot)?.as_deref_mut()
    }

    /// Puts a thread into the table and gives it a serial. What had its id comes back.
    pub fn put(&mut self, mut thread: Thread) -> Option<Box<Thread>> {
        self.made += 1;
        thread.serial = self.made;
        let (tid, pid) = (thread.tid, thread.id.pid);
        let replaced = self.remove(tid);
        *self.of_process.entry(pid).or_default() += 1;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(NOWHERE)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(Box::new(thread));
            self.by_tid.insert(tid, slot);
        }
        replaced
    }

    /// Takes a thread out of the table.
    pub fn remove(&mut self, tid: i64) -> Option<Box<Thread>> {
        let slot = self.by_tid.remove(&tid)?;
        if let Some(recent) = self.recent(tid) {
            recent.set((0, NOWHERE));
        }
        let thread = self.slots.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        self.leaves(thread.id.pid);
        Some(thread)
    }

    /// Makes a thread part of another process.
    pub fn set_pid(&mut self, tid: i64, pid: i64) {
        let Some(thread) = self.get_mut(tid).filter(|thread| thread.id.pid != pid) else { return };
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
        self.slots.iter().filter_map(|slot| slot.as_deref())
    }

    /// All threads, to change them, in no order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Thread> {
        self.slots.iter_mut().filter_map(|slot| slot.as_deref_mut())
    }
}
