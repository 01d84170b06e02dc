//! Patterns as `fnmatch(3)` without flags reads them, byte by byte: `*` any bytes, also slashes; `?` any byte; `[a-z]`,
//! `[!a-z]`, `[^a-z]`, `[[:digit:]]` one byte of a set; a backslash makes the next byte an ordinary one. There is no
//! `{a,b}`. A pattern matches the whole text.

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    tokens: Vec<Token>,
    ignore_case: bool,
    /// It ends where a byte must follow, or names a class that does not exist: matches nothing.
    is_broken: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Byte(u8),
    AnyByte,
    AnyBytes,
    Set(Box<[bool; 256]>),
}

impl Glob {
    /// Compiles a pattern. Every text is one.
    pub fn new(pattern: &[u8], ignore_case: bool) -> Self {
        let mut glob = Glob { tokens: Vec::new(), ignore_case, is_broken: false };
        let mut rest = pattern;
        while let Some((&first, after)) = rest.split_first() {
            let (token, after) = match first {
                b'*' => (Token::AnyBytes, after),
                b'?' => (Token::AnyByte, after),
                b'[' => match set(after, ignore_case) {
                    Set::Closed(members, after) => (Token::Set(members), after),
                    Set::Open => (Token::Byte(b'['), after),
                    Set::Broken => {
                        glob.is_broken = true;
                        break;
                    }
                },
                b'\\' => match after.split_first() {
                    Some((&escaped, after)) => (Token::Byte(fold(escaped, ignore_case)), after),
                    None => {
                        glob.is_broken = true;
                        break;
                    }
                },
                byte => (Token::Byte(fold(byte, ignore_case)), after),
            };
            glob.tokens.push(token);
            rest = after;
        }
        glob
    }

    /// Whether the whole text matches. Takes time in proportion to the lengths of pattern and text, multiplied.
    pub fn matches(&self, text: &[u8]) -> bool {
        if self.is_broken {
            return false;
        }
        let (mut token, mut at) = (0, 0);
        // Where to go on if it fails: behind the last `*`, one byte later than the last time.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            match (self.tokens.get(token), text.get(at)) {
                (Some(Token::AnyBytes), _) => {
                    token += 1;
                    retry = Some((token, at));
                    continue;
                }
                (Some(single), Some(&byte)) if self.takes(single, byte) => {
                    (token, at) = (token + 1, at + 1);
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            match retry {
                Some((after_star, start)) if start < text.len() => {
                    retry = Some((after_star, start + 1));
                    (token, at) = (after_star, start + 1);
                }
                _ => return false,
            }
        }
    }

