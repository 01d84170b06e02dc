//! Looks for valid filters that are probably not meant.

use super::Checker;
use super::source::{Reader, Source};
use crate::catalog::Usual;
use crate::catalog::lookup::prefix;
use crate::language::ast::{Check, Literal};
use crate::language::error::{FilterWarning, WarningKind};
use crate::language::span::Position;
use crate::language::transformer::TRANSFORMERS;

impl Checker {
    /// Warns of an odd value of `left`.
    pub(super) fn value_warnings(&mut self, check: &Check, left: &Source, literal: &Literal) {
        let value = String::from_utf8_lossy(&literal.bytes).into_owned();
        if let Reader::Field { field, .. } = &left.reader
            && !may_hold(field.field.usual, check.operator.name, &value)
        {
            let kind =
                WarningKind::NeverMatches { field: field.field.name, value: value.clone(), usual: field.field.usual };
            self.warn(kind, literal);
        }
        if check.operator.name == "regex" && is_plain(&value) {
            self.warn(WarningKind::PlainPattern { pattern: value.clone() }, literal);
        }
        let dense: String = value.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if prefix(&dense, self.view).is_ok_and(|(_, len)| len == dense.len()) {
            self.warn(WarningKind::FieldAsValue { value: value.clone() }, literal);
        }
        let called =
            |name: &str| dense.strip_prefix(name).is_some_and(|rest| rest.starts_with('(') && rest.ends_with(')'));
        let names = TRANSFORMERS.iter().map(|transformer| transformer.name);
        for _ in names.chain(["val"]).filter(|name| called(name)) {
            self.warn(WarningKind::TransformerAsValue { value: value.clone() }, literal);
        }
    }

    fn warn(&mut self, kind: WarningKind, literal: &Literal) {
        self.warnings.push(FilterWarning { kind, span: literal.span, check: None, position: Position::default() });
    }
}

/// Whether a field with such values may be so compared with a value.
fn may_hold(usual: Usual, operator: &str, value: &str) -> bool {
    let is_whole = matches!(operator, "=" | "==" | "!=" | "in" | "intersects");
    let is_part = matches!(operator, "contains" | "startswith" | "endswith");
    match usual {
        Usual::Any => true,
        Usual::OneOf(values) => !is_whole || values.contains(&value),
        Usual::AtMost(longest) => !(is_whole || is_part) || value.len() <= longest,
    }
}

/// Whether a pattern has nothing but plain characters, anchors at its ends, and "any text" at its ends.
fn is_plain(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    let last = bytes.len().saturating_sub(1);
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let repeats = bytes.get(i + 1).is_some_and(|next| b"+*?".contains(next));
        if (i == 0 && byte == b'^') || (i == last && byte == b'$') {
            i += 1;
        } else if byte == b'.' && repeats && (i == 0 || i + 2 == bytes.len()) {
            i += 2;
        } else if b".+*?^$()[]{}|\\".contains(&byte) {
            return false;
        } else {
            i += 1;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn wildcards_at_the_ends_are_plain() {
        for plain in ["/etc", ".*", "^/etc$", ".*lib.*", "a.*", ""] {
            assert!(is_plain(plain), "{plain}");
        }
        for pattern in ["c(at|url)", "a.b", "/etc/[a-z]", "a.*b", "."] {
            assert!(!is_plain(pattern), "{pattern}");
        }
    }
}
