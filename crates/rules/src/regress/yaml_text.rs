//! Writing YAML: scalars and small lists.

/// A text as a scalar: as it is where that is plain, else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_./".contains(c);
    let is_inside = |c: char| is_word(c) || " +()@%=".contains(c) || c == '-';
    let means_nothing = matches!(text, "null" | "Null" | "NULL");
    let begins_well = text.starts_with(is_word) && !text.ends_with(' ');
    if begins_well && text.chars().all(is_inside) && !means_nothing {
        return text.to_owned();
    }
    quoted(text)
}

/// An item of a list.
pub(super) enum Item {
    /// A text.
    Text(String),
    /// Keys and texts.
    Mapping(Vec<(&'static str, String)>),
}

impl Item {
    /// The item in lines, those behind the first indented.
    pub fn lines(&self, indent: usize) -> String {
        self.join(&format!("\n{:indent$}", ""))
    }

    /// The item on one line, as it may stand in brackets.
    pub fn inline(&self) -> String {
        match self {
            Item::Text(_) => self.join(""),
            Item::Mapping(_) => format!("{{ {} }}", self.join(", ")),
        }
    }

    fn join(&self, between: &str) -> String {
        match self {
            Item::Text(text) => scalar(text),
            Item::Mapping(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, text)| format!("{key}: {}", scalar(text))).collect();
                entries.join(between)
            }
        }
    }
}

/// In double quotes, with everything escaped that does not print, or prints elsewhere than it stands.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            c if is_plain(c) => out.push(c),
            c if u32::from(c) <= 0xffff => out += &format!("\\u{:04x}", u32::from(c)),
            c => out += &format!("\\U{:08x}", u32::from(c)),
        }
    }
    out + "\""
}

fn is_plain(c: char) -> bool {
    let is_format =
        matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    let is_odd = matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    !c.is_control() && !is_format && !is_odd
}

/// Texts as a list in brackets, in lines that are not too long; those behind the first are indented.
pub(super) fn flow<'t>(texts: impl Iterator<Item = &'t str>, indent: usize) -> String {
    const WIDTH: usize = 100;
    let (mut out, mut column) = (String::from("["), indent);
    for (at, text) in texts.enumerate() {
        let text = scalar(text);
        if at > 0 && column + text.len() > WIDTH {
            out += &format!(",\n{:indent$}", "");
            column = indent;
        } else if at > 0 {
            out += ", ";
        }
        column += text.chars().count() + 2;
        out += &text;
    }
    out + "]"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn what_is_written_is_read() {
        for text in [
            "a",
            "sh -c ls",
            "-c",
            " a",
            "a ",
            "null",
            "~",
            "a: b",
            "a #b",
            "\"",
            "\\n",
            "a\nb\tc\u{1b}",
            "",
            "\u{202e}x",
            "ü文\u{1f600}",
            "[a]",
            "*x",
            "%a",
            "{",
            "'",
            "5",
            "true",
            "@x",
            "a%b",
            "\u{85}",
            "\u{feff}",
        ] {
            let documents = crate::yaml::parse(&format!("- {}\n", scalar(text)), FileId::default()).unwrap();
            let read = documents[0].sequence().unwrap()[0].text().map(str::to_owned);
            assert_eq!(read.as_deref(), Some(text), "{}", scalar(text));
        }
        assert_eq!(scalar("\u{202e}"), "\"\\u202e\"");
        assert_eq!(flow(["a", "b: c"].into_iter(), 4), "[a, \"b: c\"]");
    }
}
