//! Descriptors: placeholder, see the module's owner.

use crate::{Applied, Machine};
use capture_event::Event;

/// One open descriptor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fd {}

/// The descriptors of a process. Empty tables allocate nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FdTable {}

impl FdTable {
    /// How many descriptors are open.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An open descriptor.
    pub fn get(&self, _fd: i64) -> Option<&Fd> {
        None
    }

    /// Looks a descriptor up for an event: the name it has now becomes its old name (see
    /// [`Applied::name_changed`]). Called by reset and by every handler that gets a descriptor for its event.
    pub fn look_up(&mut self, fd: i64) -> Option<&mut Fd> {
        let _ = fd;
        None
    }

    /// Removes a descriptor.
    pub fn remove(&mut self, _fd: i64) {}

    /// The table of a process that was forked from the owner of this one.
    pub fn forked(&self) -> FdTable {
        self.clone()
    }
}

/// Applies an event that makes, changes, uses or closes descriptors. Called after reset for every event that has a
/// thread or not; events that are none of this family's are left alone.
pub fn apply(_machine: &mut Machine, _event: &Event<'_>, _applied: &mut Applied) {}
