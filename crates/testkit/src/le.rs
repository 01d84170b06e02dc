//! Little-endian bytes.

/// Puts values behind one another, as captures store them.
pub(crate) trait Put: Sized {
    fn raw(self, bytes: &[u8]) -> Self;

    fn le16(self, value: u16) -> Self {
        self.raw(&value.to_le_bytes())
    }

    fn le32(self, value: u32) -> Self {
        self.raw(&value.to_le_bytes())
    }

    fn le64(self, value: u64) -> Self {
        self.raw(&value.to_le_bytes())
    }

    /// Two bytes of length, then the bytes.
    fn str16(self, text: &[u8]) -> Self {
        self.le16(text.len() as u16).raw(text)
    }
}

impl Put for Vec<u8> {
    fn raw(mut self, bytes: &[u8]) -> Self {
        self.extend_from_slice(bytes);
        self
    }
}

/// Each item ended by a zero byte.
pub(crate) fn items(items: &[&str]) -> Vec<u8> {
    items.iter().flat_map(|item| item.bytes().chain([0])).collect()
}
