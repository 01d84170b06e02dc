//! Takes one token at a time off the text.
//!
//! What a token is depends on the place: `in` is a word to the right of `=`, an operator to the right of a field and
//! the start of a name elsewhere. So the parser says which token it wants, and the lexer says whether it is there.

use super::operator::{Modifier, OPERATORS, Operator};
use super::span::Span;

/// A text and how far it is read.
#[derive(Debug, Clone, Copy)]
pub struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

/// Why a quoted text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEscape {
    /// The escape as written.
    pub escape: String,
    /// Where it stands.
    pub span: Span,
}

impl<'t> Lexer<'t> {
    /// At the start of a text.
    pub fn new(text: &'t str) -> Self {
        Lexer { text, at: 0 }
    }

    /// How many bytes are read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes to another place.
    pub fn go_to(&mut self, at: usize) {
        self.at = at.min(self.text.len());
    }

    /// The text itself.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// What is not read yet.
    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether all is read.
    pub fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// From `start` to here.
    pub fn since(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// Blanks; whether there were any.
    pub fn blank(&mut self) -> bool {
        !self.take_while(is_blank).is_empty()
    }

    /// Exactly `token`, whatever follows it.
    pub fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// `word`, followed by a blank (which is taken as well).
    pub fn eat_word_and_blank(&mut self, word: &str) -> bool {
        let mut ahead = *self;
        let found = ahead.eat(word) && ahead.blank();
        if found {
            *self = ahead;
        }
        found
    }

    /// `not` and the blanks behind it. More characters count as blanks here than elsewhere.
    pub fn not(&mut self) -> bool {
        let Some(after) = self.rest().strip_prefix("not") else { return false };
        let blanks = after.bytes().take_while(|&b| is_space(b)).count();
        if blanks > 0 {
            self.at += "not".len() + blanks;
        }
        blanks > 0
    }

    /// Letters, then letters, digits and underscores.
    pub fn identifier(&mut self) -> Option<&'t str> {
        let len = identifier_len(self.rest());
        (len > 0).then(|| self.take(len))
    }

    /// Identifiers with dots between them, at least two.
    pub fn field_name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let mut len = identifier_len(rest);
        let first = len;
        while let Some(after) = rest.get(len..).and_then(|rest| rest.strip_prefix('.')).filter(|_| len > 0) {
            match identifier_len(after) {
                0 => break,
                more => len += 1 + more,
            }
        }
        (len > first).then(|| self.take(len))
    }

    /// What may stand unquoted in a field's brackets.
    pub fn bare_arg(&mut self) -> Option<&'t str> {
        some(self.take_while(|b| !is_space(b) && !matches!(b, b'[' | b']' | b'"' | b'\'')))
    }

    /// A value without quotes.
    pub fn bare(&mut self) -> Option<&'t str> {
        some(self.take_while(|b| !is_space(b) && !matches!(b, b'(' | b')' | b'"' | b'\'' | b'=' | b',')))
    }

    /// A number: hexadecimal, or decimal with sign, fraction and exponent (`1e+3`, never `1e3`).
    pub fn number(&mut self) -> Option<&'t str> {
        let len = hexadecimal_len(self.rest()).or_else(|| decimal_len(self.rest()))?;
        Some(self.take(len))
    }

    /// A text in quotes, with its escapes resolved. It ends at the first quote that no backslash precedes.
    pub fn quoted(&mut self) -> Option<Result<Vec<u8>, BadEscape>> {
        let rest = self.rest();
        let quote = rest.bytes().next().filter(|b| matches!(b, b'"' | b'\''))?;
        let bytes = rest.as_bytes();
        let len = (1..bytes.len()).find(|&i| bytes.get(i) == Some(&quote) && bytes.get(i - 1) != Some(&b'\\'))?;
        let start = self.at + 1;
        let inner = bytes.get(1..len).unwrap_or_default();
        // An escape error is reported, not retried: the text ends where it ends.
        self.at += len + 1;
        Some(unescape(inner, quote).map_err(|bad| BadEscape {
            escape: String::from_utf8_lossy(inner.get(bad.clone()).unwrap_or_default()).into_owned(),
            span: Span::new(start + bad.start, start + bad.end),
        }))
    }

    /// An operator.
    pub fn operator(&mut self) -> Option<&'static Operator> {
        OPERATORS.iter().find(|operator| match operator.wants_blank() {
            true => self.eat_word_and_blank(operator.name),
            false => self.eat(operator.name),
        })
    }

    /// A modifier with a list or a name behind it: without them its word is a value.
    pub fn modifier(&mut self) -> Option<Modifier> {
        let mut ahead = *self;
        let modifier = Modifier::ALL.into_iter().find(|modifier| ahead.eat_word_and_blank(modifier.name()))?;
        let list_follows = ahead.rest().starts_with('(') || identifier_len(ahead.rest()) > 0;
        if !list_follows || ["and", "or", "not"].iter().any(|keyword| starts_with_word(ahead.rest(), keyword)) {
            return None;
        }
        *self = ahead;
        Some(modifier)
    }

    fn take(&mut self, len: usize) -> &'t str {
        let start = self.at;
        self.at += len;
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'t str {
        let len = self.rest().bytes().take_while(|&b| wanted(b)).count();
        self.take(len)
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\x08' | b'\r' | b'\n')
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

