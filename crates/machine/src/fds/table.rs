//! The descriptors of one process.

use super::bound::Bound;
use super::chained::Chained;
use super::fd::{Fd, FdFlags};
use crate::tracked::{Memo, Tracked};
use capture_batch::{Id, Object, View};

/// How many descriptors a table keeps; both libraries forget those beyond.
const MAX_OPEN: usize = 4096;

/// Where the classic view keeps the old state of a number that was opened again before its close returned.
pub const CANCELED: i64 = i64::MAX;

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    fd: Tracked<Fd>,
    bound: Bound,
}

impl Entry {
    fn new(fd: Fd) -> Self {
        Entry { fd: Tracked::new(fd), bound: Bound::default() }
    }
}

/// The descriptors of a process by number. Empty tables allocate nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FdTable {
    open: Chained<Entry>,
    /// What standard input, output and error were bound to last, in a segment with this serial number, if none of them
    /// changed.
    standard: Memo<Option<(u64, [Id<Object>; 3])>>,
}

/// Standard input, output and error.
pub(super) const STANDARD: [i64; 3] = [0, 1, 2];

impl FdTable {
    /// How many descriptors are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.open.len() == 0
    }

    /// An open descriptor.
    pub fn get(&self, fd: i64) -> Option<&Fd> {
        self.open.get(fd).map(|entry| &*entry.fd)
    }

    /// Looks a descriptor up for an event.
    pub fn look_up(&self, fd: i64) -> Option<&Fd> {
        self.get(fd)
    }

    /// An open descriptor, to change it.
    pub fn get_mut(&mut self, fd: i64) -> Option<&mut Fd> {
        self.changes(fd);
        self.open.get_mut(fd).map(|entry| &mut *entry.fd)
    }

    /// The flags of an open descriptor, to change those that no object shows: it stays what it was bound to.
    pub(super) fn marks_mut(&mut self, fd: i64) -> Option<&mut FdFlags> {
        self.open.get_mut(fd).map(|entry| &mut entry.fd.unseen().flags)
    }

    /// All open descriptors with their numbers, in the order in which the exit view's program lists them.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Fd)> {
        self.open.iter().map(|(number, entry)| (number, &*entry.fd))
    }

    /// Opens a descriptor in place of one with its number. Gives whether it is in the table now: a full table takes
    /// no more.
    pub fn put(&mut self, view: View, number: i64, mut fd: Fd) -> bool {
        if view == View::Classic
            && let Some(old) = self.get(number).filter(|old| old.flags.contains(FdFlags::CLOSING))
        {
            // A thread is between entering and leaving close() on this number.
            let old = old.clone();
            fd.flags -= FdFlags::CLOSING;
            fd.flags |= FdFlags::CLOSE_CANCELED;
            self.open.insert(CANCELED, Entry::new(old));
        }
        if self.open.len() >= MAX_OPEN && self.open.get(number).is_none() {
            return false;
        }
        self.changes(number);
        self.open.insert(number, Entry::new(fd));
        true
    }

    /// Removes a descriptor.
    pub fn remove(&mut self, fd: i64) {
        self.changes(fd);
        self.open.remove(fd);
    }

    /// Removes the descriptors for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(i64, &Fd) -> bool) {
        self.standard.0 = None;
        self.open.retain(|number, entry| keep(number, &entry.fd));
    }

    /// Changes the descriptors for which `which` is true.
    pub fn change(&mut self, which: impl Fn(i64) -> bool, mut change: impl FnMut(&mut Fd)) {
        self.standard.0 = None;
        self.open.iter_mut().filter(|(number, _)| which(*number)).for_each(|(_, entry)| change(&mut entry.fd));
    }

    /// The table of a process that was forked from the owner of this one: its entries, one after the other.
    pub fn forked(&self) -> FdTable {
        let mut copy = FdTable::default();
        self.open.iter().for_each(|(number, entry)| copy.open.insert(number, entry.clone()));
        copy
    }

    /// A descriptor is open to change.
    fn changes(&mut self, fd: i64) {
        if STANDARD.contains(&fd) {
            self.standard.0 = None;
        }
    }

    /// What standard input, output and error are bound to in a segment, if that was remembered.
    pub(super) fn standard(&self, segment: u64) -> Option<[Id<Object>; 3]> {
        self.standard.0.filter(|(of, _)| *of == segment).map(|(_, bound)| bound)
    }

    /// Remembers what standard input, output and error are bound to in a segment.
    pub(super) fn remember_standard(&mut self, segment: u64, bound: [Id<Object>; 3]) {
        self.standard.0 = Some((segment, bound));
    }

    /// The object that a descriptor was bound to in a segment with this serial number, if it did not change since.
    pub(crate) fn known(&self, fd: i64, segment: u64) -> Option<Id<Object>> {
        let entry = self.open.get(fd)?;
        entry.bound.known(segment, entry.fd.version())
    }

    /// A descriptor with what binding remembers of it, and the number of its version.
    pub(super) fn bound(&mut self, fd: i64) -> Option<(&Fd, u32, &mut Bound)> {
        let entry = self.open.get_mut(fd)?;
        Some((&entry.fd, entry.fd.version(), &mut entry.bound))
    }
}
