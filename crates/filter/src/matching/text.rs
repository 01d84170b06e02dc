//! The operators that look at text or bytes.

use super::path::PathSet;
use super::regex::Pattern;
use crate::glob::Glob;
use aho_corasick::AhoCorasick;
use memchr::memmem;

/// A prepared comparison with one or several patterns.
pub(crate) type Matcher = Box<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// One way to look at text.
pub struct TextOperation {
    /// Compares two texts that are both known only when an event comes. `None`: patterns have to be prepared.
    pub(crate) pair: Option<fn(&[u8], &[u8]) -> bool>,
    /// Prepares patterns of which one has to fit. The error says what is wrong with one of them.
    pub(crate) prepare: fn(&[&[u8]]) -> Result<Matcher, String>,
    /// Whether the patterns are written in hexadecimal digits.
    pub(crate) hexadecimal: bool,
}

impl std::fmt::Debug for TextOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextOperation")
    }
}

pub(crate) static CONTAINS: TextOperation =
    TextOperation { pair: Some(contains), prepare: contains_any, hexadecimal: false };
pub(crate) static BCONTAINS: TextOperation =
    TextOperation { pair: Some(contains), prepare: contains_any, hexadecimal: true };
pub(crate) static ICONTAINS: TextOperation =
    TextOperation { pair: Some(icontains), prepare: |patterns| search_any(patterns, true), hexadecimal: false };
pub(crate) static STARTSWITH: TextOperation =
    TextOperation { pair: Some(<[u8]>::starts_with), prepare: starts_with_any, hexadecimal: false };
pub(crate) static BSTARTSWITH: TextOperation =
    TextOperation { pair: Some(<[u8]>::starts_with), prepare: starts_with_any, hexadecimal: true };
pub(crate) static ENDSWITH: TextOperation =
    TextOperation { pair: Some(<[u8]>::ends_with), prepare: ends_with_any, hexadecimal: false };
pub(crate) static GLOB: TextOperation = TextOperation {
    pair: Some(|text, pattern| Glob::new(pattern, false).matches(text)),
    prepare: |patterns| any(patterns, |pattern| Ok(glob(pattern))),
    hexadecimal: false,
};
pub(crate) static IGLOB: TextOperation = TextOperation {
    pair: Some(|text, pattern| Glob::new(pattern, true).matches(text)),
    prepare: |patterns| {
        any(patterns, |pattern| {
            let glob = Glob::new(pattern, true);
            Ok(Box::new(move |text| glob.matches(text)))
        })
    },
    hexadecimal: false,
};
pub(crate) static REGEX: TextOperation = TextOperation {
    pair: None,
    prepare: |patterns| {
        any(patterns, |pattern| {
            let pattern = Pattern::new(pattern)?;
            Ok(Box::new(move |text| pattern.matches(text)))
        })
    },
    hexadecimal: false,
};
pub(crate) static PMATCH: TextOperation = TextOperation {
    pair: None,
    prepare: |patterns| {
        let mut paths = PathSet::default();
        patterns.iter().for_each(|path| paths.add(path));
        Ok(Box::new(move |text| paths.matches(text)))
    },
    hexadecimal: false,
};

fn contains(text: &[u8], pattern: &[u8]) -> bool {
    memmem::find(text, pattern).is_some()
}

/// Capital letters are the same as small ones (ASCII only).
fn icontains(text: &[u8], pattern: &[u8]) -> bool {
    pattern.is_empty() || text.windows(pattern.len()).any(|window| window.eq_ignore_ascii_case(pattern))
}

fn contains_any(patterns: &[&[u8]]) -> Result<Matcher, String> {
    let [pattern] = patterns else { return search_any(patterns, false) };
    let finder = memmem::Finder::new(pattern).into_owned();
    Ok(Box::new(move |text| finder.find(text).is_some()))
}

fn search_any(patterns: &[&[u8]], fold: bool) -> Result<Matcher, String> {
    let automaton = AhoCorasick::builder().ascii_case_insensitive(fold).build(patterns).map_err(|e| e.to_string())?;
    Ok(Box::new(move |text| automaton.is_match(text)))
}