fn identifier_len(text: &str) -> usize {
    match text.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() => {
            text.bytes().take_while(|&b| b.is_ascii_alphanumeric() || b == b'_').count()
        }
        _ => 0,
    }
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn digits_len(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn hexadecimal_len(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let len = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    (len > 0).then_some(2 + len)
}

fn decimal_len(text: &str) -> Option<usize> {
    let sign = usize::from(text.starts_with(['+', '-']));
    let after = |len: usize| text.get(len..).unwrap_or_default();
    let whole = digits_len(after(sign));
    if whole == 0 {
        return None;
    }
    let mut len = sign + whole;
    if after(len).starts_with('.') {
        len += 1 + digits_len(after(len + 1));
    }
    if after(len).starts_with(['e', 'E']) && after(len + 1).starts_with(['+', '-']) {
        match digits_len(after(len + 2)) {
            0 => {}
            digits => len += 2 + digits,
        }
    }
    Some(len)
}

/// Resolves escapes; the error is where the bad one stands.
fn unescape(inner: &[u8], quote: u8) -> Result<Vec<u8>, std::ops::Range<usize>> {
    let mut out = Vec::with_capacity(inner.len());
    let mut i = 0;
    while let Some(&byte) = inner.get(i) {
        if byte != b'\\' {
            out.push(byte);
            i += 1;
            continue;
        }
        let bad = |len: usize| i..(i + len).min(inner.len());
        match inner.get(i + 1) {
            Some(b'b') => out.push(b'\x08'),
            Some(b'f') => out.push(b'\x0c'),
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            // A backslash before a blank stays and swallows the blank: old rules were written with that in mind.
            Some(b'\\' | b' ') => out.push(b'\\'),
            Some(b'/') => out.push(b'/'),
            Some(&same) if same == quote => out.push(quote),
            Some(b'x') => {
                out.push(hex_byte(inner.get(i + 2..i + 4)).ok_or(bad(4))?);
                i += 2;
            }
            _ => return Err(bad(2)),
        }
        i += 2;
    }
    Ok(out)
}

/// The value of two hexadecimal digits.
pub(crate) fn hex_byte(digits: Option<&[u8]>) -> Option<u8> {
    let &[high, low] = digits? else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<&str> {
        Lexer::new(text).number()
    }

    fn quoted(text: &str) -> Option<Result<Vec<u8>, String>> {
        Lexer::new(text).quoted().map(|result| result.map_err(|bad| bad.escape))
    }

    #[test]
    fn numbers_end_where_they_can_go_on_no_more() {
        assert_eq!(number("3and"), Some("3"));
        assert_eq!(number("0x1Fg"), Some("0x1F"));
        assert_eq!(number("0xg"), Some("0"));
        assert_eq!(number("1.2.3"), Some("1.2"));
        assert_eq!(number("1e3"), Some("1"));
        assert_eq!(number("1e+3"), Some("1e+3"));
        assert_eq!(number("-5 "), Some("-5"));
        assert_eq!(number("- 5"), None);
    }

    #[test]
    fn a_field_name_has_a_dot_inside() {
        assert_eq!(Lexer::new("evt.type=open").field_name(), Some("evt.type"));
        assert_eq!(Lexer::new("evt.arg.name.").field_name(), Some("evt.arg.name"));
        assert_eq!(Lexer::new("evt.").field_name(), None);
        assert_eq!(Lexer::new("evt..type").field_name(), None);
        assert_eq!(Lexer::new("1vt.type").field_name(), None);
    }

    #[test]
    fn quotes_end_at_the_first_quote_without_a_backslash() {
        assert_eq!(quoted(r#""a b"c"#), Some(Ok(b"a b".to_vec())));
        assert_eq!(quoted(r#""a\"b""#), Some(Ok(b"a\"b".to_vec())));
        assert_eq!(quoted(r#""\\""#), None);
        assert_eq!(quoted(r#"'a"b'"#), Some(Ok(b"a\"b".to_vec())));
        assert_eq!(quoted(r#""\x41\xff""#), Some(Ok(b"A\xff".to_vec())));
        assert_eq!(quoted(r#""\ ""#), Some(Ok(b"\\".to_vec())));
        assert_eq!(quoted(r#""\x4""#), Some(Err(r"\x4".into())));
        assert_eq!(quoted(r#"'\"'"#), Some(Err("\\\"".into())));
        assert_eq!(quoted(r#""\q""#), Some(Err(r"\q".into())));
        assert_eq!(quoted("\"open"), None);
    }

    #[test]
    fn words_need_a_blank_only_where_a_text_follows() {
        let operator = |text: &str| Lexer::new(text).operator().map(|operator| operator.name);
        assert_eq!(operator("contains x"), Some("contains"));
        assert_eq!(operator("contains(x)"), None);
        assert_eq!(operator("in(x)"), Some("in"));
        assert_eq!(operator("intersects (x)"), Some("intersects"));
        assert_eq!(operator("existsand"), Some("exists"));
        assert_eq!(operator("==x"), Some("=="));
        assert_eq!(operator("<=3"), Some("<="));
    }

    #[test]
    fn a_modifier_without_a_list_is_a_value() {
        let modifier = |text: &str| Lexer::new(text).modifier();
        assert_eq!(modifier("anyof (a)"), Some(Modifier::AnyOf));
        assert_eq!(modifier("allof names"), Some(Modifier::AllOf));
        assert_eq!(modifier("anyof(a)"), None);
        assert_eq!(modifier("oneof"), None);
        assert_eq!(modifier("anyof and x.y=1"), None);
        assert_eq!(modifier("anyof notes"), Some(Modifier::AnyOf));
    }
}
