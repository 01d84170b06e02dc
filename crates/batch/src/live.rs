//! What changes too often to be part of an actor.

use crate::{Id, Object};

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
    /// CPU time of the last scheduled slice, ns.
    pub exec_time: u64,
    /// CPU time since the capture began, ns.
    pub total_exec_time: u64,
    /// CPU usage of the last second, percent: user and system.
    pub cpu: [f64; 2],
}
