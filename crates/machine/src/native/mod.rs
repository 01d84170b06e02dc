//! The native format: a `.cap` holds batches of events together with what both views bind to them.
//!
//! * [`Followers`] follow a capture that is being written, one for each view.
//! * [`batch`] makes of a stored batch one in memory, as a replay of the capture would: nothing is replayed, and only
//!   what somebody looks at is read.

mod alike;
mod converted;
mod read;
mod write;

pub use read::batch;
pub use write::Followers;
