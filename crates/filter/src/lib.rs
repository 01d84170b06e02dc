//! The filter language and everything that reads fields: parser, field catalog, evaluator, formatter.
//!
//! * [`catalog`] lists the fields: one entry each, with name, type, what it depends on, how to read it, help.
//! * [`value`] is what a field yields, and how it prints.

pub mod catalog;
pub mod value;

pub use catalog::{Arg, Ask, Depends, Env, Field};
pub use value::{Extracted, Value};
