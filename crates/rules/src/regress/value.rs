//! What a value is expected to be.

use capture_filter::glob::Glob;
use regex::Regex;
use serde_json::Value;
use std::fmt::{self, Display, Formatter};

/// What a value is expected to be.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// There is none.
    Missing,
    /// This text.
    Exactly(String),
    /// A text like this pattern, as a filter's `glob`.
    Glob(String, Glob),
    /// A text that this expression matches as a whole, as a filter's `regex`.
    Regex(String, Regex),
    /// A text with this in it.
    Contains(String),
    /// A text that begins so.
    StartsWith(String),
    /// A text that ends so.
    EndsWith(String),
    /// One of these texts.
    In(Vec<String>),
}

/// The keys of patterns.
pub(super) const PATTERNS: &[&str] = &["glob", "regex", "contains", "startswith", "endswith", "in"];

impl Wanted {
    /// A pattern by its key. The error says what is wrong with it.
    pub(super) fn pattern(key: &str, text: &str) -> Result<Wanted, String> {
        Ok(match key {
            "glob" => Wanted::Glob(text.to_owned(), Glob::new(text.as_bytes(), false)),
            "regex" => {
                Regex::new(text).map_err(|error| error.to_string())?;
                let whole = Regex::new(&format!("^(?:{text})$")).map_err(|error| error.to_string())?;
                Wanted::Regex(text.to_owned(), whole)
            }
            "contains" => Wanted::Contains(text.to_owned()),
            "startswith" => Wanted::StartsWith(text.to_owned()),
            _ => Wanted::EndsWith(text.to_owned()),
        })
    }

    /// Whether a value is so. Values are compared as texts; a missing one is `<NA>`.
    pub fn fits(&self, value: &Value) -> bool {
        let text = text_of(value);
        match self {
            Wanted::Missing => value.is_null(),
            Wanted::Exactly(wanted) => *wanted == text,
            Wanted::Glob(_, glob) => glob.matches(text.as_bytes()),
            Wanted::Regex(_, regex) => regex.is_match(&text),
            Wanted::Contains(part) => text.contains(part),
            Wanted::StartsWith(part) => text.starts_with(part),
            Wanted::EndsWith(part) => text.ends_with(part),
            Wanted::In(texts) => texts.contains(&text),
        }
    }
}

impl Display for Wanted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Missing => f.write_str("no value"),
            Wanted::Exactly(text) => write!(f, "`{text}`"),
            Wanted::Glob(text, _) => write!(f, "a text like `{text}`"),
            Wanted::Regex(text, _) => write!(f, "a text that `{text}` matches"),
            Wanted::Contains(part) => write!(f, "a text with `{part}` in it"),
            Wanted::StartsWith(part) => write!(f, "a text that begins with `{part}`"),
            Wanted::EndsWith(part) => write!(f, "a text that ends with `{part}`"),
            Wanted::In(texts) => write!(f, "one of `{}`", texts.join("`, `")),
        }
    }
}

/// A value of an alert as text.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "<NA>".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_texts() {
        let pattern = |key, text| Wanted::pattern(key, text).unwrap();
        assert!(Wanted::Exactly("42".into()).fits(&json!(42)));
        assert!(Wanted::Exactly("true".into()).fits(&json!(true)));
        assert!(Wanted::Exactly("<NA>".into()).fits(&json!(null)) && Wanted::Missing.fits(&json!(null)));
        assert!(!Wanted::Missing.fits(&json!("")));
        assert!(pattern("glob", "/etc/*").fits(&json!("/etc/a/b")) && !pattern("glob", "/etc").fits(&json!("/etc/a")));
        assert!(pattern("regex", "a+").fits(&json!("aa")) && !pattern("regex", "a+").fits(&json!("aab")));
        assert!(pattern("contains", "b").fits(&json!("abc")) && pattern("startswith", "ab").fits(&json!("abc")));
        assert!(pattern("endswith", "bc").fits(&json!("abc")) && !pattern("endswith", "a").fits(&json!("abc")));
        assert!(Wanted::In(vec!["a".into(), "b".into()]).fits(&json!("b")));
        assert!(Wanted::pattern("regex", "(").is_err());
    }
}
