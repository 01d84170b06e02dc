//! What is wrong with a test file.

use crate::source::{Files, Place};
use capture_filter::language::error::excerpt;

/// Something that keeps a case from being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is, in words.
    pub message: String,
    /// The bytes of the test file that it is about.
    pub place: Place,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, place: Place) -> Self {
        Fault { message: message.into(), place, hint: None }
    }

    pub(super) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// The fault as some lines: message, the line of the file with carets, advice.
    pub fn text(&self, files: &Files) -> String {
        let Place { file, start, .. } = self.place;
        let mut text = format!("error: {}", self.message);
        text += &excerpt(files.text(file), self.place.span(), files.position(file, start), Some(files.name(file)));
        if let Some(hint) = &self.hint {
            text += &format!("\n  = {hint}");
        }
        text
    }
}

/// Asks whether something else was meant.
pub(super) fn did_you_mean<'c>(word: &str, known: impl Iterator<Item = &'c str>) -> Option<String> {
    capture_filter::language::error::nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}
