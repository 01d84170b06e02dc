//! The threads of a host, and the events that change them: one file a family.

pub mod groups;
mod table;

pub use table::Threads;

use crate::{Applied, Machine};
use capture_event::Event;

/// Applies an event that changes threads. Events that are none of this family's are left alone.
pub fn apply(_machine: &mut Machine, _event: &Event<'_>, _applied: &mut Applied) {}