fn starts_with_any(patterns: &[&[u8]]) -> Result<Matcher, String> {
    any(patterns, |pattern| {
        let pattern = pattern.to_vec();
        Ok(Box::new(move |text| text.starts_with(&pattern)))
    })
}

fn ends_with_any(patterns: &[&[u8]]) -> Result<Matcher, String> {
    any(patterns, |pattern| {
        let pattern = pattern.to_vec();
        Ok(Box::new(move |text| text.ends_with(&pattern)))
    })
}

/// A wildcard pattern; those that need no wildcards are done by faster means.
fn glob(pattern: &[u8]) -> Matcher {
    let glob = Glob::new(pattern, false);
    match glob.plain() {
        Some((false, text, false)) => Box::new(move |value| value == text),
        Some((false, text, true)) => Box::new(move |value| value.starts_with(&text)),
        Some((true, text, false)) => Box::new(move |value| value.ends_with(&text)),
        Some((true, text, true)) => {
            let finder = memmem::Finder::new(&text).into_owned();
            Box::new(move |value| finder.find(value).is_some())
        }
        None => Box::new(move |value| glob.matches(value)),
    }
}

/// One of several: each prepared by itself.
fn any(patterns: &[&[u8]], prepare: impl Fn(&[u8]) -> Result<Matcher, String>) -> Result<Matcher, String> {
    if let [pattern] = patterns {
        return prepare(pattern);
    }
    let matchers = patterns.iter().map(|pattern| prepare(pattern)).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(move |text| matchers.iter().any(|matches| matches(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prepared and pairwise comparison give the same.
    fn check(operation: &TextOperation, text: &str, pattern: &str, expected: bool) {
        let prepared = (operation.prepare)(&[pattern.as_bytes()]).unwrap();
        assert_eq!(prepared(text.as_bytes()), expected, "{text} {pattern}");
        let many = (operation.prepare)(&[pattern.as_bytes(), b"\0no text"]).unwrap();
        assert_eq!(many(text.as_bytes()), expected, "{text} {pattern} (of two)");
        if let Some(pair) = operation.pair {
            assert_eq!(pair(text.as_bytes(), pattern.as_bytes()), expected, "{text} {pattern} (pair)");
        }
    }

    #[test]
    fn each_operation_compares_as_it_says() {
        check(&CONTAINS, "/usr/lib", "/li", true);
        check(&CONTAINS, "/usr/lib", "/LI", false);
        check(&CONTAINS, "x", "", true);
        check(&ICONTAINS, "/usr/LIB", "/li", true);
        check(&ICONTAINS, "/usr/lib", "xli", false);
        check(&ICONTAINS, "", "", true);
        check(&STARTSWITH, "/usr", "/u", true);
        check(&STARTSWITH, "/usr", "usr", false);
        check(&ENDSWITH, "/usr", "usr", true);
        check(&ENDSWITH, "r", "usr", false);
        check(&GLOB, "/usr/lib", "/usr*", true);
        check(&GLOB, "/usr/lib", "*lib", true);
        check(&GLOB, "/usr/lib", "*/*", true);
        check(&GLOB, "/usr/lib", "/usr/lib", true);
        check(&GLOB, "/usr/lib", "/u?r/*", true);
        check(&GLOB, "/usr/lib", "usr*", false);
        check(&IGLOB, "/usr/lib", "/USR*", true);
        check(&REGEX, "/usr/lib", "/usr/.+", true);
        check(&REGEX, "/usr/lib", "/usr", false);
        check(&PMATCH, "/usr/lib", "/usr", true);
    }

    #[test]
    fn nothing_is_one_of_no_patterns() {
        for operation in [&CONTAINS, &ICONTAINS, &STARTSWITH, &ENDSWITH, &GLOB, &IGLOB, &REGEX, &PMATCH] {
            assert!(!(operation.prepare)(&[]).unwrap()(b""));
        }
    }
}
