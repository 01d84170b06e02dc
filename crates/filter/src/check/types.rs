//! Types of values, as far as the language tells them apart.

use crate::language::operator::Kinds;
use capture_event::ParamType;

/// What a field or transformer yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValueType {
    /// The type of one value.
    pub ty: ParamType,
    /// Whether it yields a list of them.
    pub list: bool,
}

/// How values of a type are read and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A number of so many bits.
    Number {
        bits: u32,
        signed: bool,
    },
    Port,
    Double,
    Bool,
    Text,
    Bytes,
    Address,
    Network,
    /// Nothing that can be compared.
    Other,
}

impl ValueType {
    /// One text.
    pub const TEXT: ValueType = ValueType { ty: ParamType::CharBuf, list: false };
    /// A list of texts.
    pub const TEXTS: ValueType = ValueType { ty: ParamType::CharBuf, list: true };
    /// A length.
    pub const LENGTH: ValueType = ValueType { ty: ParamType::UInt64, list: false };

    /// How its values are read and compared.
    pub fn class(self) -> Class {
        use ParamType::*;
        let number = |bits, signed| Class::Number { bits, signed };
        match self.ty {
            Int8 => number(8, true),
            Int16 => number(16, true),
            Int32 => number(32, true),
            Int64 | Errno | Fd | Pid => number(64, true),
            UInt8 | SigType | Flags8 | EnumFlags8 => number(8, false),
            UInt16 | SyscallId | Flags16 | EnumFlags16 => number(16, false),
            UInt32 | Flags32 | EnumFlags32 | Mode => number(32, false),
            UInt64 | RelTime | AbsTime => number(64, false),
            Port => Class::Port,
            Double => Class::Double,
            Bool => Class::Bool,
            CharBuf | FsPath | FsRelPath => Class::Text,
            ByteBuf => Class::Bytes,
            Ipv4Addr | Ipv6Addr | IpAddr => Class::Address,
            Ipv4Net | Ipv6Net | IpNet => Class::Network,
            _ => Class::Other,
        }
    }

    /// Whether its values are text.
    pub fn is_text(self) -> bool {
        self.class() == Class::Text
    }

    /// Whether it is one text or one buffer.
    pub fn is_text_or_bytes(self) -> bool {
        !self.list && matches!(self.class(), Class::Text | Class::Bytes)
    }

    /// What operators have to apply to.
    pub fn kinds(self) -> Kinds {
        if self.list {
            return Kinds::LIST;
        }
        match self.class() {
            Class::Number { .. } | Class::Port | Class::Double => Kinds::NUMBER,
            Class::Bool => Kinds::BOOL,
            Class::Text => Kinds::TEXT,
            Class::Bytes => Kinds::BYTES,
            Class::Address | Class::Network => Kinds::NET,
            Class::Other => Kinds::empty(),
        }
    }

    /// The type in words, with an article.
    pub fn words(self) -> String {
        let one = match self.class() {
            Class::Number { .. } => "a number",
            Class::Port => "a port",
            Class::Double => "a real number",
            Class::Bool => "true or false",
            Class::Text => "text",
            Class::Bytes => "raw bytes",
            Class::Address => "an address",
            Class::Network => "a network",
            Class::Other => "of a type that cannot be compared",
        };
        if self.list { "a list".to_string() } else { one.to_string() }
    }
}
