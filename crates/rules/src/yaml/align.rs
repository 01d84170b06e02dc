//! From a byte of a scalar's text to the byte of the file that it comes from.
//!
//! A scalar's text is not what stands in the file: lines are folded, indentation and quotes are left out, escapes are
//! resolved. But all its characters other than blanks come from characters of the file, in their order, so both can be
//! gone through side by side.

use granit_parser::ScalarStyle;

/// The byte of `source`, what stands in the file, that byte `at` of `text` comes from.
pub(super) fn source_offset(source: &str, style: ScalarStyle, text: &str, at: usize) -> usize {
    let mut cursor = Cursor { source, style, at: content_start(source, style) };
    for (i, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        if i >= at {
            cursor.find(c);
            // A blank stands before the character behind it.
            return if i == at { cursor.at } else { cursor.at.saturating_sub(1) };
        }
        cursor.find(c);
        cursor.skip();
    }
    cursor.at.min(source.len())
}

/// Where the text starts: behind the first line of a block, behind an opening quote.
fn content_start(source: &str, style: ScalarStyle) -> usize {
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded => source.find('\n').map_or(0, |at| at + 1),
        ScalarStyle::SingleQuoted => source.find('\'').map_or(0, |at| at + 1),
        ScalarStyle::DoubleQuoted => source.find('"').map_or(0, |at| at + 1),
        ScalarStyle::Plain => 0,
    }
}

struct Cursor<'s> {
    source: &'s str,
    style: ScalarStyle,
    at: usize,
}

impl Cursor<'_> {
    /// Goes to where `c` is written.
    fn find(&mut self, c: char) {
        while let Some((written, len)) = self.unit() {
            if written == Some(c) {
                return;
            }
            self.at += len;
        }
    }

    fn skip(&mut self) {
        self.at += self.unit().map_or(0, |(_, len)| len);
    }

    /// The character that is written here, if it is one, and how many bytes that takes.
    fn unit(&self) -> Option<(Option<char>, usize)> {
        let rest = self.source.get(self.at..)?;
        let first = rest.chars().next()?;
        Some(match (self.style, first) {
            (ScalarStyle::SingleQuoted, '\'') if rest.starts_with("''") => (Some('\''), 2),
            (ScalarStyle::DoubleQuoted, '\\') => escape(rest),
            _ => (Some(first), first.len_utf8()),
        })
    }
}

/// What an escape stands for, as far as it is no blank, and its length.
fn escape(text: &str) -> (Option<char>, usize) {
    let letter = text.chars().nth(1).unwrap_or_default();
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let len = 1 + letter.len_utf8() + digits;
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    let meaning = match letter {
        '0' => Some('\0'),
        'a' => Some('\x07'),
        'b' => Some('\x08'),
        'e' => Some('\x1b'),
        '"' | '/' | '\\' => Some(letter),
        _ if digits > 0 => text.get(2..len).and_then(code),
        _ => None,
    };
    (meaning, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(source: &str, style: ScalarStyle, text: &str, word: &str) {
        let at = source_offset(source, style, text, text.find(word).unwrap());
        assert!(source[at..].starts_with(word), "{word}: {:?}", &source[at..]);
    }

    #[test]
    fn words_are_found_in_every_style() {
        finds("a b\n   c  d", ScalarStyle::Plain, "a b c d", "d");
        finds("> # d\n  a d\n\n   c b\n", ScalarStyle::Folded, "a d\n c b\n", "b");
        finds("|2-\n  a\n   c", ScalarStyle::Literal, "a\n c", "c");
        finds("'it''s so'", ScalarStyle::SingleQuoted, "it's so", "so");
        finds(r#""\x41 \" so \\ A""#, ScalarStyle::DoubleQuoted, "A \" so \\ A", "so");
        assert_eq!(source_offset(r#""\x41A""#, ScalarStyle::DoubleQuoted, "AA", 1), 5);
        assert_eq!(source_offset("\"a \\\n   b\"", ScalarStyle::DoubleQuoted, "a b", 2), 7 + 1);
    }

    #[test]
    fn odd_offsets_stay_inside() {
        assert_eq!(source_offset("ab", ScalarStyle::Plain, "ab", 7), 2);
        assert_eq!(source_offset("", ScalarStyle::Plain, "ab", 1), 0);
        assert_eq!(source_offset("a b", ScalarStyle::Plain, "a b", 1), 1);
    }
}
