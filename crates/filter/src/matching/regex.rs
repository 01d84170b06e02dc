//! Regular expressions in the POSIX syntax of RE2, the whole text having to fit.
//!
//! The syntax has `. [] [^] [[:alpha:]] * + ? {n,m} | () ^ $` and escapes; it has none of Perl's (`\d`, `\b`, `(?i)`),
//! which are refused as there. A dot is any character but the line feed, and `^` and `$` also fit at the line feeds
//! inside a text. Text that is not UTF-8 counts as having U+FFFD in place of what is not.
//!
//! A pattern is read once and written anew in the syntax of the regex crate, every literal escaped.

use regex::bytes::{Regex, RegexBuilder};
use std::fmt::Write;

/// The highest count in braces, also when such repetitions lie in each other (as in RE2).
const MAX_REPEAT: u32 = 1000;

/// How deep parentheses may lie in each other (as in RE2).
const MAX_DEPTH: usize = 1000;

/// A pattern ready to be used.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern. The error says what is wrong with it.
    pub(crate) fn new(pattern: &[u8]) -> Result<Self, String> {
        let pattern = std::str::from_utf8(pattern).map_err(|_| "not UTF-8".to_string())?;
        let translated = translate(pattern)?;
        // The crate's own nesting counts more levels than parentheses.
        let regex = RegexBuilder::new(&format!(r"\A(?:{translated})\z"))
            .multi_line(true)
            .nest_limit(4 * MAX_DEPTH as u32)
            .build()
            .map_err(|_| "too large".to_string())?;
        Ok(Pattern(regex))
    }

    /// Whether the whole text fits.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match std::str::from_utf8(text) {
            Ok(_) => self.0.is_match(text),
            Err(_) => self.0.is_match(String::from_utf8_lossy(text).as_bytes()),
        }
    }
}

/// Writes a pattern anew.
fn translate(pattern: &str) -> Result<String, String> {
    let mut translator =
        Translator { rest: pattern, out: String::new(), groups: Vec::new(), repeatable: Repeatable::No };
    while let Some(c) = translator.rest.chars().next() {
        translator.step(c)?;
    }
    match translator.groups.is_empty() {
        true => Ok(translator.out),
        false => Err(format!("a `)` is missing: `{pattern}`")),
    }
}

/// Whether something stands here that can be repeated.
#[derive(Clone, Copy, PartialEq)]
enum Repeatable {
    No,
    /// Something that starts at this place of the output, repeated as often as that already.
    Yes {
        start: usize,
        times: u32,
    },
}

/// An open parenthesis.
struct Group {
    /// Where it starts in the output.
    start: usize,
    /// The highest repetition inside.
    times: u32,
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    groups: Vec<Group>,
    repeatable: Repeatable,
}

