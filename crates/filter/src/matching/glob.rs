//! Wildcards as fnmatch(3) knows them, without flags: `*` is any text, slashes included, `?` any byte, `[a-z]` one of
//! some bytes (`[!a-z]` or `[^a-z]` none of them, `[[:digit:]]` one of a class), `\` takes the next byte as it is.
//! An opening bracket without a closing one is a bracket. Everything works on bytes.

/// A pattern that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    parts: Vec<Part>,
    fold: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// This byte.
    Byte(u8),
    /// Any byte.
    Any,
    /// Any text.
    Star,
    /// One of 256 bytes.
    Set(Box<[bool; 256]>),
    /// Nothing: a pattern that ends in a backslash matches no text.
    Never,
}

impl Glob {
    /// Reads a pattern; `fold`: capital letters are the same as small ones.
    pub(crate) fn new(pattern: &[u8], fold: bool) -> Self {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let [first, after @ ..] = rest {
            rest = after;
            parts.push(match first {
                b'*' if parts.last() == Some(&Part::Star) => continue,
                b'*' => Part::Star,
                b'?' => Part::Any,
                b'[' => match set(after, fold) {
                    Some((set, after)) => {
                        rest = after;
                        Part::Set(Box::new(set))
                    }
                    None => Part::Byte(b'['),
                },
                b'\\' => match after {
                    [escaped, after @ ..] => {
                        rest = after;
                        Part::Byte(folded(*escaped, fold))
                    }
                    [] => Part::Never,
                },
                other => Part::Byte(folded(*other, fold)),
            });
        }
        Glob { parts, fold }
    }

