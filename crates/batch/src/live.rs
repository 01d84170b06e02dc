//! What changes too often to be part of an actor.

use crate::{Id, Object};
use capture_event::tables::fd::FdType;

/// Quantities of a thread and its process at one moment. Rows between which none changed share one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Live {
    /// Virtual memory, kB.
    pub vm_size: u32,
    /// Resident memory, kB.
    pub vm_rss: u32,
    /// Swapped memory, kB.
    pub vm_swap: u32,
    /// Major page faults since the start.
    pub pf_major: u64,
    /// Minor page faults since the start.
    pub pf_minor: u64,
    /// Limit of open descriptors; -1 if unknown.
    pub fd_limit: i64,
    /// Open descriptors of the process.
    pub fd_open: u64,
    /// Threads of the process.
    pub threads: u64,
    /// Children of the process, as the view counts them.
    pub children: u64,
    /// Standard input, output and error of the process.
    pub std: [Id<Object>; 3],
    /// The open descriptors of the process and their types; [`Id::NONE`] unless asked for
    /// ([`Needs::FD_TYPES`](crate::Needs::FD_TYPES)).
    pub fd_types: Id<FdTypes>,
}

/// What a process has open at one moment: descriptor number and type, in the order in which the view's program walks
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct FdTypes(pub Box<[(i64, FdType)]>);

impl FdTypes {
    /// The type of an open descriptor.
    pub fn get(&self, fd: i64) -> Option<FdType> {
        self.0.iter().find(|entry| entry.0 == fd).map(|entry| entry.1)
    }
}
