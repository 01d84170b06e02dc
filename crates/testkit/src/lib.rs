//! Support for tests: hand-made captures, shared captures, the programs to compare with.
//!
//! [`CaptureBuilder`] writes captures from the format's description alone. It shares no code with the reader or the
//! writer, nor with the event schema, so a layout that is wrong there cannot agree with itself here.
//!
//! ```
//! use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process};
//! let capture = CaptureBuilder::new()
//!     .process(Process::new(100, "bash").parent(1).args(&["-c", "ls"]))
//!     .fd(100, Fd::file(0, "/dev/null"))
//!     .event(EventBuilder::new(1_000_000_000, 100, 2).str("/etc/passwd").u32(1).u32(0)) // open, enter
//!     .event(EventBuilder::new(1_000_000_500, 100, 3).i64(3).str("/etc/passwd").u32(1).u32(0))
//!     .to_bytes();
//! assert_eq!(capture.len() % 4, 0);
//! ```
//!
//! Times are nanoseconds since the epoch; codes are the numbers of the event schema.
//!
//! Tests that need something that is not there (shared captures, an installed program, a Docker engine that can be
//! started) say so with [`skip`] and return.

mod capture;
mod docker;
mod event;
mod fd;
mod le;
mod parallel;
mod process;
mod programs;
mod random;
mod shared;

pub use capture::{CaptureBuilder, block};
pub use docker::Docker;
pub use event::EventBuilder;
pub use fd::Fd;
pub use parallel::parallel;
pub use process::Process;
pub use programs::{Program, find, install, newest, sysdig, wait_for_arguments};
pub use random::{Form, random_capture};
pub use shared::{captures, shared_dir, skip};
