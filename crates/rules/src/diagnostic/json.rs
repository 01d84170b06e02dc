//! Results as Falco prints them with JSON output.

use super::context::{Mark, marks};
use super::{Diagnostic, Severity};
use crate::source::Files;
use serde_json::{Value, json};

impl Diagnostic {
    /// The diagnostic in the form of `falco -V` with JSON output. Numbers of lines and columns are Falco's (from 0, and
    /// inside of a condition those of the joined text, added to those of the item); `place` is ours: line and column of
    /// the file, from 1.
    pub fn to_json(&self, files: &Files) -> Value {
        let marks = marks(&self.location, self.place.file, files);
        let locations: Vec<Value> =
            self.location.iter().zip(marks).map(|(location, mark)| location_json(location, &mark)).collect();
        let position = files.position(self.place.file, self.place.start);
        let mut value = json!({
            "code": self.code.name(),
            "codedesc": self.code.words(),
            "context": {
                "locations": locations,
                "snippet": self.excerpt(files),
            },
            "message": self.message,
            "place": {
                "name": files.name(self.place.file),
                "line": position.line,
                "column": position.column,
                "offset": self.place.start,
            },
        });
        if let (Some(hint), Some(object)) = (&self.hint, value.as_object_mut()) {
            object.insert("hint".into(), json!(hint));
        }
        value
    }
}

fn location_json(location: &super::Location, mark: &Mark) -> Value {
    json!({
        "item_name": location.name,
        "item_type": location.kind.name(),
        "position": { "column": mark.column, "line": mark.line, "name": mark.name, "offset": mark.offset },
    })
}

/// What was said of one file, in the form of `falco -V` with JSON output. Lints have a list of their own.
pub(crate) fn result_json(name: &str, diagnostics: &[Diagnostic], files: &Files) -> Value {
    let of = |severity: Severity| -> Vec<Value> {
        let those = diagnostics.iter().filter(|diagnostic| diagnostic.code.severity() == severity);
        those.map(|diagnostic| diagnostic.to_json(files)).collect()
    };
    json!({
        "name": name,
        "successful": !diagnostics.iter().any(Diagnostic::is_error),
        "errors": of(Severity::Error),
        "warnings": of(Severity::Warning),
        "lints": of(Severity::Lint),
    })
}
