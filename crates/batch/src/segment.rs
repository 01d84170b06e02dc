//! The append-only stores of interned values.

use crate::{Container, FdTypes, Lineage, Object, Own, Text};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::LazyLock;

/// The place of an interned value in its [`Table`]: dense, from 0.
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// No value.
    pub const NONE: Id<T> = Id(u32::MAX, PhantomData);

    /// The id with this number.
    pub const fn new(index: u32) -> Self {
        Id(index, PhantomData)
    }

    /// Its number, for tables kept beside; meaningless for [`Id::NONE`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether it is [`Id::NONE`].
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() { f.write_str("-") } else { write!(f, "#{}", self.0) }
    }
}

/// A list of interned values: one that grows, and can be read while it does; or one that is stored, and read when
/// somebody looks at it.
pub struct Table<T>(Values<T>);

enum Values<T> {
    Growing(Box<boxcar::Vec<T>>),
    Stored(LazyLock<Vec<T>, Box<dyn FnOnce() -> Vec<T> + Send>>),
}

impl<T> Table<T> {
    /// The table of values that `load` gives.
    pub fn late(load: impl FnOnce() -> Vec<T> + Send + 'static) -> Self {
        Table(Values::Stored(LazyLock::new(Box::new(load))))
    }

    /// Adds a value; `None` when the table is full (2³²-1 values), or is a stored one.
    pub fn push(&self, value: T) -> Option<Id<T>> {
        let Values::Growing(values) = &self.0 else { return None };
        let index = u32::try_from(values.push(value)).ok()?;
        Some(Id::new(index)).filter(|id| !id.is_none())
    }

    /// The value with an id.
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        if id.is_none() {
            return None;
        }
        match &self.0 {
            Values::Growing(values) => values.get(id.index()),
            Values::Stored(values) => values.get(id.index()),
        }
    }

    /// How many values it holds.
    pub fn len(&self) -> usize {
        match &self.0 {
            Values::Growing(values) => values.count(),
            Values::Stored(values) => values.len(),
        }
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(Values::Growing(Box::default()))
    }
}

/// The interned values that a run of batches refers to. Written by one machine, read by everybody.
#[derive(Default)]
pub struct Segment {
    /// Which segment of its capture it is, from 0. Evaluators that keep answers by id drop them when it changes.
    pub serial: u64,
    /// Versions of threads.
    pub owns: Table<Own>,
    /// What programs and containers versions of threads are of ([`Own::program`]), each once. Of stored segments only:
    /// they are few, and are read without the versions.
    pub programs: Table<Own>,
    /// Ancestors and leaders.
    pub lineages: Table<Lineage>,
    /// What events worked on.
    pub objects: Table<Object>,
    /// Versions of containers.
    pub containers: Table<Container>,
    /// What processes have open ([`crate::Live::fd_types`]).
    pub fd_types: Table<FdTypes>,
    /// Names that parameters refer to: commands of other threads, users, groups.
    pub names: Table<Text>,
}
