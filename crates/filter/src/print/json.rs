//! Values of fields as JSON, in the form that sysdig's `-j` gives them.
//!
//! Numbers are numbers, also where their text is padded; hexadecimal and octal ones are texts; a missing value is
//! `null`. Text is ASCII: everything else is escaped, and what is no UTF-8 becomes U+FFFD.

use super::field::Style;
use super::number::{decimal, general, magnitude};
use crate::Env;
use crate::value::{Extracted, Value};
use capture_event::event::until_nul;
use capture_event::{ParamType, PrintFormat};
use std::io::Write;

impl Style {
    /// Appends all that a field yields as JSON.
    pub fn print_json(&self, out: &mut Vec<u8>, extracted: &Extracted<'_>, env: &Env) {
        match extracted {
            Extracted::One(value) => self.value_json(out, value, env),
            Extracted::Many(values) if self.is_list => {
                out.push(b'[');
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    self.value_json(out, value, env);
                }
                out.push(b']');
            }
            Extracted::None | Extracted::Many(_) => self.text_json(out, |out| self.print(out, extracted, env)),
        }
    }

    fn value_json(&self, out: &mut Vec<u8>, value: &Value<'_>, env: &Env) {
        match value {
            Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
            Value::Double(number) if self.format == PrintFormat::Dec => {
                if *number < 0.0 {
                    out.push(b'-');
                }
                magnitude(out, number.abs() as u64)
            }
            Value::Double(number) => double(out, *number),
            Value::Int(number) if self.is_plain_number() => decimal(out, *number),
            Value::UInt(number) if self.is_plain_number() => magnitude(out, *number),
            Value::Bytes(text) if self.ty != ParamType::ByteBuf && !self.is_sanitized => string(out, until_nul(text)),
            _ => self.text_json(out, |out| self.print_value(out, value, env)),
        }
    }

    fn is_plain_number(&self) -> bool {
        matches!(self.format, PrintFormat::Dec | PrintFormat::Id | PrintFormat::PaddedDec10)
    }

    /// Appends what prints as text, as a string; `null` if it prints as missing.
    fn text_json(&self, out: &mut Vec<u8>, print: impl FnOnce(&mut Vec<u8>) -> Option<()>) {
        let mut text = Vec::new();
        match print(&mut text) {
            Some(()) => string(out, until_nul(&text)),
            None => out.extend_from_slice(b"null"),
        }
    }
}

/// Appends a text in quotes.
pub fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(|c| character(out, c));
        if !chunk.invalid().is_empty() {
            character(out, char::REPLACEMENT_CHARACTER);
        }
    }
    out.push(b'"');
}

fn character(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\x08' => out.extend_from_slice(b"\\b"),
        '\x0c' => out.extend_from_slice(b"\\f"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        ' '..='\x7f' => out.push(c as u8),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a vector cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

/// Appends a number that shows that it is none of the whole ones.
fn double(out: &mut Vec<u8>, number: f64) {
    const DIGITS: u8 = 17;
    if !number.is_finite() {
        return out.extend_from_slice(b"null");
    }
    let start = out.len();
    if number.is_sign_negative() {
        out.push(b'-');
    }
    general(out, number.abs(), DIGITS);
    if !out.get(start..).unwrap_or_default().iter().any(|b| matches!(b, b'.' | b'e')) {
        out.extend_from_slice(b".0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(print: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        print(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_are_ascii() {
        let cases: [(&[u8], &str); 5] = [
            (b"a/b\"\\\n\x01\x7f", r#""a/b\"\\\n\u0001"#),
            ("é😀".as_bytes(), r#""\u00e9\ud83d\ude00""#),
            (b"caf\xe9", r#""caf\ufffd""#),
            (b"\xc3(", r#""\ufffd(""#),
            (b"", r#""""#),
        ];
        for (input, expected) in cases {
            let found = text(|out| string(out, input));
            assert!(found.starts_with(expected), "{found}");
        }
    }

    #[test]
    fn values_keep_their_kind() {
        let style = |ty, format| Style { ty, format, is_list: false, is_sanitized: false };
        let json = |style: Style, extracted| text(|out| style.print_json(out, &extracted, &Env::default()));
        let text_style = style(ParamType::CharBuf, PrintFormat::NA);
        assert_eq!(json(style(ParamType::UInt64, PrintFormat::PaddedDec10), Extracted::uint(Some(7))), "7");
        assert_eq!(json(style(ParamType::Int32, PrintFormat::Hex), Extracted::int(Some(14))), "\"E\"");
        assert_eq!(json(style(ParamType::UInt32, PrintFormat::NA), Extracted::uint(Some(14))), "null");
        assert_eq!(
            json(style(ParamType::Double, PrintFormat::NA), Extracted::One(Value::Double(12.2))),
            "12.199999999999999"
        );
        assert_eq!(json(style(ParamType::Double, PrintFormat::NA), Extracted::One(Value::Double(0.0))), "0.0");
        assert_eq!(json(text_style, Extracted::None), "null");
        let both = || Extracted::Many(vec![Value::text(b"a"), Value::text(b"b")]);
        assert_eq!(json(text_style, both()), "\"a b\"");
        assert_eq!(json(Style { is_list: true, ..text_style }, both()), "[\"a\",\"b\"]");
    }
}
