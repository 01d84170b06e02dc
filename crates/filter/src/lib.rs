//! The filter language and everything that reads fields: parser, field catalog, evaluator, formatter.
//!
//! * [`catalog`] lists the fields: one entry each, with name, type, what it depends on, how to read it, help.
//! * [`print`] is how the parameters of events print.
//! * [`value`] is what a field yields, and how it prints.

pub mod catalog;
mod env;
pub mod print;
mod time;
pub mod value;

pub use catalog::{Arg, Ask, Depends, Field};
pub use env::{BufferFormat, Env, TimeOutput};
pub use value::{Extracted, Value};
