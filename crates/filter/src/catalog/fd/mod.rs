//! `fd.*`: what the event worked on.

pub(super) mod address;
pub(super) mod device;
pub(super) mod host;
pub(super) mod kind;
pub(super) mod local;
pub(super) mod name;
pub(super) mod number;
pub(super) mod port;
mod socket;

use super::Ask;
use capture_batch::{Object, Own};
use capture_event::EventInfo;

/// What the event worked on.
fn object<'r>(ask: &Ask<'r>) -> Option<&'r Object> {
    ask.row.object()
}

/// The thread, if the event's type is one that makes, uses or closes a descriptor.
fn user<'r>(ask: &Ask<'r>) -> Option<&'r Own> {
    ask.row.own().filter(|_| ask.row.info().is_some_and(EventInfo::is_about_fds))
}
