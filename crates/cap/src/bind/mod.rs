//! What a view binds to the events of a batch: who did it, what it worked on, its number and marks.
//!
//! Everything is coded as the difference to what can be foreseen ([`coder`]): a thread is as it was at its last event,
//! a descriptor stands for what it stood for, the exit view has what the classic view has.

mod changes;
mod coder;
mod columns;
mod further;
mod layout;
mod lives;
mod put;
mod read;
mod rows;

pub(crate) use further::add as add_further;
pub use layout::Layout;
pub(crate) use layout::Listed;
pub(crate) use put::{Values, put};
pub use read::{At, Place, Views};
pub use rows::RowEvents;

use capture_batch::View;
use capture_event::schema::{self, Dialect};
use std::sync::OnceLock;

/// The views, in the order in which they are stored: a later one is stored as what differs from the one before.
pub const VIEWS: [View; 2] = [View::Classic, View::Exit];

/// The parameter of events of a type that is the number of their descriptor.
pub(crate) fn fd_param(code: u16) -> Option<usize> {
    static PARAMS: OnceLock<Vec<Option<usize>>> = OnceLock::new();
    let of_type = |code| schema::event(code, Dialect::Newest)?.params.iter().position(|param| param.name == "fd");
    let params = PARAMS.get_or_init(|| (0..schema::EVENT_COUNT).map(of_type).collect());
    params.get(usize::from(code)).copied().flatten()
}

/// The number that a parameter of eight bytes is.
pub(crate) fn fd_of(value: &[u8]) -> Option<i64> {
    value.try_into().ok().map(i64::from_le_bytes)
}
