//! Values that know whether they were changed.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// A value with a version number that goes up whenever the value may have changed. Reading is free; every mutable
/// access counts as a change. The version is bookkeeping: it takes no part in comparing or printing.
#[derive(Clone, Default)]
pub struct Tracked<T> {
    value: T,
    version: u32,
}

impl<T> Tracked<T> {
    /// A value that was never changed.
    pub fn new(value: T) -> Self {
        Tracked { value, version: 0 }
    }

    /// The value, for changes that do not matter to who asks for its version.
    pub fn unseen(&mut self) -> &mut T {
        &mut self.value
    }

    /// How often the value was open to change.
    pub fn version(&self) -> u32 {
        self.version
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.version = self.version.wrapping_add(1);
        &mut self.value
    }
}

impl<T: PartialEq> PartialEq for Tracked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// What binding remembers of a value. Not part of the state: all memos are equal, and a copied value starts with
/// an empty one.
#[derive(Default)]
pub struct Memo<T>(pub T);

impl<T: Default> Clone for Memo<T> {
    fn clone(&self) -> Self {
        Memo(T::default())
    }
}

impl<T> PartialEq for Memo<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> fmt::Debug for Memo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}
