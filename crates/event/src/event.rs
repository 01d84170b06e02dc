//! One event as read from a capture.

use crate::schema::{self, Dialect, EventInfo};

/// One event: its header and the raw bytes of its parameters.
///
/// The accessors decode one parameter each and give `None` when the event does not have it, when it is empty
/// (no value), or when its size is not that of the type.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Nanoseconds since the epoch; not guaranteed to increase.
    pub ts: u64,
    /// The acting thread; -1 when there is none.
    pub tid: i64,
    /// The CPU it happened on.
    pub cpu: u16,
    /// The event type, see [`crate::code`].
    pub code: u16,
    /// Stored only to keep the state right: applied, numbered, not shown.
    pub state_only: bool,
    /// The parameters' bytes, in file order. May be fewer or more than the schema has.
    pub params: &'a [&'a [u8]],
}

impl<'a> Event<'a> {
    /// What the schema says of its type.
    pub fn info(&self, dialect: Dialect) -> Option<&'static EventInfo> {
        schema::event(self.code, dialect)
    }

    /// Whether it is an enter event (or one without a pair).
    pub fn is_enter(&self) -> bool {
        self.code.is_multiple_of(2)
    }

    /// The bytes of parameter `i`, empty ones included; `None` when the event has no such parameter.
    pub fn raw(&self, i: usize) -> Option<&'a [u8]> {
        self.params.get(i).copied()
    }

    /// The bytes of parameter `i` if there are any.
    pub fn bytes(&self, i: usize) -> Option<&'a [u8]> {
        self.raw(i).filter(|p| !p.is_empty())
    }

    /// A string or path: the bytes before the first zero byte. `None` when the parameter is missing or empty
    /// (a string of no characters is one zero byte, and gives an empty slice).
    pub fn str(&self, i: usize) -> Option<&'a [u8]> {
        self.bytes(i).map(until_nul)
    }

    fn array<const N: usize>(&self, i: usize) -> Option<[u8; N]> {
        self.raw(i)?.try_into().ok()
    }

    /// An unsigned byte.
    pub fn u8(&self, i: usize) -> Option<u8> {
        self.array(i).map(u8::from_le_bytes)
    }

    /// A 16-bit number.
    pub fn u16(&self, i: usize) -> Option<u16> {
        self.array(i).map(u16::from_le_bytes)
    }

    /// A 32-bit number.
    pub fn u32(&self, i: usize) -> Option<u32> {
        self.array(i).map(u32::from_le_bytes)
    }

    /// A 64-bit number.
    pub fn u64(&self, i: usize) -> Option<u64> {
        self.array(i).map(u64::from_le_bytes)
    }

    /// A signed 32-bit number.
    pub fn i32(&self, i: usize) -> Option<i32> {
        self.array(i).map(i32::from_le_bytes)
    }

    /// A signed 64-bit number: results, descriptors, process ids.
    pub fn i64(&self, i: usize) -> Option<i64> {
        self.array(i).map(i64::from_le_bytes)
    }

    /// A descriptor or process id of 32 or 64 bits.
    pub fn signed(&self, i: usize) -> Option<i64> {
        self.i64(i).or_else(|| self.i32(i).map(i64::from))
    }
}

/// The bytes before the first zero byte, or all of them.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&b| b == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accessors_refuse_missing_empty_and_odd_sized_parameters() {
        let params: [&[u8]; 4] = [&[1, 0, 0, 0], &[], b"abc\0def\0", &[0]];
        let event = Event { ts: 0, tid: 1, cpu: 0, code: 3, state_only: false, params: &params };
        assert_eq!(event.u32(0), Some(1));
        assert_eq!(event.u64(0), None);
        assert_eq!(event.u32(1), None);
        assert_eq!(event.str(1), None);
        assert_eq!(event.str(2), Some(&b"abc"[..]));
        assert_eq!(event.str(3), Some(&b""[..]));
        assert_eq!(event.raw(4), None);
    }
}
