//! How values are compared, prepared from an operator and the right-hand side.

use super::constant::Constant;
use super::source::Source;
use crate::language::operator::{Comparison, Modifier};
use crate::matching::text::Matcher;
use crate::value::{Extracted, Value};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;
use std::net::IpAddr;

/// A condition on one value.
pub(crate) type OnValue = Box<dyn Fn(&Value<'_>) -> bool + Send + Sync>;

/// The right-hand side of a comparison, prepared.
pub(crate) enum Against {
    /// Nothing: there has to be a value.
    Nothing,
    /// Values written out.
    Constants(OnValue),
    /// The values of another field.
    Source(Box<Source>, Comparison),
}

/// What a comparison with several values on the left wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// One that fits.
    Any,
    /// That all fit; none at all is fine.
    All,
    /// That there are some and all fit.
    AllOfSome,
}

impl Quantifier {
    /// Whether values fit.
    pub fn holds(self, values: &Extracted<'_>, mut fits: impl FnMut(&Value<'_>) -> bool) -> bool {
        match values {
            Extracted::None => false,
            Extracted::One(value) => fits(value),
            Extracted::Many(values) => match self {
                Quantifier::Any => values.iter().any(fits),
                Quantifier::All => values.iter().all(fits),
                Quantifier::AllOfSome => !values.is_empty() && values.iter().all(&mut fits),
            },
        }
    }
}

/// Prepares a comparison with values written out. The error says what is wrong with a pattern.
pub(crate) fn on_constants(
    comparison: Comparison,
    modifier: Option<Modifier>,
    constants: Vec<Constant>,
) -> Result<OnValue, String> {
    if constants.is_empty() {
        return Ok(Box::new(|_| false));
    }
    let one_of_all = matches!(modifier, None | Some(Modifier::AnyOf));
    match (comparison, modifier) {
        (Comparison::Member { .. }, _) | (Comparison::Equal { negated: false }, Some(Modifier::AnyOf)) => {
            let set = Set::new(constants);
            Ok(Box::new(move |value| set.contains(value)))
        }
        (Comparison::Equal { negated: true }, Some(Modifier::AllOf)) => {
            let set = Set::new(constants);
            Ok(Box::new(move |value| !set.contains(value)))
        }
        (Comparison::Text(operation), _) if one_of_all => {
            let patterns: Vec<&[u8]> = constants.iter().filter_map(bytes).collect();
            Ok(on_bytes((operation.prepare)(&patterns)?))
        }
        _ => {
            let each = constants.into_iter().map(|constant| on_constant(comparison, constant));
            Ok(combined(each.collect::<Result<_, _>>()?, modifier))
        }
    }
}

/// A comparison with one value.
fn on_constant(comparison: Comparison, constant: Constant) -> Result<OnValue, String> {
    Ok(match (comparison, constant) {
        (Comparison::Equal { negated }, Constant::Network(network)) => {
            Box::new(move |value| matches!(value, Value::Ip(ip) if network.contains(*ip) != negated))
        }
        (Comparison::Equal { negated }, Constant::Value(wanted)) => {
            Box::new(move |value| same_kind(value, &wanted) && equal(value, &wanted) != negated)
        }
        (Comparison::Order(fits), Constant::Value(limit)) => {
            Box::new(move |value| order(value, &limit).is_some_and(fits))
        }
        (Comparison::Text(operation), Constant::Value(Value::Bytes(pattern))) => {
            on_bytes((operation.prepare)(&[&pattern])?)
        }
        _ => Box::new(|_| false),
    })
}

fn combined(mut each: Vec<OnValue>, modifier: Option<Modifier>) -> OnValue {
    match modifier {
        _ if each.len() == 1 => each.remove(0),
        None | Some(Modifier::AnyOf) => Box::new(move |value| each.iter().any(|fits| fits(value))),
        Some(Modifier::AllOf) => Box::new(move |value| each.iter().all(|fits| fits(value))),
        Some(Modifier::OneOf) => Box::new(move |value| each.iter().filter(|fits| fits(value)).take(2).count() == 1),
    }
}

