//! What the kernel says of threads in `/proc`.
//!
//! One file of this module for each file of `/proc`: its form, its type, its parser. Parsers take the text and never
//! fail otherwise than by `None`, whatever it is: comms, arguments, paths and names of sockets have any bytes.
//! [`Directory`] reads the files, [`Host`] holds what is read once for many threads, and [`Facts`] is all of one
//! thread in the form that captures have it.
//!
//! The directory need not be `/proc`: the host's may be mounted elsewhere, and tests make up their own.

pub mod cgroups;
pub mod command_line;
mod directory;
pub mod executable;
mod facts;
pub mod fdinfo;
mod host;
pub mod limits;
pub mod machine;
pub mod mounts;
mod namespaces;
mod open_flags;
pub mod scan;
pub mod sockets;
pub mod stat;
pub mod status;

pub use directory::Directory;
pub use executable::Executable;
pub use facts::{Capabilities, Facts, Memory, Missing};
pub use host::Host;
pub use machine::Machine;
pub use open_flags::open_flags;
