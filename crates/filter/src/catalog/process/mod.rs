//! `proc.*` and `thread.*`: who acted.

pub(super) mod ancestors;
mod command;
pub(super) mod executable;
pub(super) mod ids;
pub(super) mod leaders;
pub(super) mod names;
pub(super) mod quantities;
pub(super) mod streams;
pub(super) mod thread;
pub(super) mod times;
pub(super) mod vectors;

use super::{Arg, Ask};
use capture_batch::Own;

/// The thread that acted.
fn own<'r>(ask: &Ask<'r>) -> Option<&'r Own> {
    ask.row.own()
}

/// The parent as the classic view sees it: the thread that the acting thread's own parent id names.
fn named_parent<'r>(ask: &Ask<'r>) -> Option<&'r Own> {
    ask.row.parent()
}

/// The parent as the exit view sees it: the leader of the parent process.
fn parent_process<'r>(ask: &Ask<'r>) -> Option<&'r Own> {
    ask.row.ancestor(1)
}

/// The number in brackets behind the field, if there is one that is not negative.
fn index(arg: &Arg) -> Option<usize> {
    match arg {
        Arg::Index(n) => usize::try_from(*n).ok(),
        Arg::None | Arg::Key(_) => None,
    }
}