    /// Whether the whole text fits. Takes time proportional to text times pattern at worst.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let (mut part, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        loop {
            let fits = match (self.parts.get(part), text.get(at)) {
                (None, None) => return true,
                (Some(Part::Star), _) => {
                    star = Some((part + 1, at));
                    part += 1;
                    continue;
                }
                (Some(part), Some(&byte)) => self.fits(part, byte),
                _ => false,
            };
            if fits {
                part += 1;
                at += 1;
                continue;
            }
            // Give the last star one byte more.
            match star {
                Some((after_star, from)) if from < text.len() => {
                    star = Some((after_star, from + 1));
                    part = after_star;
                    at = from + 1;
                }
                _ => return false,
            }
        }
    }

    fn fits(&self, part: &Part, byte: u8) -> bool {
        match part {
            Part::Byte(wanted) => folded(byte, self.fold) == *wanted,
            Part::Any => true,
            Part::Set(set) => set.get(usize::from(folded(byte, self.fold))).copied().unwrap_or(false),
            Part::Star | Part::Never => false,
        }
    }

    /// If the pattern is a plain text with stars at its ends at most: whether there is a star before it, the text,
    /// whether there is a star behind it.
    pub(crate) fn plain(&self) -> Option<(bool, Vec<u8>, bool)> {
        if self.fold {
            return None;
        }
        let (before, rest) = match self.parts.as_slice() {
            [Part::Star, rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (behind, rest) = match rest {
            [rest @ .., Part::Star] => (true, rest),
            rest => (false, rest),
        };
        let bytes: Option<Vec<u8>> = rest.iter().map(|part| if let Part::Byte(b) = part { Some(*b) } else { None }).collect();
        Some((before, bytes?, behind))
    }
}

fn folded(byte: u8, fold: bool) -> u8 {
    if fold { byte.to_ascii_lowercase() } else { byte }
}

/// Reads a set up to its bracket; `None` if that is missing.
fn set(pattern: &[u8], fold: bool) -> Option<([bool; 256], &[u8])> {
    let mut set = [false; 256];
    let (negated, mut rest) = match pattern {
        [b'!' | b'^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut first = true;
    loop {
        let byte = match rest {
            [] => return None,
            [b']', after @ ..] if !first => {
                for (byte, member) in (0u8..).zip(set.iter_mut()) {
                    // A folded text has no capitals, so what they would say does not matter.
                    *member ^= negated && !(fold && byte.is_ascii_uppercase());
                }
                return Some((set, after));
            }
            [b'[', b':', after @ ..] if class(after).is_some() => {
                let (class, after) = class(after)?;
                (0..=255u8).filter(|&b| class(b)).for_each(|b| add(&mut set, b, fold));
                rest = after;
                first = false;
                continue;
            }
            [b'\\', escaped, after @ ..] => {
                rest = after;
                *escaped
            }
            [byte, after @ ..] => {
                rest = after;
                *byte
            }
        };
        first = false;
        let last = match rest {
            [b'-', b'\\', last, after @ ..] if *last != b']' || !after.is_empty() => {
                rest = after;
                *last
            }
            [b'-', last, after @ ..] if *last != b']' => {
                rest = after;
                *last
            }
            _ => byte,
        };
        let (low, high) = (folded(byte, fold), folded(last, fold));
        (low..=high).for_each(|b| add(&mut set, b, fold));
    }
}

fn add(set: &mut [bool; 256], byte: u8, fold: bool) {
    if let Some(member) = set.get_mut(usize::from(folded(byte, fold))) {
        *member = true;
    }
}

/// The class whose name stands here up to `:]`.
fn class(pattern: &[u8]) -> Option<(fn(u8) -> bool, &[u8])> {
    let end = pattern.windows(2).position(|window| window == b":]")?;
    let class: fn(u8) -> bool = match pattern.get(..end)? {
        b"alpha" => |b| b.is_ascii_alphabetic(),
        b"digit" => |b| b.is_ascii_digit(),
        b"alnum" => |b| b.is_ascii_alphanumeric(),
        b"upper" => |b| b.is_ascii_uppercase(),
        b"lower" => |b| b.is_ascii_lowercase(),
        b"space" => |b| matches!(b, b' ' | b'\t'..=b'\r'),
        b"blank" => |b| matches!(b, b' ' | b'\t'),
        b"punct" => |b| b.is_ascii_punctuation(),
        b"print" => |b| matches!(b, b' '..=b'~'),
        b"graph" => |b| b.is_ascii_graphic(),
        b"cntrl" => |b| b.is_ascii_control(),
        b"xdigit" => |b| b.is_ascii_hexdigit(),
        _ => return None,
    };
    Some((class, pattern.get(end + 2..)?))
}

#[cfg(test)]
mod tests {
    use super::Glob;

    fn glob(pattern: &str, text: &str) -> bool {
        Glob::new(pattern.as_bytes(), false).matches(text.as_bytes())
    }

    #[test]
    fn stars_cross_slashes_and_back_up() {
        assert!(glob("/lib/*/libc.so.[0-9]", "/lib/x86/64/libc.so.6"));
        assert!(glob("*a*b", "xaxaxb"));
        assert!(!glob("*a*b", "xaxax"));
        assert!(glob("*", ""));
        assert!(!glob("?", ""));
        assert!(!glob("lib", "/lib"));
    }

    #[test]
    fn sets_have_ranges_negation_classes_and_escapes() {
        assert!(glob("[a-c]", "b"));
        assert!(!glob("[!a-c]", "b"));
        assert!(glob("[^a-c]", "d"));
        assert!(glob("[]a]", "]"));
        assert!(glob("[a-]", "-"));
        assert!(glob("[[:digit:]x]", "7"));
        assert!(glob("[\\]]", "]"));
        assert!(glob("[a", "[a"));
        assert!(glob("\\*", "*"));
        assert!(!glob("\\*", "x"));
        assert!(!glob("a\\", "a"));
        assert!(!glob("{a,b}", "a"));
    }

    #[test]
    fn folding_makes_no_difference_between_capitals_and_small_letters() {
        let glob = |pattern: &str, text: &str| Glob::new(pattern.as_bytes(), true).matches(text.as_bytes());
        assert!(glob("/LIB/*", "/lib/x"));
        assert!(glob("/lib/*", "/LIB/x"));
        assert!(glob("[A-C]", "b"));
        assert!(!glob("[!A-C]", "b"));
        assert!(glob("[[:upper:]]", "b"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        assert!(!glob(&"*a".repeat(200), &"a".repeat(199)));
    }
}
