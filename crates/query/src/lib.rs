//! From captures to results: reading, replay, and the order in which results appear.
//!
//! ```text
//!             a thread            threads that are free        the caller's thread
//! Input ─► Source ─► Work ─┐                           ┌─► Stream ─┐
//!                          ├─► jobs ─► Batch ─► Maker ─┤           ├─► merge ─► Taker
//! Input ─► Source ─► Work ─┘                           └─► Stream ─┘
//! ```
//!
//! * An [`Input`] is a capture that was not begun yet; a [`Capture`] is one, of files. It begins when its first event is
//!   due, and is a [`Source`] then, which a thread of its own goes through.
//! * A source gives [`Work`]: a batch, or how to make one, on any thread. A capture of events is replayed
//!   ([`capture_machine::replay`]) on the source's thread, with the reader a little ahead on another one. What need not
//!   be looked at is skipped there.
//! * A [`Question`] says which rows are of interest, and has a [`Maker`] for each thread and capture, which makes of
//!   every batch what is needed: which rows are selected, lines of text. Where an answer may depend on the batches
//!   before, one maker gets them all, in order, on the caller's thread.
//! * A [`Taker`] gets what was made on the caller's thread, in order. Several captures are merged by time. Each has a
//!   machine of its own: process ids of two hosts never mix. Pieces of one recording become one capture before
//!   ([`join()`]).
//! * A stream promises results in the order of its source before anybody works on them, and only so many: memory does not
//!   grow with the capture, whoever is slow.
//!
//! [`run`] does all that. With one thread, all of it happens on the caller's, one batch after the other. This crate
//! decides which event comes when; what an event means is decided before, what is shown of it afterwards.

mod capture;
mod follow;
mod join;
mod merge;
mod order;
mod pool;
mod replayed;
mod rows;
mod run;
mod source;
mod stats;
mod stored;
mod stream;

pub use capture::Capture;
pub use follow::Ending;
pub use join::join;
pub use order::{Disorder, Placed, in_order};
pub use rows::{selected, shown};
pub use run::{Made, Maker, Plan, Question, Taker, run};
pub use source::{Damage, Input, Item, Piece, Source, Work};
pub use stats::{Count, Stage, Stats};
