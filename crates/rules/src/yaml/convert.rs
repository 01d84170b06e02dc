//! What scalars mean where something other than a text is wanted, as yaml-cpp reads them.

/// A truth: `y`, `yes`, `true`, `on` and their opposites, in small letters, in capitals or with one capital at the
/// start.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let rest_is_small = text.chars().skip(1).all(|c| !c.is_ascii_uppercase());
    let is_capital = text.chars().all(|c| !c.is_ascii_lowercase());
    if !rest_is_small && !is_capital {
        return None;
    }
    match &*text.to_ascii_lowercase() {
        "y" | "yes" | "true" | "on" => Some(true),
        "n" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// A number without sign: decimal, hexadecimal after `0x`, octal after `0`. Blanks may follow.
pub(crate) fn number(text: &str) -> Option<u32> {
    let text = text.trim_end_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = |digits: &str| digits.bytes().next().is_some_and(|b| b.is_ascii_hexdigit());
    let (digits, radix) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => (hex, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (digits, 8),
        None => (digits, 10),
    };
    is_number(digits).then(|| u32::from_str_radix(digits, radix).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truths_have_three_cases() {
        let yes = ["yes", "Yes", "YES", "y", "Y", "on", "True"].map(truth);
        assert_eq!(yes, [Some(true); 7]);
        assert_eq!(["off", "No", "FALSE"].map(truth), [Some(false); 3]);
        assert_eq!(["yEs", "tRUE", "1", "", "maybe"].map(truth), [None; 5]);
    }

    #[test]
    fn numbers_are_as_streams_read_them() {
        assert_eq!(["15", "0", "0x1f", "010", "4 "].map(number), [15, 0, 31, 8, 4].map(Some));
        assert_eq!(["-1", "0.31", "1a", "", "++1", "99999999999", "08"].map(number), [None; 7]);
    }
}
