//! From a value as written to a value of a type.
//!
//! The rules are those of the libraries' readers of values, lax where they are: numbers wrap to the width of the type,
//! blanks before a number are skipped, a port is a number or the name of a service.

use super::types::Class;
use crate::value::Value;
use capture_event::tables::service;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many bytes a text or buffer to compare with may have.
pub(crate) const MAX_VALUE: usize = 255;

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Constant {
    /// A plain value.
    Value(Value<'static>),
    /// A network.
    Network(Network),
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether an address lies in it. An address of the other version does not.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (a.to_bits() ^ b.to_bits()).checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                (a.to_bits() ^ b.to_bits()).checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Why a value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadValue {
    /// It is not what the type wants.
    Not(&'static str),
    /// It has a zero byte.
    ZeroByte,
    /// It is too long.
    TooLong,
    /// Nothing can be compared with this type.
    NoValues,
}

/// Reads a value of a class.
pub(crate) fn constant(bytes: &[u8], class: Class) -> Result<Constant, BadValue> {
    if class == Class::Bytes {
        return sized(bytes);
    }
    if bytes.contains(&0) {
        return Err(BadValue::ZeroByte);
    }
    // What is not text or bytes is ASCII, or wrong.
    let text = std::str::from_utf8(bytes).unwrap_or("\u{fffd}");
    let value = match class {
        Class::Text => return sized(bytes),
        Class::Bytes | Class::Other => return Err(BadValue::NoValues),
        Class::Number { bits, signed: true } => integer(text, bits).map(Value::Int).ok_or(NUMBER)?,
        Class::Number { bits, signed: false } => unsigned(text, bits).map(Value::UInt).ok_or(NUMBER)?,
        Class::Double => integer(text, 32).map(|number| Value::Double(number as f64)).ok_or(NUMBER)?,
        Class::Port => port(text).map(Value::UInt).ok_or(BadValue::Not("a port or the name of a service"))?,
        Class::Bool => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err(BadValue::Not("`true` or `false`")),
        },
        Class::Address => address(text).map(Value::Ip).ok_or(BadValue::Not("an IPv4 or IPv6 address"))?,
        Class::Network => {
            let network = network(text).ok_or(BadValue::Not("a network such as 10.0.0.0/8 or 2001:db8::/32"))?;
            return Ok(Constant::Network(network));
        }
    };
    Ok(Constant::Value(value))
}

const NUMBER: BadValue = BadValue::Not("a decimal number");

fn sized(bytes: &[u8]) -> Result<Constant, BadValue> {
    if bytes.len() > MAX_VALUE {
        return Err(BadValue::TooLong);
    }
    Ok(Constant::Value(Value::owned(bytes)))
}

/// Sign and digits of a decimal number, saturated at 64 bits. Blanks may precede it.
fn decimal(text: &str) -> Option<(bool, u64)> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((negative, digits.parse().unwrap_or(u64::MAX)))
}

/// A signed number: saturates at 64 bits, then wraps to its width.
fn integer(text: &str, bits: u32) -> Option<i64> {
    let (negative, digits) = decimal(text)?;
    let number = match negative {
        true => 0i64.checked_sub_unsigned(digits).unwrap_or(i64::MIN),
        false => i64::try_from(digits).unwrap_or(i64::MAX),
    };
    let unused = 64 - bits;
    Some(number << unused >> unused)
}

/// An unsigned number: saturates at 64 bits, then wraps to its width; a negative one wraps as well.
fn unsigned(text: &str, bits: u32) -> Option<u64> {
    let (negative, digits) = decimal(text)?;
    let number = if negative && digits != u64::MAX { digits.wrapping_neg() } else { digits };
    Some(number & (u64::MAX >> (64 - bits)))
}

fn port(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let number: i32 = if text.is_empty() { 0 } else { text.parse().ok()? };
        return Some(u64::from(number as u16));
    }
    service::port(text).map(u64::from)
}

fn address(text: &str) -> Option<IpAddr> {
    match text.contains('.') {
        true => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        false => text.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
    }
}

