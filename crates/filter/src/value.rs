//! What a field yields.

use std::borrow::Cow;
use std::net::IpAddr;

/// One value of a field. Which variant a field yields follows from its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'r> {
    /// Text and raw bytes.
    Bytes(Cow<'r, [u8]>),
    /// Signed numbers.
    Int(i64),
    /// Unsigned numbers, times and durations in ns, ports.
    UInt(u64),
    /// Truth.
    Bool(bool),
    /// Real numbers.
    Double(f64),
    /// An address.
    Ip(IpAddr),
}

impl<'r> Value<'r> {
    /// Text that lives as long as the row.
    pub fn text(bytes: &'r [u8]) -> Self {
        Value::Bytes(Cow::Borrowed(bytes))
    }

    /// Text made for the occasion.
    pub fn owned(bytes: impl Into<Vec<u8>>) -> Self {
        Value::Bytes(Cow::Owned(bytes.into()))
    }
}

/// All that a field yields for one event.
#[derive(Debug, Clone, PartialEq)]
pub enum Extracted<'r> {
    /// No value: `<NA>`.
    None,
    /// One value.
    One(Value<'r>),
    /// Several values, possibly none: of a field that yields lists, or alternatives of which a comparison needs one
    /// (see [`FieldFlags::IS_LIST`](crate::catalog::FieldFlags::IS_LIST),
    /// [`ANY_ANCESTOR`](crate::catalog::FieldFlags::ANY_ANCESTOR),
    /// [`EITHER_END`](crate::catalog::FieldFlags::EITHER_END)). Even an empty one exists.
    Many(Vec<Value<'r>>),
}

impl<'r> From<Option<Value<'r>>> for Extracted<'r> {
    fn from(value: Option<Value<'r>>) -> Self {
        value.map_or(Extracted::None, Extracted::One)
    }
}
