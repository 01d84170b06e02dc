//! The texts that rules are read from, and places in them.

use capture_filter::language::span::{Position, Span};

/// A rule file: its name, for people, and its bytes.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it is called in diagnostics.
    pub name: String,
    /// What it says.
    pub bytes: Vec<u8>,
}

impl Source {
    /// A file's name and contents.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Source { name: name.into(), bytes: bytes.into() }
    }
}

/// Which of the loaded files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileId(u32);

/// The bytes `start..end` of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    /// The same as a span of the file's text.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// The files that were loaded, in their order.
#[derive(Debug, Clone, Default)]
pub struct Files {
    files: Vec<File>,
}

/// A loaded file.
#[derive(Debug, Clone)]
struct File {
    name: String,
    text: String,
    /// Where lines start.
    lines: Vec<usize>,
}

impl Files {
    /// Adds a file. A byte order mark at the start of the text is left out.
    pub(crate) fn add(&mut self, name: String, text: String) -> FileId {
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(File { name, text, lines });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    fn get(&self, file: FileId) -> Option<&File> {
        self.files.get(usize::try_from(file.0).ok()?)
    }

    /// What a file is called.
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| &file.name)
    }

    /// What a file says.
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| &file.text)
    }

    /// What stands at a place.
    pub fn slice(&self, place: Place) -> &str {
        self.text(place.file).get(place.start..place.end).unwrap_or_default()
    }

    /// Line and column of a byte, both from 1; a column counts characters.
    pub fn position(&self, file: FileId, offset: usize) -> Position {
        let (line, start) = self.line_of(file, offset);
        let before = self.text(file).get(start..offset).unwrap_or_default();
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// Line and column of a byte as Falco counts them: both from 0, columns in bytes.
    pub(crate) fn mark(&self, file: FileId, offset: usize) -> (usize, usize) {
        let (line, start) = self.line_of(file, offset);
        (line, offset.saturating_sub(start))
    }

    /// The number of the line that a byte is in, from 0, and where it starts.
    fn line_of(&self, file: FileId, offset: usize) -> (usize, usize) {
        let lines = self.get(file).map_or(&[][..], |file| &file.lines);
        let line = lines.partition_point(|&start| start <= offset).saturating_sub(1);
        (line, lines.get(line).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one_for_people_and_from_zero_for_falco() {
        let mut files = Files::default();
        let file = files.add("a".into(), "\u{feff}ab\nä c\n".into());
        assert_eq!(files.position(file, 0), Position { line: 1, column: 1 });
        assert_eq!(files.position(file, 6), Position { line: 2, column: 3 });
        assert_eq!(files.mark(file, 6), (1, 3));
        assert_eq!(files.mark(file, 99).0, 2);
        assert_eq!(files.slice(Place { file, start: 3, end: 5 }), "ä");
    }
}