impl Translator<'_> {
    fn step(&mut self, c: char) -> Result<(), String> {
        match c {
            '(' => self.open(),
            ')' => self.close(),
            '|' => {
                self.skip(1);
                self.out.push('|');
                self.repeatable = Repeatable::No;
                Ok(())
            }
            '*' | '+' | '?' => self.repeat(1, None),
            '{' => match braces(self.rest) {
                Some((len, least, most)) => self.repeat(len, Some((least, most))),
                None => self.literal('{', 1),
            },
            '[' => self.class(),
            '.' | '^' | '$' => {
                self.skip(1);
                self.atom(&c.to_string());
                Ok(())
            }
            '\\' => {
                let (c, len) = escape(self.rest)?;
                self.literal(c, len)
            }
            _ => self.literal(c, c.len_utf8()),
        }
    }

    fn skip(&mut self, len: usize) {
        self.rest = self.rest.get(len..).unwrap_or_default();
    }

    fn atom(&mut self, text: &str) {
        self.repeatable = Repeatable::Yes { start: self.out.len(), times: 1 };
        self.out.push_str(text);
    }

    fn literal(&mut self, c: char, len: usize) -> Result<(), String> {
        self.skip(len);
        self.atom(&format!("\\x{{{:x}}}", u32::from(c)));
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        if self.groups.len() >= MAX_DEPTH {
            return Err("nested too deep".to_string());
        }
        self.skip(1);
        self.groups.push(Group { start: self.out.len(), times: 1 });
        self.out.push_str("(?:");
        self.repeatable = Repeatable::No;
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let group = self.groups.pop().ok_or("a `)` without a `(`")?;
        self.skip(1);
        self.out.push(')');
        self.repeatable = Repeatable::Yes { start: group.start, times: group.times };
        self.note_times(group.times);
        Ok(())
    }

    /// Something in the open group is repeated that often.
    fn note_times(&mut self, times: u32) {
        if let Some(group) = self.groups.last_mut() {
            group.times = group.times.max(times);
        }
    }

    /// A repetition, `len` bytes long: `*`, `+`, `?`, or counts in braces.
    fn repeat(&mut self, len: usize, counts: Option<(u32, Option<u32>)>) -> Result<(), String> {
        let operator = self.rest.get(..len).unwrap_or_default().to_string();
        let Repeatable::Yes { start, times } = self.repeatable else {
            return Err(format!("nothing before the repetition `{operator}`"));
        };
        self.skip(len);
        let mut total = times;
        let written = match counts {
            None => operator.clone(),
            Some((least, most)) => {
                let highest = most.unwrap_or(least);
                total = times.saturating_mul(highest.max(1));
                if least > highest || highest > MAX_REPEAT || total > MAX_REPEAT {
                    return Err(format!("invalid repetition size `{operator}`"));
                }
                most.map_or_else(|| format!("{{{least},}}"), |most| format!("{{{least},{most}}}"))
            }
        };
        // `a*?` is `(a*)?` here, not a reluctant `a*`.
        self.out.insert_str(start, "(?:");
        let _ = write!(self.out, "){written}");
        self.repeatable = Repeatable::Yes { start, times: total };
        self.note_times(total);
        Ok(())
    }

    /// A class in brackets.
    fn class(&mut self) -> Result<(), String> {
        let whole = self.rest;
        self.skip(1);
        let mut class = String::from("[");
        if self.rest.starts_with('^') {
            self.skip(1);
            class.push('^');
        }
        let mut first = true;
        loop {
            let missing = || format!("a `]` is missing: `{whole}`");
            let c = self.rest.chars().next().ok_or_else(missing)?;
            if c == ']' && !first {
                break;
            }
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest.find(":]")
            {
                class.push_str(self.named_class(end + 2)?);
                first = false;
                continue;
            }
            // A `-` may stand first or last, nowhere else.
            if c == '-' && !first && self.rest.chars().nth(1).is_some_and(|next| next != ']') {
                return Err(format!(
                    "invalid character class range: `{}`",
                    self.rest.chars().take(2).collect::<String>()
                ));
            }
            first = false;
            let low = self.class_char().ok_or_else(missing)??;
            let mut high = low;
            let mut ahead = self.rest.chars();
            if ahead.next() == Some('-') && ahead.next().is_some_and(|next| next != ']') {
                self.skip(1);
                high = self.class_char().ok_or_else(missing)??;
                if high < low {
                    return Err(format!("invalid character class range: `{low}-{high}`"));
                }
            }
            let _ = write!(class, "\\x{{{:x}}}-\\x{{{:x}}}", u32::from(low), u32::from(high));
        }
        self.skip(1);
        class.push(']');
        self.atom(&class);
        Ok(())
    }

    /// One character of a class; `None` at the end.
    fn class_char(&mut self) -> Option<Result<char, String>> {
        let c = self.rest.chars().next()?;
        if c != '\\' {
            self.skip(c.len_utf8());
            return Some(Ok(c));
        }
        Some(escape(self.rest).map(|(c, len)| {
            self.skip(len);
            c
        }))
    }

    fn named_class(&mut self, len: usize) -> Result<&'static str, String> {
        let name = self.rest.get(..len).unwrap_or_default();
        let class = NAMED_CLASSES.iter().find(|class| **class == name);
        let class = class.ok_or_else(|| format!("invalid character class `{name}`"))?;
        self.skip(len);
        Ok(class)
    }
}

const NAMED_CLASSES: [&str; 28] = [
    "[:alnum:]",
    "[:^alnum:]",
    "[:alpha:]",
    "[:^alpha:]",
    "[:ascii:]",
    "[:^ascii:]",
    "[:blank:]",
    "[:^blank:]",
    "[:cntrl:]",
    "[:^cntrl:]",
    "[:digit:]",
    "[:^digit:]",
    "[:graph:]",
    "[:^graph:]",
    "[:lower:]",
    "[:^lower:]",
    "[:print:]",
    "[:^print:]",
    "[:punct:]",
    "[:^punct:]",
    "[:space:]",
    "[:^space:]",
    "[:upper:]",
    "[:^upper:]",
    "[:word:]",
    "[:^word:]",
    "[:xdigit:]",
    "[:^xdigit:]",
];

