//! From captures to results: reading, replay, and the order in which results appear.
//!
//! ```text
//! Capture ─► Stream ─► make ─┐
//!            (replay)        ├─► merge ─► take
//! Capture ─► Stream ─► make ─┘
//! ```
//!
//! * [`Capture`] is an open file, not yet replayed: it knows when it begins and which view it was made for.
//! * A stream replays one capture into batches ([`capture_machine::replay`]), with [`Pace::Ahead`] on threads of its
//!   own (one reads, one replays) while earlier batches are being used. A few batches are ready at most: memory does not
//!   grow with the capture.
//! * A [`Consumer`] says which rows are of interest to it, makes of every batch what it needs (which rows match, lines
//!   of text), and then takes the rows.
//! * Several captures are merged by time. Each has a machine of its own: process ids of two hosts never mix. Pieces of
//!   one recording become one capture before ([`join()`]).
//!
//! [`run`] does all that. This crate decides which event comes when; what an event means is decided before, what is
//! shown of it afterwards.

mod capture;
mod join;
mod merge;
mod run;
mod stream;

pub use capture::Capture;
pub use join::join;
pub use run::{Consumer, Plan, run};
pub use stream::Pace;
