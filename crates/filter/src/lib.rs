//! The filter language and everything that reads fields: parser, field catalog, evaluator, formatter.
//!
//! * [`catalog`] lists the fields: one entry each, with name, type, what it depends on, how to read it, help.
//! * [`Filter`] selects events, [`Format`] prints them.
//! * [`print`] is how the parameters of events print.
//! * [`glob`] matches patterns as the C library does.
//! * [`hosts`] knows names of addresses without asking the network.
//! * [`value`] is what a field yields, and how it prints.

pub mod catalog;
mod check;
mod env;
mod evaluate;
mod filter;
pub mod format;
pub mod glob;
pub mod hosts;
pub mod language;
mod matching;
pub mod print;
mod time;
pub mod value;

pub use catalog::{Arg, Ask, Depends, Field, FieldUse};
pub use env::{BufferFormat, Env, TimeOutput};
pub use evaluate::{Columns, Selection, Sequential};
pub use filter::Filter;
pub use format::Format;
pub use hosts::HostNames;
pub use language::error::{FilterError, FilterWarning};
pub use value::{Extracted, Value};
