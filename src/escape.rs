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

#[cfg(test)]
mod tests {
    use super::for_terminal;

    fn escaped(text: &[u8], lines: bool) -> String {
        let mut out = Vec::new();
        for_terminal(text, lines, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(escaped(b"a\x1b[2Jb\x07", false), r"a\x1b[2Jb\x07");
        assert_eq!(escaped("\u{9b}31m".as_bytes(), false), r"\u{9b}31m");
        assert_eq!(escaped("gpj\u{202e}exe".as_bytes(), false), r"gpj\u{202e}exe");
        assert_eq!(escaped(b"\x9b31m", false), r"\x9b31m");
        assert_eq!(escaped(b"x\ny\t", false), r"x\ny\t");
    }

    #[test]
    fn everything_else_stays() {
        assert_eq!(escaped("grün \\ 文".as_bytes(), false), "grün \\ 文");
        assert_eq!(escaped(b"x\ny\t", true), "x\ny\t");
        assert_eq!(escaped(b"\r", true), r"\r");
    }
}
