//! Texts and lists of an engine's answer, kept within bounds.

use serde_json::{Map, Value};

/// Longest text kept of an answer, in bytes.
pub(super) const MAX_TEXT: usize = 4096;

/// Most entries kept of a list.
pub(super) const MAX_ENTRIES: usize = 512;

/// How many digits of a container's id events carry.
const SHORT_ID: usize = 12;

/// A text's beginning, at most `limit` bytes.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The id that events carry of a full one. Names are not shortened: only ids of digits are.
pub(super) fn short_id(full: &str) -> &str {
    let is_hex = full.len() > SHORT_ID && full.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex { cut(full, SHORT_ID) } else { full }
}

/// The text at a path of member names, empty if there is none.
pub(super) fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    at(value, path).and_then(Value::as_str).map_or("", |text| cut(text, MAX_TEXT))
}

/// The number at a path of member names, 0 if there is none.
pub(super) fn number(value: &Value, path: &[&str]) -> i64 {
    at(value, path).and_then(Value::as_i64).unwrap_or(0)
}

/// The truth at a path of member names, false if there is none.
pub(super) fn truth(value: &Value, path: &[&str]) -> bool {
    at(value, path).and_then(Value::as_bool).unwrap_or(false)
}

/// The first entries of the list at a path of member names.
pub(super) fn list<'v>(value: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v Value> {
    at(value, path).and_then(Value::as_array).into_iter().flatten().take(MAX_ENTRIES)
}

/// The first texts of the list at a path of member names.
pub(super) fn texts<'v>(value: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v str> {
    list(value, path).filter_map(Value::as_str).map(|text| cut(text, MAX_TEXT))
}

/// The object at a path of member names.
pub(super) fn object<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Map<String, Value>> {
    at(value, path).and_then(Value::as_object)
}

fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!((cut("aé", 2), cut("aé", 3), cut("", 5)), ("a", "aé", ""));
        assert_eq!(short_id(&"ab".repeat(32)), "abababababab");
        assert_eq!((short_id("web"), short_id("a-machine-with-a-long-name")), ("web", "a-machine-with-a-long-name"));
    }
}
