//! Diagnostics for people.

use super::{Code, Diagnostic, ItemKind, Severity};
use crate::source::{Files, Place};
use capture_filter::language::error::excerpt;

impl Diagnostic {
    /// The diagnostic as some lines: code and message, what it is about, the line of the file with carets, advice.
    ///
    /// ```text
    /// error[LOAD_ERR_VALIDATE]: there is no macro `spawned` before it
    ///   --> shell.yaml:3:14
    ///    |
    ///  3 |   condition: spawned and proc.name = sh
    ///    |              ^^^^^^^
    ///   = in rule `Shell`
    ///   = did you mean `spawned_process`?
    /// ```
    pub fn text(&self, files: &Files) -> String {
        let severity = match self.code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Lint => "lint",
        };
        let file = self.place.file;
        let mut text = format!("{severity}[{}]: {}", self.code.name(), self.message);
        let has_text = !matches!(self.code, Code::FileRead) && !files.text(file).is_empty();
        text += &match has_text {
            true => self.excerpt(files),
            false => format!("\n  --> {}", files.name(file)),
        };
        if let Some(item) = self.item() {
            text += &format!("\n  = in {item}");
        }
        if let Some(hint) = &self.hint {
            text += &format!("\n  = {hint}");
        }
        text
    }

    /// The line of the file that it is about, with carets.
    pub(super) fn excerpt(&self, files: &Files) -> String {
        let Place { file, start, .. } = self.place;
        excerpt(files.text(file), self.place.span(), files.position(file, start), Some(files.name(file)))
    }

    /// The outermost named item that it is in, such as ``rule `Shell` ``.
    fn item(&self) -> Option<String> {
        let named = |kind| matches!(kind, ItemKind::Rule | ItemKind::Macro | ItemKind::List);
        let item = self.location.iter().find(|location| named(location.kind) && !location.name.is_empty())?;
        Some(format!("{} `{}`", item.kind.name(), item.name))
    }
}