/// Counts in braces: their length, the least, the most. `None` if the brace is a character like others.
fn braces(text: &str) -> Option<(usize, u32, Option<u32>)> {
    let end = text.find('}')?;
    let inner = text.get(1..end)?;
    let number = |text: &str| match text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        // A leading zero makes it no count.
        true if text.len() > 1 && text.starts_with('0') => None,
        true => Some(text.parse().unwrap_or(u32::MAX)),
        false => None,
    };
    let (least, most) = match inner.split_once(',') {
        None => (number(inner)?, Some(number(inner)?)),
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    Some((end + 1, least, most))
}

/// What an escape at the start of a text stands for, and its length.
fn escape(text: &str) -> Result<(char, usize), String> {
    let bad = |len: usize| format!("invalid escape sequence: `{}`", text.chars().take(len).collect::<String>());
    let mut chars = text.chars().skip(1);
    let c = chars.next().ok_or("a backslash at the end")?;
    let next = chars.next();
    match c {
        'a' => Ok(('\x07', 2)),
        'f' => Ok(('\x0c', 2)),
        'n' => Ok(('\n', 2)),
        'r' => Ok(('\r', 2)),
        't' => Ok(('\t', 2)),
        'v' => Ok(('\x0b', 2)),
        '0'..='7' if c == '0' || next.is_some_and(|next| next.is_digit(8)) => {
            let digits: String = text.chars().skip(1).take(3).take_while(|c| c.is_digit(8)).collect();
            let code = u32::from_str_radix(&digits, 8).ok().and_then(char::from_u32).ok_or_else(|| bad(4))?;
            Ok((code, 1 + digits.len()))
        }
        'x' => hexadecimal(text).ok_or_else(|| bad(4)),
        _ if c.is_ascii_punctuation() || c == ' ' || c.is_ascii_control() => Ok((c, 2)),
        _ => Err(bad(2)),
    }
}

/// `\x7F` or `\x{10FFFF}`.
fn hexadecimal(text: &str) -> Option<(char, usize)> {
    let after = text.get(2..)?;
    let (digits, len) = match after.strip_prefix('{') {
        Some(inner) => {
            let end = inner.find('}')?;
            (inner.get(..end)?, end + 4)
        }
        None => (after.get(..2)?, 4),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, len))
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn fits(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern.as_bytes()).unwrap().matches(text.as_bytes())
    }

    fn refused(pattern: &str) -> bool {
        Pattern::new(pattern.as_bytes()).is_err()
    }

    #[test]
    fn the_whole_text_has_to_fit() {
        assert!(fits("c(at|url)", "cat"));
        assert!(!fits("c(at|url)", "cats"));
        assert!(!fits("/etc", "/etc/passwd"));
        assert!(fits("/etc/.*", "/etc/passwd"));
        assert!(fits("a|ab", "ab"));
    }

    #[test]
    fn perl_is_refused_and_posix_is_not() {
        for pattern in
            ["(?i)a", "(?:a)", r"\d+", r"\bx", r"\pL", r"\Qa", r"\1", r"\A", "*a", "a|*", "(", ")", "[a", "a\\"]
        {
            assert!(refused(pattern), "{pattern}");
        }
        for pattern in
            ["a**", "a*?", "[[:alpha:]]+", "{", "a{", "a{,3}", "x{2}", r"\.", r"\x41", r"\101", "", "|", "()"]
        {
            assert!(!refused(pattern), "{pattern}");
        }
        assert!(refused("a{1001}") && refused("a{3,2}") && refused("(a{100}){100}") && refused("[z-a]"));
        assert!(refused("[[:nosuch:]]"));
    }

    #[test]
    fn the_syntax_of_the_crate_beneath_does_not_show() {
        assert!(fits("[a&&b]", "&"));
        assert!(fits("[[]", "["));
        assert!(fits("a{,3}", "a{,3}"));
        assert!(fits("a*?b", "aab"));
        assert!(fits("#  x", "#  x"));
        assert!(fits("[]a]", "]"));
        assert!(fits("[^]a]", "b"));
        assert!(fits(r"\x{e9}[é-ê]", "éé"));
    }

    #[test]
    fn a_dot_is_no_line_feed_and_anchors_fit_beside_one() {
        assert!(!fits(".*", "a\nb"));
        assert!(fits("a$\n^b", "a\nb"));
        assert!(fits("[^x]*", "a\nb"));
    }

    #[test]
    fn what_is_not_utf8_is_one_character() {
        let pattern = Pattern::new("a.b".as_bytes()).unwrap();
        assert!(pattern.matches(b"a\xffb"));
        assert!(Pattern::new("a\u{fffd}b".as_bytes()).unwrap().matches(b"a\xffb"));
        assert!(Pattern::new(b"a\xff").is_err());
    }
}
