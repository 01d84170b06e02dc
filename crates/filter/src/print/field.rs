//! How the values of fields print.
//!
//! A number prints by its field's type and format; a number that has no format prints as if it were missing, as in
//! both views' programs. Text ends at its first zero byte.

use super::number::{decimal, magnitude};
use super::{Param, buffer};
use crate::catalog::{Arg, FieldFlags, parameter_type};
use crate::value::{Extracted, Value};
use crate::{Env, FieldUse};
use capture_batch::path::sanitized;
use capture_batch::{Row, View, address};
use capture_event::event::until_nul;
use capture_event::{ParamType, PrintFormat};
use std::io::Write;

/// How the values of one field print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The type of its values.
    pub ty: ParamType,
    /// How its numbers print.
    pub format: PrintFormat,
    /// Whether it yields lists.
    pub is_list: bool,
    /// Whether bytes that do not print are left out.
    pub is_sanitized: bool,
}

impl Style {
    /// How a field's values print in a view.
    pub fn of(field: &FieldUse, view: View) -> Self {
        Style {
            ty: field.field.reading(view).ty,
            format: field.field.format,
            is_list: field.field.flags.contains(FieldFlags::IS_LIST),
            is_sanitized: view == View::Classic && field.field.flags.contains(FieldFlags::SANITIZED),
        }
    }

    /// The style for one event. Raw arguments print as the parameter of their name does: in the exit view the event's
    /// own; in the classic view the first of that name in the whole schema, without a format.
    pub fn for_row(self, row: Row<'_>, arg: &Arg) -> Self {
        let Arg::Key(name) = arg else { return self };
        let Some(name) = std::str::from_utf8(name).ok().filter(|_| self.ty == ParamType::Dyn) else { return self };
        let found = match row.view() {
            View::Exit => Param::named(row, name).map(|param| (param.info.ty, param.info.format)),
            View::Classic => parameter_type(name, View::Classic).map(classic_raw),
        };
        found.map_or(self, |(ty, format)| Style { ty, format, ..self })
    }

    /// Appends all that a field yields; `None`, with nothing appended, for what prints as missing.
    ///
    /// Lists print in parentheses with commas. Several values of a field that is no list (all ancestors, all names of
    /// an address) print with blanks between them, none before the first that is not empty.
    pub fn print(&self, out: &mut Vec<u8>, extracted: &Extracted<'_>, env: &Env) -> Option<()> {
        match extracted {
            Extracted::None => None,
            Extracted::One(value) => self.print_value(out, value, env),
            Extracted::Many(values) if self.is_list => {
                out.push(b'(');
                self.print_joined(out, values, b',', env);
                out.push(b')');
                Some(())
            }
            Extracted::Many(values) => {
                let before = out.len();
                self.print_joined(out, values, b' ', env);
                (out.len() > before).then_some(())
            }
        }
    }

