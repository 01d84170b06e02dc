//! Text from captures that is to appear on a terminal: a compromised host chose it, and control characters and
//! escape sequences are an attack on the analyst.

/// Characters that change the direction of the text around them: with them a name can be made to read as another.
fn reorders(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Appends `text` with everything that a terminal would obey written out, as `\x1b` or `\u{202e}`. What is not UTF-8
/// is written out byte by byte. With `lines`, line feeds and tabs stay: for output that lays out text in lines.
pub fn for_terminal(text: &[u8], lines: bool, out: &mut Vec<u8>) {
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            let harmless = if c.is_control() { lines && matches!(c, '\n' | '\t') } else { !reorders(c) };
            match c {
                _ if harmless => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                c if c.is_ascii() => out.extend(std::ascii::escape_default(c as u8)),
                c => out.extend_from_slice(c.escape_unicode().to_string().as_bytes()),
            }
        }
        chunk.invalid().iter().for_each(|byte| out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()));
    }
}

/// [`for_terminal`] for text that must stay on its line.
pub fn line(text: &[u8], out: &mut Vec<u8>) {
    for_terminal(text, false, out);
}

/// [`for_terminal`] for text that has lines of its own.
pub fn lines(text: &[u8], out: &mut Vec<u8>) {
    for_terminal(text, true, out);
}

/// [`line()`] as a text of its own.
pub fn in_line(text: &[u8]) -> String {
    made(text, line)
}

/// [`lines`] as a text of its own.
pub fn in_lines(text: &[u8]) -> String {
    made(text, lines)
}

fn made(text: &[u8], escape: fn(&[u8], &mut Vec<u8>)) -> String {
    let mut out = Vec::with_capacity(text.len());
    escape(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{in_line, in_lines};

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(in_line(b"a\x1b[2Jb\x07"), r"a\x1b[2Jb\x07");
        assert_eq!(in_line("\u{9b}31m".as_bytes()), r"\u{9b}31m");
        assert_eq!(in_line("gpj\u{202e}exe".as_bytes()), r"gpj\u{202e}exe");
        assert_eq!(in_line(b"\x9b31m"), r"\x9b31m");
        assert_eq!(in_line(b"x\ny\t"), r"x\ny\t");
    }

    #[test]
    fn everything_else_stays() {
        assert_eq!(in_line("grün \\ 文".as_bytes()), "grün \\ 文");
        assert_eq!(in_lines(b"x\ny\t"), "x\ny\t");
        assert_eq!(in_lines(b"\r"), r"\r");
    }
}