    /// If the pattern is a plain text with `*` at its ends at most: whether there is one before it, the text, whether
    /// there is one behind it.
    pub(crate) fn plain(&self) -> Option<(bool, Vec<u8>, bool)> {
        if self.is_broken || self.ignore_case {
            return None;
        }
        let (before, rest) = match self.tokens.as_slice() {
            [Token::AnyBytes, rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (behind, rest) = match rest {
            [rest @ .., Token::AnyBytes] => (true, rest),
            rest => (false, rest),
        };
        let byte = |token: &Token| if let Token::Byte(byte) = token { Some(*byte) } else { None };
        Some((before, rest.iter().map(byte).collect::<Option<_>>()?, behind))
    }

    fn takes(&self, token: &Token, byte: u8) -> bool {
        match token {
            Token::Byte(wanted) => *wanted == fold(byte, self.ignore_case),
            Token::AnyByte => true,
            Token::AnyBytes => false,
            Token::Set(members) => members.get(usize::from(fold(byte, self.ignore_case))).copied().unwrap_or(false),
        }
    }
}

fn fold(byte: u8, ignore_case: bool) -> u8 {
    if ignore_case { byte.to_ascii_lowercase() } else { byte }
}

/// What follows a `[`.
enum Set<'p> {
    /// The members, and what comes behind the `]`.
    Closed(Box<[bool; 256]>, &'p [u8]),
    /// There is no `]`: the bracket is an ordinary byte.
    Open,
    /// The pattern ends where a byte must follow, or names a class that does not exist.
    Broken,
}

fn set(pattern: &[u8], ignore_case: bool) -> Set<'_> {
    let negated = matches!(pattern.first(), Some(b'!' | b'^'));
    let mut rest = if negated { pattern.get(1..).unwrap_or_default() } else { pattern };
    let mut members = Box::new([false; 256]);
    let mut is_first = true;
    loop {
        if let Some(after) = rest.strip_prefix(b"]").filter(|_| !is_first) {
            if negated {
                members.iter_mut().for_each(|member| *member = !*member);
            }
            return Set::Closed(members, after);
        }
        if rest.is_empty() {
            return Set::Open;
        }
        is_first = false;
        if let Some((name, after)) = class_name(rest) {
            let Some(class) = class(name) else { return Set::Broken };
            (0..=u8::MAX).filter(class).for_each(|byte| insert(&mut members, byte, ignore_case));
            rest = after;
            continue;
        }
        let Some((low, after)) = member(rest) else { return Set::Broken };
        let range = after.strip_prefix(b"-").filter(|after| after.first() != Some(&b']'));
        let Some((high, after)) = range.map_or(Some((low, after)), member) else { return Set::Broken };
        let (low, high) = (fold(low, ignore_case), fold(high, ignore_case));
        (low..=high).for_each(|byte| insert(&mut members, byte, ignore_case));
        rest = after;
    }
}

fn insert(members: &mut [bool; 256], byte: u8, ignore_case: bool) {
    if let Some(member) = members.get_mut(usize::from(fold(byte, ignore_case))) {
        *member = true;
    }
}

/// One byte of a set, perhaps behind a backslash or as `[.x.]` or `[=x=]`.
fn member(pattern: &[u8]) -> Option<(u8, &[u8])> {
    if let [b'[', b'.', byte, b'.', b']', after @ ..] | [b'[', b'=', byte, b'=', b']', after @ ..] = pattern {
        return Some((*byte, after));
    }
    let (&byte, after) = pattern.split_first()?;
    if byte != b'\\' {
        return Some((byte, after));
    }
    after.split_first().map(|(&byte, after)| (byte, after))
}

/// The name in a class such as `[:alpha:]` at the start of `pattern`. What has other letters than these is none.
fn class_name(pattern: &[u8]) -> Option<(&[u8], &[u8])> {
    let body = pattern.strip_prefix(b"[:")?;
    let end = body.windows(2).position(|pair| pair == b":]")?;
    let name = body.get(..end)?;
    if name.iter().all(|b| matches!(b, b'a'..=b'y')) { Some((name, body.get(end + 2..)?)) } else { None }
}

/// Whether a byte is in the class with this name.
fn class(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |&b| b == b' ' || b == b'\t',
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |&b| b == b' ' || b.is_ascii_graphic(),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |&b| b.is_ascii_whitespace() || b == 0x0b,
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that each pattern of the tables below is tried on.
    #[rustfmt::skip]
    const TEXTS: &[&[u8]] = &[
        b"", b"a", b"b", b"c", b"ax", b"bx", b"dx", b"abc", b"a/b/c", b"/etc/passwd",
        b"/etc/", b"/x/b", b"x.log", b"*", b"\\", b"[", b"]", b"-", b"a-", b"[a",
        b"a[", b"5", b"55a", b"_", b"z", b"ab", b"axxb", b"a1b2c3", b".", b"=",
        b":", b"{a,b}", b"d", b"e", b"A", b"B", b"a]", b"x[", b"[]", b"\x80",
        b"[[:foo:]]", b"o]", b":]", b"f]", b"[a-",
    ];

    /// Pattern, and the texts that the C library finds to match, by their place in [`TEXTS`].
    #[rustfmt::skip]
    const CASES: &[(&[u8], &[usize])] = &[
        (b"", &[0]),
        (b"*", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44]),
        (b"a", &[1]),
        (b"?", &[1, 2, 3, 13, 14, 15, 16, 17, 21, 23, 24, 28, 29, 30, 32, 33, 34, 35, 39]),
        (b"a*c", &[7, 8]),
        (b"*.log", &[12]),
        (b"/etc/*", &[9, 10]),
        (b"/*/b", &[11]),
        (b"[a-c]x", &[4, 5]),
        (b"[!a-c]x", &[6]),
        (b"[^a-c]x", &[6]),
        (b"[]a]", &[1, 16]),
        (b"[!]a]", &[2, 3, 13, 14, 15, 17, 21, 23, 24, 28, 29, 30, 32, 33, 34, 35, 39]),
        (b"[a", &[19]),
        (b"[a-", &[]),
        (b"a[", &[20]),
        (b"\\*", &[13]),
        (b"\\", &[]),
        (b"a\\", &[]),
        (b"[\\]]", &[16]),
        (b"[a\\-c]", &[1, 3, 17]),
        (b"[a-]", &[1, 17]),
        (b"[-a]", &[1, 17]),
        (b"[[:digit:]]*", &[21, 22]),
        (b"[[:foo:]]", &[]),
        (b"[[:alpha:][:digit:]_]", &[1, 2, 3, 21, 23, 24, 32, 33, 34, 35]),
        (b"[z-a]", &[]),
        (b"a**b", &[25, 26]),
        (b"*a*b*c*", &[7, 8, 27]),
        (b"[!a]", &[2, 3, 13, 14, 15, 16, 17, 21, 23, 24, 28, 29, 30, 32, 33, 34, 35, 39]),
        (b"[.a]", &[1, 28]),
        (b"[[.a.]]", &[1]),
        (b"[[=a=]]", &[1]),
        (b"{a,b}", &[31]),
        (b"[a-c-e]", &[1, 2, 3, 17, 33]),
        (b"[a]]", &[36]),
        (b"[]]", &[16]),
        (b"[][]", &[15, 16]),
        (b"x[", &[37]),
        (b"[!]", &[]),
        (b"[]", &[38]),
        (b"[[:digit:]", &[]),
        (b"[\\", &[]),
        (b"[a\\", &[]),
        (b"[A-C]", &[34, 35]),
        (b"[[:upper:]]", &[34, 35]),
        (b"[[:ALPHA:]]", &[38, 42]),
        (b"[[:alpha]", &[1, 15, 30]),
    ];