fn network(text: &str) -> Option<Network> {
    let (address_text, prefix) = text.split_once('/')?;
    // The length is read as a number of eight bits, so 256 is 0.
    let prefix = u32::try_from(unsigned(prefix, 8)?).ok()?;
    let address = match text.contains('.') {
        true => address_text.parse().map(IpAddr::V4).ok().filter(|_| prefix <= 32)?,
        false => address_text.parse().map(IpAddr::V6).ok().filter(|_| (1..=128).contains(&prefix))?,
    };
    Some(Network { address, prefix })
}

/// The number that a hexadecimal text stands for: for advice.
pub(crate) fn hexadecimal(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const I64: Class = Class::Number { bits: 64, signed: true };
    const U32: Class = Class::Number { bits: 32, signed: false };

    fn read(text: &str, class: Class) -> Option<Value<'static>> {
        match constant(text.as_bytes(), class) {
            Ok(Constant::Value(value)) => Some(value),
            _ => None,
        }
    }

    #[test]
    fn numbers_saturate_then_wrap() {
        assert_eq!(read("003", I64), Some(Value::Int(3)));
        assert_eq!(read("+2", I64), Some(Value::Int(2)));
        assert_eq!(read(" 3", I64), Some(Value::Int(3)));
        assert_eq!(read("99999999999999999999", I64), Some(Value::Int(i64::MAX)));
        assert_eq!(read("-99999999999999999999", I64), Some(Value::Int(i64::MIN)));
        assert_eq!(read("-1", U32), Some(Value::UInt(0xffff_ffff)));
        assert_eq!(read("4294967296", U32), Some(Value::UInt(0)));
        assert_eq!(read("-1", Class::Number { bits: 64, signed: false }), Some(Value::UInt(u64::MAX)));
        assert_eq!(read("40000", Class::Number { bits: 16, signed: true }), Some(Value::Int(-25536)));
        assert_eq!(read("3", Class::Double), Some(Value::Double(3.0)));
        for bad in ["", "3 ", "0x3", "2.9", "1e3", "abc", "- 5", "+", "3\0"] {
            assert_eq!(read(bad, I64), None, "{bad:?}");
        }
    }

    #[test]
    fn ports_have_names() {
        assert_eq!(read("080", Class::Port), Some(Value::UInt(80)));
        assert_eq!(read("http", Class::Port), Some(Value::UInt(80)));
        assert_eq!(read("65536", Class::Port), Some(Value::UInt(0)));
        assert_eq!(read("", Class::Port), Some(Value::UInt(0)));
        assert_eq!(read("-1", Class::Port), None);
        assert_eq!(read(" 80", Class::Port), None);
        assert_eq!(read("99999999999", Class::Port), None);
    }

    #[test]
    fn addresses_are_strict() {
        for good in ["1.2.3.4", "::1", "2001:4860:4860:0000:0000:0000:0000:8888", "1:2:3:4:5:6:7::"] {
            assert!(read(good, Class::Address).is_some(), "{good}");
        }
        for bad in ["", "1.2.3", "01.2.3.4", "1.2.3.4/8", "localhost", "::ffff:1.2.3.4", "::1%lo", "1.2.3.4.5"] {
            assert_eq!(read(bad, Class::Address), None, "{bad}");
        }
    }

    #[test]
    fn networks_contain_their_own_version() {
        let contains = |network: &str, address: &str| match constant(network.as_bytes(), Class::Network) {
            Ok(Constant::Network(network)) => Some(network.contains(address.parse().unwrap())),
            _ => None,
        };
        assert_eq!(contains("10.1.2.3/8", "10.9.9.9"), Some(true));
        assert_eq!(contains("10.0.0.0/8", "11.0.0.0"), Some(false));
        assert_eq!(contains("0.0.0.0/0", "1.2.3.4"), Some(true));
        assert_eq!(contains("0.0.0.0/0", "::1"), Some(false));
        assert_eq!(contains("1.2.3.4/32", "1.2.3.4"), Some(true));
        assert_eq!(contains("2001:4860::/32", "2001:4860::8888"), Some(true));
        assert_eq!(contains("::1/128", "::2"), Some(false));
        assert_eq!(contains("::1/1", "7fff::"), Some(true));
        assert_eq!(contains("1.2.3.4/256", "9.9.9.9"), Some(true));
        for bad in ["1.2.3.4", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "::1/0", "::1/129", "::/x", "1.2.3/24", "a/8"] {
            assert_eq!(contains(bad, "::1"), None, "{bad}");
        }
    }
}
