//! Versions of the engine and of plugins.

use std::fmt;

/// Major, minor and patch number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

/// The version of Falco's engine whose rule files are read here (Falco after 0.44.1).
pub const ENGINE: Version = Version(0, 63, 0);

impl Version {
    /// Reads `1.2.3`; what follows is not looked at.
    pub fn parse(text: &str) -> Option<Version> {
        let (major, rest) = number(text)?;
        let (minor, rest) = number(rest.strip_prefix('.')?)?;
        let (patch, _) = number(rest.strip_prefix('.')?)?;
        Some(Version(major, minor, patch))
    }

    /// Whether what has this version does what was written for another: the same major number, and not older.
    pub fn serves(self, wanted: Version) -> bool {
        self.0 == wanted.0 && self >= wanted
    }
}

/// The number that a text starts with, blanks before it left out, and the rest.
fn number(text: &str) -> Option<(u32, &str)> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let text = text.strip_prefix('+').unwrap_or(text);
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(len)?;
    Some((digits.parse().ok()?, rest))
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_three_numbers() {
        assert_eq!(Version::parse("0.57.0-rc1"), Some(Version(0, 57, 0)));
        assert_eq!(["0.31", "abc", "-1", "", "1.2.x"].map(Version::parse), [None; 5]);
        assert!(ENGINE.serves(Version(0, 31, 0)));
        assert!(!ENGINE.serves(Version(0, 63, 1)));
        assert!(!ENGINE.serves(Version(1, 0, 0)));
    }
}
