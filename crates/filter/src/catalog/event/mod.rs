//! Fields of the event itself, one theme a file.

pub(super) mod args;
pub(super) mod counts;
pub(super) mod infra;
pub(super) mod io;
pub(super) mod kind;
pub(super) mod latency;
pub(super) mod open;
pub(super) mod recorder;
pub(super) mod result;
pub(super) mod time;

use capture_batch::{Object, Row, RowFlags};
use capture_event::tables::fd::FdType;
use capture_event::{EventFlags, code};

/// The properties of an event's type.
pub(super) fn flags(row: Row<'_>) -> EventFlags {
    row.info().map_or(EventFlags::empty(), |info| info.flags)
}

/// What the event worked on, if the event itself found it: not what the descriptor used last stands for.
pub(super) fn object<'r>(row: Row<'r>) -> Option<&'r Object> {
    row.object().filter(|_| !row.flags().contains(RowFlags::OBJECT_BY_NUMBER))
}

/// Whether it is the exit of a call.
fn is_exit(row: Row<'_>) -> bool {
    !row.code().is_multiple_of(2)
}

/// Whether it is a call without an event type of its own.
fn is_generic(row: Row<'_>) -> bool {
    matches!(row.code(), code::GENERIC_E | code::GENERIC_X)
}

/// Whether an object is an internet socket, connected or listening.
fn is_net(object: &Object) -> bool {
    object.fd_type.is_inet()
}

/// Whether an object is a file, not counting directories.
fn is_file(object: &Object) -> bool {
    matches!(object.fd_type, FdType::File | FdType::FileV2)
}
