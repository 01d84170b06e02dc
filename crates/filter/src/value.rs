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

    /// The same value, free of the row.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Value::Int(number) => Value::Int(number),
            Value::UInt(number) => Value::UInt(number),
            Value::Bool(truth) => Value::Bool(truth),
            Value::Double(number) => Value::Double(number),
            Value::Ip(address) => Value::Ip(address),
        }
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

impl<'r> Extracted<'r> {
    /// The same values, free of the row.
    pub fn into_owned(self) -> Extracted<'static> {
        match self {
            Extracted::None => Extracted::None,
            Extracted::One(value) => Extracted::One(value.into_owned()),
            Extracted::Many(values) => Extracted::Many(values.into_iter().map(Value::into_owned).collect()),
        }
    }

    /// Text of the batch.
    pub fn text(text: Option<&'r [u8]>) -> Self {
        text.map(Value::text).into()
    }

    /// Text made for the occasion.
    pub fn owned(text: Option<Vec<u8>>) -> Self {
        text.map(Value::owned).into()
    }

    /// A signed number.
    pub fn int(number: Option<i64>) -> Self {
        number.map(Value::Int).into()
    }

    /// An unsigned number.
    pub fn uint(number: Option<u64>) -> Self {
        number.map(Value::UInt).into()
    }

    /// True or false.
    pub fn bool(truth: Option<bool>) -> Self {
        truth.map(Value::Bool).into()
    }
}

impl<'r> From<Option<Value<'r>>> for Extracted<'r> {
    fn from(value: Option<Value<'r>>) -> Self {
        value.map_or(Extracted::None, Extracted::One)
    }
}

/// Texts with a blank between them, but none before the first that is not empty.
pub(crate) fn join<'a>(items: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    items.fold(Vec::new(), |mut text, item| {
        if !text.is_empty() {
            text.push(b' ');
        }
        text.extend_from_slice(item);
        text
    })
}
