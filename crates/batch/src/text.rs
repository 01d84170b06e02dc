//! Bytes shared without copying.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Text from a capture: bytes that are mostly UTF-8 but need not be. Cloning shares them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<[u8]>);

impl Text {
    /// The bytes, with invalid UTF-8 replaced.
    pub fn to_str_lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The items of a list in which every item is ended by a zero byte (the last zero may be missing).
    pub fn items(&self) -> impl Iterator<Item = &[u8]> {
        items(&self.0)
    }
}

/// The items of a list in which every item is ended by a zero byte (the last zero may be missing).
pub(crate) fn items(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    body.split(|&b| b == 0).take(if bytes.is_empty() { 0 } else { usize::MAX })
}

impl Default for Text {
    fn default() -> Self {
        static EMPTY: std::sync::OnceLock<Arc<[u8]>> = std::sync::OnceLock::new();
        Text(EMPTY.get_or_init(|| Arc::from(&[][..])).clone())
    }
}

impl Deref for Text {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        if bytes.is_empty() { Text::default() } else { Text(Arc::from(bytes)) }
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.is_empty() { Text::default() } else { Text(Arc::from(bytes)) }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::from(text.as_bytes())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::from(text.into_bytes())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn items_end_with_a_zero_byte_that_may_be_missing_at_the_end() {
        let list = |bytes: &[u8]| Text::from(bytes).items().map(<[u8]>::to_vec).collect::<Vec<_>>();
        assert_eq!(list(b"a\0\0b\0"), [b"a".to_vec(), b"".to_vec(), b"b".to_vec()]);
        assert_eq!(list(b"a\0b"), [b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(list(b"\0"), [b"".to_vec()]);
        assert!(list(b"").is_empty());
    }
}
