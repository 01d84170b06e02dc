//! Base64 (RFC 4648, section 4), with or without padding.

/// The bytes that a text stands for. `None` if it is no base64: other characters, a length that cannot be, bits that
/// stand for nothing and are not zero. At most two `=` at the end are left out first.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.chunks(4) {
        let bits = group.iter().try_fold(0u32, |bits, &c| Some(bits << 6 | sextet(c)?))?;
        let unused = match group.len() {
            4 => 0,
            3 => 2,
            2 => 4,
            _ => return None,
        };
        if bits & ((1 << unused) - 1) != 0 {
            return None;
        }
        let whole = (bits >> unused).to_be_bytes();
        out.extend_from_slice(whole.get(4 - (group.len() - 1)..)?);
    }
    Some(out)
}

fn sextet(c: u8) -> Option<u32> {
    Some(u32::from(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn padding_may_be_missing_but_nothing_else() {
        let text = |encoded: &str| decode(encoded.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(text("Zm9v").as_deref(), Some("foo"));
        assert_eq!(text("Zm8=").as_deref(), Some("fo"));
        assert_eq!(text("Zm8").as_deref(), Some("fo"));
        assert_eq!(text("Zg==").as_deref(), Some("f"));
        assert_eq!(text("Zg").as_deref(), Some("f"));
        assert_eq!(text("").as_deref(), Some(""));
        assert_eq!(text("Zh"), None);
        assert_eq!(text("Z"), None);
        assert_eq!(text("Zm9v!"), None);
    }
}
