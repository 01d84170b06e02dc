//! What happens on the whole host, without ptrace: see `docs/recording.md`.
//!
//! Three sources of the kernel tell of it, each of a part:
//!
//! ```text
//! fanotify          files: which process opened, wrote, made, moved, deleted which     files, paths, notify
//! process connector forks, execs, exits, changes of ids and names                     connector, processes
//! sock_diag         the sockets there are, asked for again and again                   sockets
//! ```
//!
//! * `mounts` knows what lies where as seen from each mount namespace: a file is told with the path by which its
//!   process sees it, and once, whatever layers of an overlay report it.
//! * `tell` makes events of it all, in the vocabulary of system calls as far as it is true.
//! * `watches` are those of files, as auditd's users write them; `wishes` what the kernel is asked for.
//! * `Recorder` goes round: it takes what the sources have, brings it into an order, and has it told.

pub(crate) mod connector;
mod files;
mod mounts;
mod notify;
mod paths;
mod processes;
mod recorder;
mod sockets;
pub(crate) mod tell;
mod watches;
mod wishes;

pub use recorder::{Recorder, Sources};
pub use watches::{Preset, Watches};
pub use wishes::Wishes;
