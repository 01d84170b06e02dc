//! Replays events into the state of a host, and binds to every event what the state says of it.
//!
//! [`Machine`] is the host at one moment: its threads, their descriptors, users, containers. It is a plain value:
//! it can be built in a test, printed and compared. A machine is run for one [`View`]; the few rules in which
//! the views differ ask for it by name.
//!
//! # What happens to one event
//!
//! [`Machine::apply`] does four things, in this order:
//!
//! 1. **Cleanup** of the event before: a thread that exited and descriptors that were closed stay visible until
//!    the next event, so that the exit and the close themselves can still be explained ([`apply`]).
//! 2. **Reset**: find the thread, keep its books (time of the enter event, descriptor of the call under way,
//!    whether this exit belongs to the last enter), look up the descriptor ([`reset`]).
//! 3. **Family handler**: one small file each, for processes in [`threads`], for descriptors in [`fds`], and
//!    [`containers`] and [`users`].
//! 4. **Result**: [`Applied`] says what the event was bound to.
//!
//! What an event *means* is decided there and nowhere else; binding only looks at the state.
//!
//! Which of these steps an event takes is decided once for its type (`steps`). Most events change no more than the books
//! of their thread; where nobody wants a row of such a one, it takes a short way that leaves the same behind (`quiet`).

mod allowance;
pub mod applied;
pub mod apply;
pub mod bind;
pub mod containers;
pub mod converter;
mod export;
pub mod fds;
mod keep;
pub mod machine;
pub mod native;
mod quiet;
pub mod replay;
pub mod reset;
mod steps;
pub mod thread;
pub mod threads;
pub mod tracked;
pub mod users;

pub use applied::{Applied, FdKey};
pub use capture_batch::View;
pub use machine::Machine;
pub use replay::{Follower, Piece, Replay};
pub use thread::{Identity, KeptEvent, LastEvent, Thread};
pub use threads::Threads;