    fn print_joined(&self, out: &mut Vec<u8>, values: &[Value<'_>], separator: u8, env: &Env) {
        let start = out.len();
        for value in values {
            if out.len() > start {
                out.push(separator);
            }
            let _ = self.print_value(out, value, env);
        }
    }

    /// Appends one value; `None`, with nothing appended, for what prints as missing.
    pub fn print_value(&self, out: &mut Vec<u8>, value: &Value<'_>, env: &Env) -> Option<()> {
        match value {
            Value::Bytes(bytes) if self.ty == ParamType::ByteBuf => buffer::print(out, bytes, env),
            Value::Bytes(bytes) if self.is_sanitized => sanitized(out, until_nul(bytes)),
            Value::Bytes(bytes) => {
                let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
                out.extend_from_slice(bytes.get(..end).unwrap_or_default());
            }
            Value::Int(number) => self.print_signed(out, *number)?,
            Value::UInt(number) => self.print_unsigned(out, *number)?,
            Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
            // Writing to a vector cannot fail, here and below.
            Value::Double(number) => write!(out, "{number:.1}").ok()?,
            Value::Ip(ip) => address::print_ip(out, *ip),
        }
        Some(())
    }

    fn print_signed(&self, out: &mut Vec<u8>, number: i64) -> Option<()> {
        match self.format {
            PrintFormat::Dec | PrintFormat::Id => decimal(out, number),
            PrintFormat::PaddedDec10 => write!(out, "{number:09}").ok()?,
            PrintFormat::Hex | PrintFormat::Oct => self.print_bits(out, number.cast_unsigned()),
            PrintFormat::NA | PrintFormat::Dir => match self.ty {
                ParamType::Int8 | ParamType::Int16 | ParamType::Int32 => return None,
                _ => decimal(out, number),
            },
        }
        Some(())
    }

    fn print_unsigned(&self, out: &mut Vec<u8>, number: u64) -> Option<()> {
        match self.format {
            PrintFormat::Dec | PrintFormat::Id => magnitude(out, number),
            PrintFormat::PaddedDec10 => write!(out, "{number:09}").ok()?,
            PrintFormat::Hex | PrintFormat::Oct => self.print_bits(out, number),
            PrintFormat::NA | PrintFormat::Dir => return None,
        }
        Some(())
    }

    /// The bits that a number of the type has, hexadecimal or octal.
    fn print_bits(&self, out: &mut Vec<u8>, number: u64) {
        let size = self.ty.size().unwrap_or(8);
        let bits = if size < 8 { number & ((1 << (8 * size)) - 1) } else { number };
        let _ = match self.format {
            PrintFormat::Oct => write!(out, "{bits:o}"),
            _ => write!(out, "{bits:X}"),
        };
    }
}

/// Of the types that the classic program does not refuse to print, narrow and unsigned numbers print as missing, and
/// bytes as they are.
fn classic_raw(ty: ParamType) -> (ParamType, PrintFormat) {
    use ParamType::*;
    match ty {
        ByteBuf => (CharBuf, PrintFormat::NA),
        Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32 | UInt64 | RelTime | AbsTime | Port | L4Proto => {
            (ty, PrintFormat::NA)
        }
        _ => (ty, PrintFormat::Dec),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ty: ParamType, format: PrintFormat, value: Value<'_>) -> Option<String> {
        let style = Style { ty, format, is_list: false, is_sanitized: false };
        let mut out = Vec::new();
        style.print(&mut out, &Extracted::One(value), &Env::default())?;
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn numbers_print_by_type_and_format() {
        use ParamType::{Bool, Double, Int32, Int64, Port, RelTime, UInt32, UInt64};
        use PrintFormat::{Dec, Hex, Id, NA, Oct, PaddedDec10};
        let cases = [
            (Int64, Dec, Value::Int(i64::MIN), Some("-9223372036854775808")),
            (Int64, Id, Value::Int(0), Some("0")),
            (Int64, NA, Value::Int(-1), Some("-1")),
            (Int32, Hex, Value::Int(-1), Some("FFFFFFFF")),
            (Int32, Hex, Value::Int(14), Some("E")),
            (Int32, NA, Value::Int(1), None),
            (UInt64, Dec, Value::UInt(u64::MAX), Some("18446744073709551615")),
            (UInt32, NA, Value::UInt(1), None),
            (RelTime, PaddedDec10, Value::UInt(42), Some("000000042")),
            (UInt32, Oct, Value::UInt(0o644), Some("644")),
            (Port, Dec, Value::UInt(443), Some("443")),
            (Double, NA, Value::Double(12.25), Some("12.2")),
            (Bool, NA, Value::Bool(true), Some("true")),
        ];
        for (ty, format, value, expected) in cases {
            assert_eq!(text(ty, format, value.clone()).as_deref(), expected, "{ty:?} {format:?} {value:?}");
        }
    }

    #[test]
    fn text_ends_at_a_zero_byte_and_loses_what_does_not_print_where_asked() {
        let value = Value::text(b"a\x1bb\xff\0c");
        let style = Style { ty: ParamType::CharBuf, format: PrintFormat::NA, is_list: false, is_sanitized: false };
        let mut out = Vec::new();
        assert!(style.print_value(&mut out, &value, &Env::default()).is_some());
        assert_eq!(out, b"a\x1bb\xff");
        out.clear();
        assert!(Style { is_sanitized: true, ..style }.print_value(&mut out, &value, &Env::default()).is_some());
        assert_eq!(out, b"ab");
    }

    #[test]
    fn several_values_print_as_a_list_or_side_by_side() {
        let values = || Extracted::Many(vec![Value::text(b""), Value::text(b"a"), Value::text(b""), Value::text(b"b")]);
        let style = Style { ty: ParamType::CharBuf, format: PrintFormat::NA, is_list: false, is_sanitized: false };
        let mut out = Vec::new();
        assert!(style.print(&mut out, &values(), &Env::default()).is_some());
        assert_eq!(out, b"a  b");
        assert!(style.print(&mut out, &Extracted::Many(vec![Value::text(b"")]), &Env::default()).is_none());
        out.clear();
        let list = Style { is_list: true, ..style };
        assert!(list.print(&mut out, &Extracted::Many(vec![]), &Env::default()).is_some());
        assert_eq!(out, b"()");
    }
}
