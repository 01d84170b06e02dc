//! Containers: placeholder, see the module's owner.

use crate::{Applied, Machine};
use capture_event::Event;

/// Containers by id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Containers {}

/// Applies a container event.
pub fn apply(_machine: &mut Machine, _event: &Event<'_>, _applied: &mut Applied) {}