    /// The same without regard to case, where that makes a difference.
    #[rustfmt::skip]
    const CASES_IGNORING_CASE: &[(&[u8], &[usize])] = &[
        (b"a", &[1, 34]),
        (b"[]a]", &[1, 16, 34]),
        (b"[!]a]", &[2, 3, 13, 14, 15, 17, 21, 23, 24, 28, 29, 30, 32, 33, 35, 39]),
        (b"[a\\-c]", &[1, 3, 17, 34]),
        (b"[a-]", &[1, 17, 34]),
        (b"[-a]", &[1, 17, 34]),
        (b"[!a]", &[2, 3, 13, 14, 15, 16, 17, 21, 23, 24, 28, 29, 30, 32, 33, 35, 39]),
        (b"[.a]", &[1, 28, 34]),
        (b"[a-c-e]", &[1, 2, 3, 17, 33, 34, 35]),
        (b"[A-C]", &[1, 2, 3, 34, 35]),
        (b"[[:ALPHA:]]", &[36, 38, 42]),
        (b"[[:alpha]", &[1, 15, 30, 34]),
    ];

    #[test]
    fn patterns_match_what_the_c_library_matches() {
        for (cases, ignore_case) in [(CASES, false), (CASES_IGNORING_CASE, true)] {
            for (pattern, expected) in cases {
                let glob = Glob::new(pattern, ignore_case);
                let found: Vec<usize> = (0..TEXTS.len()).filter(|&i| glob.matches(TEXTS[i])).collect();
                assert_eq!(found, *expected, "{}", pattern.escape_ascii());
            }
        }
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        assert!(Glob::new(&b"a*".repeat(50), false).matches(&b"a".repeat(20_000)));
        assert!(!Glob::new(&[b"a*".repeat(50), b"z".to_vec()].concat(), false).matches(&b"a".repeat(20_000)));
    }
}
