//! Live sources: records what processes do as a stream of capture blocks.
//!
//! The stream is that of a `.scap` capture: a section header, the tables of the host as it is ([`snapshot`]), then
//! events. Whoever keeps it (a file, rotated files, a ring in memory) reads it with `capture_scap::Reader` as any
//! other capture.
//!
//! # How it is arranged
//! * [`sys`] is the system-call layer: the only place with `unsafe`. Everything else works on its safe values.
//! * [`proc`] reads `/proc`, file by file; [`snapshot`] makes the capture's tables of it.
//! * [`container`] finds out which container a thread belongs to, and what the engines say of containers.
//! * [`trace`] follows threads with ptrace; [`calls`] makes events of the system calls that it sees.
//! * [`host`] records what happens on the whole host, without ptrace.
//! * [`stream`] takes events from those who make them to the one who keeps them.

pub mod calls;
pub mod container;
pub mod host;
pub mod proc;
pub mod snapshot;
pub mod stream;
pub mod sys;
pub mod trace;