fn on_bytes(matcher: Matcher) -> OnValue {
    Box::new(move |value| matches!(value, Value::Bytes(bytes) if matcher(bytes)))
}

fn bytes(constant: &Constant) -> Option<&[u8]> {
    match constant {
        Constant::Value(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// Compares a value with those of another field.
pub(crate) fn on_values(comparison: Comparison, left: &Value<'_>, right: &Extracted<'_>) -> bool {
    let right = match right {
        Extracted::None => return false,
        Extracted::One(value) => std::slice::from_ref(value),
        Extracted::Many(values) => values,
    };
    right.iter().any(|right| match comparison {
        Comparison::Exists => true,
        Comparison::Equal { negated } => same_kind(left, right) && equal(left, right) != negated,
        Comparison::Member { .. } => equal(left, right),
        Comparison::Order(fits) => order(left, right).is_some_and(fits),
        Comparison::Text(operation) => match (operation.pair, left, right) {
            (Some(pair), Value::Bytes(left), Value::Bytes(right)) => pair(left, right),
            _ => false,
        },
    })
}

fn real(value: &Value<'_>) -> Option<f64> {
    match *value {
        Value::Double(number) => Some(number),
        Value::Int(number) => Some(number as f64),
        Value::UInt(number) => Some(number as f64),
        _ => None,
    }
}

/// Whether two values can be equal at all: parameters of different events may have one name and different types.
fn same_kind(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Bytes(_), Value::Bytes(_)) | (Value::Bool(_), Value::Bool(_)) | (Value::Ip(_), Value::Ip(_)) => true,
        _ => real(a).is_some() && real(b).is_some(),
    }
}

fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Ip(a), Value::Ip(b)) => a == b,
        _ => order(a, b) == Some(Ordering::Equal),
    }
}

/// A number of the other signedness is taken bit for bit as one of the left side's: parameters of one name are signed
/// in some events and unsigned in others.
fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Int(a), Value::UInt(b)) => a.cmp(&b.cast_signed()),
        (Value::UInt(a), Value::UInt(b)) => a.cmp(b),
        (Value::UInt(a), Value::Int(b)) => a.cmp(&b.cast_unsigned()),
        _ => return real(a)?.partial_cmp(&real(b)?),
    })
}

/// The bits of a number without a fraction.
fn bits(value: &Value<'_>) -> Option<u64> {
    match *value {
        Value::Int(number) => Some(number.cast_unsigned()),
        Value::UInt(number) => Some(number),
        _ => None,
    }
}

/// Values to be one of.
#[derive(Default)]
struct Set {
    bytes: FxHashSet<Box<[u8]>>,
    numbers: FxHashSet<u64>,
    addresses: FxHashSet<IpAddr>,
    /// What needs a look at each: networks, truths, real numbers.
    others: Vec<Constant>,
}

impl Set {
    fn new(constants: Vec<Constant>) -> Self {
        let mut set = Set::default();
        for constant in constants {
            match constant {
                Constant::Value(Value::Bytes(bytes)) => {
                    set.bytes.insert(bytes.into_owned().into_boxed_slice());
                }
                Constant::Value(Value::Ip(address)) => {
                    set.addresses.insert(address);
                }
                Constant::Value(ref value) => match bits(value) {
                    Some(number) => {
                        set.numbers.insert(number);
                    }
                    None => set.others.push(constant),
                },
                Constant::Network(_) => set.others.push(constant),
            }
        }
        set
    }

    fn contains(&self, value: &Value<'_>) -> bool {
        let found = match value {
            Value::Bytes(bytes) => self.bytes.contains(&**bytes),
            Value::Ip(address) => self.addresses.contains(address),
            _ => bits(value).is_some_and(|number| self.numbers.contains(&number)),
        };
        found
            || self.others.iter().any(|other| match (other, value) {
                (Constant::Value(other), _) => equal(value, other),
                (Constant::Network(network), Value::Ip(address)) => network.contains(*address),
                _ => false,
            })
    }
}
