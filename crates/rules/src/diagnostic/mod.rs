//! What is said of rule files: a code, a place, words, advice.
//!
//! A [`Diagnostic`] is data. [`text`](Diagnostic::text) renders it for people, [`to_json`](Diagnostic::to_json) as
//! `falco -V` with JSON output does.

mod code;
mod context;
mod json;
mod render;

pub use code::{Code, Severity};
pub(crate) use context::Context;
pub use context::{At, ItemKind, Location};
pub(crate) use json::result_json;

use crate::source::Place;

/// How many faults of one condition or output are reported.
pub(crate) const MAX_FAULTS: usize = 100;

/// One thing that is wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of thing.
    pub code: Code,
    /// What it is, in words.
    pub message: String,
    /// What it is in, from the file inwards, as Falco says it.
    pub location: Vec<Location>,
    /// The bytes that it is about.
    pub place: Place,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Says something of the innermost item of a context.
    pub(crate) fn new(code: Code, message: impl Into<String>, context: &Context) -> Self {
        Diagnostic {
            code,
            message: message.into(),
            location: context.locations.clone(),
            place: context.place,
            hint: None,
        }
    }

    /// At a place inside of it.
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// With advice.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the rules cannot be used because of it.
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }
}
