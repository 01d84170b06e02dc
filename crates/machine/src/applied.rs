//! What became of one event.

use crate::thread::{KeptEvent, Thread};
use capture_batch::{Container, RowFlags};
use std::sync::Arc;

/// The name of a descriptor in the machine: whose table, which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FdKey {
    /// The thread that has the table.
    pub owner: i64,
    /// The number in the table.
    pub fd: i64,
}

/// What an event was bound to. Reset fills it, family handlers may change it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied {
    /// The thread; `None` where the view finds none for this type of event.
    pub thread: Option<i64>,
    /// The descriptor that the event worked on, if it is open (closed ones stay until the next event).
    pub object: Option<FdKey>,
    /// Where `object` is `None` but the event has to do with descriptors: the open descriptor with the number that the
    /// thread used last. Fields of descriptors fall back on it; what else looks at the event's descriptor does not.
    pub object_by_number: Option<FdKey>,
    /// Whether the descriptor has another name than when it was looked up for this event.
    pub name_changed: bool,
    /// The errno of a failed call, 0 otherwise.
    pub error: i32,
    /// For an exit event: the kept enter event, if it is that of the same call.
    pub enter: Option<KeptEvent>,
    /// For an exit event: whether the thread's last enter event is that of the same call.
    pub paired: bool,
    /// Classic view: how long the call took that the event ends, ns; for a context switch, the thread's last call. 0
    /// for other events.
    pub latency: u64,
    /// Marks that the event's row gets beside others.
    pub marks: RowFlags,
    /// Classic view: the thread made up for a container event, in no table. It is shown as the event's thread.
    pub stand_in: Option<Box<Thread>>,
    /// Exit view: the container that a container event tells of, see [`capture_batch::Target::Container`].
    pub container: Option<Arc<Container>>,
}
