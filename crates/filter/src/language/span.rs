//! Places in the text of a filter.

/// The bytes `start..end` of a filter's text.
///
/// Spans take no part in comparisons: two expressions are equal when they say the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl PartialEq for Span {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl Span {
    /// The bytes `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end: end.max(start) }
    }

    /// Moves it by so many bytes.
    pub(crate) fn move_by(&mut self, by: usize) {
        *self = Span::new(self.start.saturating_add(by), self.end.saturating_add(by));
    }
}

/// A line and a column of a text, both from 1; a column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl Position {
    /// Where byte `offset` of a text is.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..floor(text, offset)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|&b| b == b'\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

/// The nearest offset at or before `offset` where a character starts.
pub(crate) fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_from_the_line_start() {
        let text = "a=b\nä=x";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, 3), Position { line: 1, column: 4 });
        assert_eq!(Position::of(text, 6), Position { line: 2, column: 2 });
        assert_eq!(Position::of(text, 5), Position { line: 2, column: 1 });
        assert_eq!(Position::of(text, 99), Position { line: 2, column: 4 });
    }
}
