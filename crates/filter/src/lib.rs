//! The filter language and everything that reads fields: parser, field catalog, evaluator, formatter.
//!
//! # From text to answer
//!
//! Each phase has its own type and can be printed:
//!
//! 1. **Read**: [`language::parser::parse`] makes an [`Expr`](language::ast::Expr) of a text. Tokens depend on their
//!    place, so the parser asks the lexer for what may stand there. An expression prints as a text that reads as the
//!    same expression.
//! 2. **Check**: fields are looked up in the [`catalog`], values are read as the field's type, operators and
//!    transformers have to apply. All faults are found, each with place and advice ([`FilterError`]).
//! 3. **Plan**: equal conditions become one, cheap ones come first. [`Filter::explain`] prints how often each condition
//!    is computed.
//! 4. **Evaluate**: [`Columns`] over batches, [`Sequential`] row by row as the reference. They always agree.
//!
//! Adding an operator, a transformer or a field is one entry: in [`language::operator::OPERATORS`],
//! [`language::transformer::TRANSFORMERS`], or a family of the [`catalog`].
//!
//! ```
//! use capture_batch::View;
//! use capture_filter::{Env, Filter};
//!
//! let filter = Filter::compile("proc.name = cat and evt.type = open", View::Exit, &Env::default())?;
//! assert_eq!(filter.explain(), "all of\n  once a type: evt.type = open\n  once a thread: proc.name = cat\n");
//! let errors = Filter::compile("proc.nmae = cat", View::Exit, &Env::default()).err().unwrap_or_default();
//! assert_eq!(errors[0].hint.as_deref(), Some("did you mean `proc.name`?"));
//! # Ok::<(), Vec<capture_filter::FilterError>>(())
//! ```
//!
//! # The parts
//!
//! * [`catalog`] lists the fields: one entry each, with name, type, what it depends on, how to read it, help.
//! * [`Filter`] selects events, [`Format`] prints them. Many filters at once are a [`FilterSet`]: what several ask is
//!   asked once.
//! * [`mod@print`] is how the parameters of events print.
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
pub use evaluate::{Columns, FilterInterest, FilterSet, OnBatch, Selection, Sequential};
pub use filter::Filter;
pub use format::Format;
pub use hosts::HostNames;
pub use language::error::{FilterError, FilterWarning};
pub use value::{Extracted, Value};
