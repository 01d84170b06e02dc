//! Containers: which one a thread is in, and what the engines say of it.
//!
//! A container is recognized by the names of a thread's control groups ([`id`]), with the code by which captures are
//! read. Everything else comes from a container engine: Docker, or Podman with its socket for Docker's clients
//! ([`socket`]).
//!
//! ```text
//! cgroups of a new thread ──► Resolver ──► container events
//!                                ▲  asks (GET /containers/ID/json, /images/ID/json)
//! engine's event stream ────► Watcher ───► actions (create, exec_create, die, pull …)
//! ```
//!
//! * [`Engine`] is a client of the API: plain HTTP over a Unix socket ([`http`]), every answer bounded in size and time.
//! * [`describe()`] makes the container event's JSON of an answer, in the form that sysdig, Falco and `capture` read.
//!   Values of environment variables never get into it.
//! * [`Resolver`] asks on a thread of its own, so nobody waits for an engine; [`Watcher`] follows the event stream;
//!   [`Observer`] is both together, for a recorder.
//! * [`target::find`] tells which processes `--container` means, [`Newcomers`] which of those that come later.
//!
//! Where no engine answers, [`Bundles`] reads what runtimes leave in files.
//!
//! An engine is not trusted: whatever it answers, or if it never does, the recorder goes on.

mod action;
mod bundle;
mod describe;
mod engine;
mod event;
#[cfg(test)]
mod fake;
pub mod http;
pub mod id;
mod image;
mod newcomers;
mod observer;
mod probe;
mod resolver;
mod short;
pub mod socket;
pub mod target;
mod watcher;

pub use action::Action;
pub use bundle::Bundles;
pub use describe::{Runtime, Unknown, describe, describe_unknown};
pub use engine::{Engine, Listed};
pub use event::{ContainerEvent, action_event, container_event};
pub use http::Error;
pub use id::{Found, identify};
pub use newcomers::Newcomers;
pub use observer::{Observed, Observer};
pub use resolver::{Answer, Resolver};
pub use watcher::{News, Watcher};
