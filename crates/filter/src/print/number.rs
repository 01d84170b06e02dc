//! Integers and durations.

use capture_event::{ParamType, PrintFormat};
use std::io::Write;

/// The first four bytes as an unsigned number.
pub fn u32_of(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}

/// The first eight bytes as an unsigned number.
pub fn u64_of(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?))
}

/// The first eight bytes as a signed number.
pub fn i64_of(bytes: &[u8]) -> Option<i64> {
    u64_of(bytes).map(u64::cast_signed)
}

/// The first `size` (at most four) bytes as an unsigned number.
pub fn unsigned_of(bytes: &[u8], size: usize) -> Option<u32> {
    let mut wide = [0; 4];
    wide.get_mut(..size)?.copy_from_slice(bytes.get(..size)?);
    Some(u32::from_le_bytes(wide))
}

/// Appends a decimal number.
pub fn decimal(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    magnitude(out, number.unsigned_abs());
}

/// Appends a decimal number without a sign. Most of what is printed is numbers: this is a good deal faster than
/// `write!`.
pub(crate) fn magnitude(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends an integer of any of the eight integer types by its format; `None` when the bytes are too few.
///
/// Unsigned numbers of 32 and 64 bits print as if they were signed, in both views: `PT_UINT64` of all ones is -1.
pub fn integer(out: &mut Vec<u8>, ty: ParamType, bytes: &[u8], format: PrintFormat) -> Option<()> {
    let size = ty.size()?;
    let raw = bytes.get(..size)?;
    let mut wide = [0; 8];
    wide.get_mut(..size)?.copy_from_slice(raw);
    let number = u64::from_le_bytes(wide);
    let signed = match ty {
        ParamType::UInt8 | ParamType::UInt16 => number.cast_signed(),
        _ => {
            let unused = u64::BITS - u32::try_from(size).ok()? * 8;
            (number << unused).cast_signed() >> unused
        }
    };
    formatted(out, signed, size, format);
    Some(())
}

/// Appends a number of `size` bytes. Hexadecimal and octal show negative numbers of up to four bytes as 32-bit ones.
fn formatted(out: &mut Vec<u8>, number: i64, size: usize, format: PrintFormat) {
    // Writing to a vector cannot fail, here and below.
    let bits = if size == 8 { number.cast_unsigned() } else { u64::from((number as i32).cast_unsigned()) };
    let _ = match format {
        PrintFormat::Hex => return hexadecimal(out, bits),
        PrintFormat::Oct if bits == 0 => write!(out, "0"),
        PrintFormat::Oct => write!(out, "0{bits:o}"),
        PrintFormat::PaddedDec10 => write!(out, "{number:09}"),
        _ => return decimal(out, number),
    };
}

/// Appends a number as upper-case hexadecimal digits, which addresses and devices print as.
fn hexadecimal(out: &mut Vec<u8>, bits: u64) {
    let digits = u64::BITS - (bits | 1).leading_zeros();
    for digit in (0..digits.div_ceil(4)).rev() {
        let digit = (bits >> (4 * digit) & 0xF) as u8;
        out.push(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 });
    }
}

/// Appends a duration: nanoseconds, resolved to seconds.
pub fn duration(value: &mut Vec<u8>, resolved: &mut Vec<u8>, ns: u64) {
    if ns == u64::MAX {
        return value.extend_from_slice(b"none");
    }
    magnitude(value, ns);
    general(resolved, ns as f64 / 1e9, 6);
    resolved.push(b's');
}

/// Appends a non-negative number with so many significant digits (at least one) as C's `%g` does.
pub(super) fn general(out: &mut Vec<u8>, number: f64, digits: u8) {
    let digits = i32::from(digits);
    let scientific = format!("{number:.0$e}", usize::try_from(digits - 1).unwrap_or(0));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let short = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    let _ = if exponent < -4 || exponent >= digits {
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "{}e{sign}{:02}", short(mantissa), exponent.abs())
    } else {
        let places = usize::try_from(digits - 1 - exponent).unwrap_or(0);
        write!(out, "{}", short(&format!("{number:.places$}")))
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use ParamType::*;

    fn text(ty: ParamType, bytes: &[u8], format: PrintFormat) -> String {
        let mut out = Vec::new();
        integer(&mut out, ty, bytes, format).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn large_unsigned_numbers_print_signed_and_small_ones_do_not() {
        assert_eq!(text(UInt32, &[0xff; 4], PrintFormat::Dec), "-1");
        assert_eq!(text(UInt64, &[0xff; 8], PrintFormat::Dec), "-1");
        assert_eq!(text(UInt16, &[0xff; 2], PrintFormat::Dec), "65535");
        assert_eq!(text(UInt8, &[0xff], PrintFormat::Dec), "255");
        assert_eq!(text(Int8, &[0xff], PrintFormat::Dec), "-1");
    }

    #[test]
    fn formats_follow_printf() {
        assert_eq!(text(UInt32, &[0, 0, 0, 0x80], PrintFormat::Hex), "80000000");
        assert_eq!(text(Int16, &[0xff; 2], PrintFormat::Hex), "FFFFFFFF");
        assert_eq!(text(UInt32, &[0o644u16 as u8, 1, 0, 0], PrintFormat::Oct), "0644");
        assert_eq!(text(UInt32, &[0; 4], PrintFormat::Oct), "0");
        assert_eq!(text(Int32, &[7, 0, 0, 0], PrintFormat::PaddedDec10), "000000007");
        assert!(integer(&mut Vec::new(), UInt64, &[1, 2, 3], PrintFormat::Dec).is_none());
    }

    #[test]
    fn durations_resolve_to_six_significant_digits() {
        let seconds = |ns| {
            let (mut value, mut resolved) = (Vec::new(), Vec::new());
            duration(&mut value, &mut resolved, ns);
            (String::from_utf8(value).unwrap(), String::from_utf8(resolved).unwrap())
        };
        assert_eq!(seconds(0).1, "0s");
        assert_eq!(seconds(1_000_000_000).1, "1s");
        assert_eq!(seconds(1_234_567_890).1, "1.23457s");
        assert_eq!(seconds(10_000).1, "1e-05s");
        assert_eq!(seconds(100_000).1, "0.0001s");
        assert_eq!(seconds(999_999_500_000_000).1, "1e+06s");
        assert_eq!(seconds(100_000_000_000).1, "100s");
        assert_eq!(seconds(u64::MAX), ("none".to_owned(), String::new()));
    }
}
