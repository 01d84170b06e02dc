//! List names in conditions, replaced in the text as Falco does it.
//!
//! Falco looks for each list's name in the text, lists in the order of their definition, and where blanks, parentheses,
//! commas or `=` stand on both sides, it writes the list's values there, wherever that is: in quotes as well. This is
//! what decides whether Falco takes a condition, and where it sees faults in it.

use super::expand::TooMany;
use super::lists::Lists;
use std::collections::BTreeSet;

/// A condition with lists written out.
pub(super) struct Written {
    pub text: String,
    /// The lists whose names were found.
    pub used: Vec<usize>,
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_delimiter(c: char) -> bool {
    is_blank(c) || matches!(c, '(' | ')' | ',' | '=')
}

impl Lists {
    /// The text with the values of lists in the place of their names.
    pub(super) fn write_out(&mut self, text: &str) -> Result<Written, TooMany> {
        let mut written = Written { text: text.to_owned(), used: Vec::new() };
        let mut candidates = self.odd_names();
        candidates.extend(self.named_in(text));
        while let Some(at) = candidates.pop_first() {
            let Some(list) = self.all.get(at) else { continue };
            let replaced = replace(&written.text, &list.name, &list.written, self.bytes_left)?;
            let scanned = written.text.len() + replaced.as_ref().map_or(0, String::len);
            self.bytes_left = self.bytes_left.checked_sub(scanned).ok_or(TooMany)?;
            let Some(replaced) = replaced else { continue };
            written.text = replaced;
            written.used.push(at);
            candidates.extend(self.named_in(&list.written).filter(|&later| later > at));
        }
        Ok(written)
    }

    /// The lists whose names are words of a text.
    fn named_in<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        text.split(is_delimiter).filter_map(|word| self.by_name.get(word).copied())
    }

    /// The lists whose names are no single words.
    fn odd_names(&self) -> BTreeSet<usize> {
        let odd = |(name, _): &(&String, &usize)| name.contains(is_delimiter);
        self.by_name.iter().filter(odd).map(|(_, at)| *at).collect()
    }
}

/// The text, of at most `longest` bytes, with `values` for each `name` in it; `None` if there is none.
fn replace(text: &str, name: &str, values: &str, longest: usize) -> Result<Option<String>, TooMany> {
    let mut out = String::new();
    let (mut copied, mut from) = (0, 0);
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(name)).map(|at| from + at) {
        let end = start + name.len();
        from = start + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let between = text.get(copied..start).unwrap_or_default();
        let before = between.chars().next_back().or_else(|| out.chars().next_back());
        let after = text.get(end..).and_then(|rest| rest.chars().next());
        if before.is_some_and(|c| !is_delimiter(c)) || after.is_some_and(|c| !is_delimiter(c)) {
            continue;
        }
        out += between;
        out.truncate(out.trim_end_matches(is_blank).len());
        let rest = text.get(end..).unwrap_or_default();
        copied = text.len() - rest.trim_start_matches(is_blank).len();
        // Of an empty list the comma goes too, the one before it or else the one behind it.
        if values.is_empty() {
            if out.ends_with(',') {
                out.pop();
            } else if text.get(copied..).is_some_and(|rest| rest.starts_with(',')) {
                copied += 1;
            }
        }
        let is_first = out.is_empty();
        out += if is_first { "" } else { " " };
        out += values;
        out.push(' ');
        from = copied + usize::from(is_first);
        while from < text.len() && !text.is_char_boundary(from) {
            from += 1;
        }
        if out.len() > longest {
            return Err(TooMany);
        }
    }
    if copied == 0 {
        return Ok(None);
    }
    out += text.get(copied..).unwrap_or_default();
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn names_between_delimiters_are_replaced() {
        let replaced = |text: &str, values: &str| replace(text, "l", values, 1000).unwrap();
        assert_eq!(replaced("a in (l) and b=l", "x, y").as_deref(), Some("a in ( x, y ) and b= x, y "));
        assert_eq!(replaced("a in (ll, l.l)", "x"), None);
        assert_eq!(replaced("a in (b , l , c)", "").as_deref(), Some("a in (b   , c)"));
        assert_eq!(replaced("a in (l, c)", "").as_deref(), Some("a in (   c)"));
        assert_eq!(replaced("l", "x").as_deref(), Some("x "));
    }
}
