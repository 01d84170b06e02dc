//! Users and groups: placeholder, see the module's owner.

use crate::{Applied, Machine};
use capture_event::Event;

/// Users and groups by container and number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Users {}

/// Applies an event that adds or removes a user or a group.
pub fn apply(_machine: &mut Machine, _event: &Event<'_>, _applied: &mut Applied) {}
