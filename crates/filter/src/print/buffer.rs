//! Raw bytes, in the encoding that the user asked for.

use crate::{BufferFormat, Env};
use capture_batch::path::is_printable;
use std::io::Write;

/// Appends `bytes` as the settings say.
pub fn print(out: &mut Vec<u8>, bytes: &[u8], env: &Env) {
    if bytes.is_empty() {
        return;
    }
    match env.buffer_format {
        BufferFormat::Dots => dots(out, bytes, env.buffer_limit),
        BufferFormat::Hex => hex(out, bytes, false),
        BufferFormat::HexAscii => hex(out, bytes, true),
        BufferFormat::Ascii => ascii(out, bytes),
        BufferFormat::Base64 => base64(out, bytes),
    }
}

fn dot(byte: u8) -> u8 {
    if is_printable(byte) { byte } else { b'.' }
}

/// Printable ASCII, everything else a dot. What is longer than the limit ends in three dots, which count.
fn dots(out: &mut Vec<u8>, bytes: &[u8], limit: Option<usize>) {
    match limit.filter(|&limit| bytes.len() > limit) {
        None => out.extend(bytes.iter().copied().map(dot)),
        Some(limit) => {
            let kept = if limit > 3 { limit - 3 } else { limit };
            out.extend(bytes.iter().take(kept).copied().map(dot));
            out.extend(std::iter::repeat_n(b'.', limit - kept));
        }
    }
}

/// Rows of sixteen bytes in pairs, each row on a line of its own, with the text beside it if asked for.
fn hex(out: &mut Vec<u8>, bytes: &[u8], with_text: bool) {
    for (row, chunk) in bytes.chunks(16).enumerate() {
        let _ = write!(out, "\n\t0x{:04x}:", row * 16);
        for pair in chunk.chunks(2) {
            out.push(b' ');
            for byte in pair {
                let _ = write!(out, "{byte:02x}");
            }
        }
        if with_text {
            let missing_pairs = 8 - chunk.len().div_ceil(2);
            out.extend(std::iter::repeat_n(b' ', missing_pairs * 5 + 2));
            out.extend(chunk.iter().copied().map(dot));
        }
    }
    out.push(b'\n');
}

/// The printable bytes and the line ends, after a line end.
fn ascii(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'\n');
    let mut before = None;
    for &byte in bytes {
        match byte {
            b'\r' => out.push(b'\n'),
            // The second half of a line end, and a line end at the very start, are dropped.
            b'\n' if before.is_none_or(|b| b == b'\r') => {}
            b'\n' => out.push(b'\n'),
            _ if is_printable(byte) => out.push(byte),
            _ => {}
        }
        before = Some(byte);
    }
}

/// Standard base64 with padding.
pub(crate) fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let digit = (bits >> (18 - 6 * i) & 63) as usize;
            out.push(if i <= chunk.len() { ALPHABET.get(digit).copied().unwrap_or(b'=') } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(format: BufferFormat, limit: Option<usize>, bytes: &[u8]) -> String {
        let env = Env { buffer_format: format, buffer_limit: limit, ..Env::default() };
        let mut out = Vec::new();
        print(&mut out, bytes, &env);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn bytes_that_do_not_print_become_dots_and_long_buffers_are_cut() {
        assert_eq!(text(BufferFormat::Dots, Some(80), b"a\x00\x7f\xff~ "), "a...~ ");
        assert_eq!(text(BufferFormat::Dots, Some(8), b"123456789"), "12345...");
        assert_eq!(text(BufferFormat::Dots, Some(8), b"12345678"), "12345678");
        assert_eq!(text(BufferFormat::Dots, None, b"123456789"), "123456789");
    }

    #[test]
    fn hex_rows_hold_sixteen_bytes_in_pairs() {
        assert_eq!(text(BufferFormat::Hex, Some(8), b"ABC"), "\n\t0x0000: 4142 43\n");
        assert_eq!(
            text(BufferFormat::HexAscii, None, b"0123456789abcdefXY"),
            "\n\t0x0000: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n\t0x0010: 5859                                     XY\n"
        );
    }

    #[test]
    fn ascii_keeps_lines() {
        assert_eq!(text(BufferFormat::Ascii, None, b"\na\r\nb\nc\0\rd"), "\na\nb\nc\nd");
    }

    #[test]
    fn base64_pads() {
        assert_eq!(text(BufferFormat::Base64, None, b"light w"), "bGlnaHQgdw==");
        assert_eq!(text(BufferFormat::Base64, None, b"light wo"), "bGlnaHQgd28=");
        assert_eq!(text(BufferFormat::Base64, None, b"light wor"), "bGlnaHQgd29y");
        assert_eq!(text(BufferFormat::Base64, None, b""), "");
    }
}
