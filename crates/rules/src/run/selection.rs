//! Which rules are switched on.

use crate::rule_set::Rule;

/// What rules are chosen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Rules with this name; `*` in it stands for any text. An empty one is every rule's.
    Name(String),
    /// Rules whose names have this text in them.
    Part(String),
    /// Rules with this tag.
    Tag(String),
}

/// Switches rules on or off. Of several choices, the last one that is about a rule decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub selector: Selector,
    /// Whether on.
    pub is_on: bool,
}

impl Choice {
    /// Whether a rule is on after these choices.
    pub(super) fn decide(choices: &[Choice], rule: &Rule) -> bool {
        let last = choices.iter().rev().find(|choice| choice.selector.is_about(rule));
        last.map_or(rule.enabled, |choice| choice.is_on)
    }
}

impl Selector {
    /// Whether a rule is one of these.
    fn is_about(&self, rule: &Rule) -> bool {
        match self {
            Selector::Name(pattern) => pattern.is_empty() || is_like(pattern.as_bytes(), rule.name.as_bytes()),
            Selector::Part(part) => rule.name.contains(part.as_str()),
            Selector::Tag(tag) => rule.tags.contains(tag),
        }
    }
}

/// Whether a text is like a pattern in which `*` stands for any text.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let mut pieces = pattern.split(|byte| *byte == b'*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&[u8]> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        // The earliest place leaves the most for what follows.
        let found = if piece.is_empty() { Some(0) } else { rest.windows(piece.len()).position(|at| at == piece) };
        let Some(after) = found.and_then(|at| rest.get(at + piece.len()..)) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "ac", true),
            ("a*b*c", "a-c-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*bc", "abc", false),
            ("**", "x", true),
        ] {
            assert_eq!(is_like(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
