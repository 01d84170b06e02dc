//! The event schema as data: which events exist, what their parameters are called, how each is encoded and
//! printed, and the tables (flags, errnos, signals, system calls …) their values refer to.
//!
//! * [`schema`] declares every event type once. `schema::event(code, dialect)` gives its [`EventInfo`].
//! * [`Event`] is one event as read from a capture: header and raw parameter bytes, borrowed. It knows nothing
//!   about who prints it.
//! * [`param`] holds parameter types and decoding; [`flags`] the flag tables; [`tables`] all the rest.
//!
//! **Two dialects.** The classic schema (sysdig 0.29, schema 1.x) sends an enter event with the arguments and an
//! exit event with the result; the newest (schema 4.x) sends one exit event with both. Codes are shared, and a
//! parameter never moved, so one declaration serves both: it is written for the newest schema and lists what the
//! classic one has differently.
//!
//! Facts (names, numbers, layouts) are those of falcosecurity/libs (Apache-2.0).

pub mod event;
pub mod flags;
pub mod option;
pub mod param;
pub mod recording;
pub mod schema;
pub mod tables;

pub use event::Event;
pub use flags::FlagTable;
pub use param::{ParamInfo, ParamType, PrintFormat};
pub use schema::{Category, Dialect, EventFlags, EventInfo, Source, code};
