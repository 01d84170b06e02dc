//! From the events of a YAML parser to nodes.

use super::node::{Node, Value};
use super::{MAX_DEPTH, MAX_NODES};
use crate::source::{FileId, Place};
use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError};
use std::collections::HashMap;
use std::sync::Arc;

/// Why a text is no YAML that can be read.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub message: String,
    /// The byte where it went wrong.
    pub at: usize,
}

/// The documents of a text.
pub(crate) fn parse(text: &str, file: FileId) -> Result<Vec<Arc<Node>>, YamlError> {
    let mut builder = Builder { file, text, ..Builder::default() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| scan_error(&error))?;
        builder.take(event, span.start, span.end)?;
    }
    Ok(builder.documents)
}

/// A sequence or mapping that is being read.
struct Open {
    value: Value,
    /// The key whose value comes next.
    key: Option<Arc<Node>>,
    start: usize,
    anchor: usize,
    size: usize,
}

#[derive(Default)]
struct Builder<'t> {
    file: FileId,
    text: &'t str,
    open: Vec<Open>,
    /// Nodes that aliases may name, by the parser's numbers.
    anchors: HashMap<usize, Arc<Node>>,
    documents: Vec<Arc<Node>>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, start: Marker, end: Marker) -> Result<(), YamlError> {
        let (start, end) = (byte(start), byte(end));
        match event {
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => self.add(node, start),
                None => Err(YamlError { message: "the alias stands inside of what it names".into(), at: start }),
            },
            Event::Scalar(text, style, anchor, tag) => {
                let is_null = style == ScalarStyle::Plain && tag.is_none() && is_null(&text);
                let value = if is_null { Value::Null } else { Value::Scalar(text.into_owned(), style) };
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let start = if is_block { block_start(self.text, start) } else { start };
                self.finish(value, 1, start, end, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(Value::Sequence(Vec::new()), start, anchor),
            Event::MappingStart(_, anchor, _) => self.begin(Value::Mapping(Vec::new()), start, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.finish(open.value, open.size, open.start, end, open.anchor),
                None => Ok(()),
            },
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Value, start: usize, anchor: usize) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError { message: format!("nested more than {MAX_DEPTH} levels deep"), at: start });
        }
        self.open.push(Open { value, key: None, start, anchor, size: 1 });
        Ok(())
    }

    /// A node is whole.
    fn finish(&mut self, value: Value, size: usize, start: usize, end: usize, anchor: usize) -> Result<(), YamlError> {
        let place = Place { file: self.file, start, end: end.max(start) };
        let node = Arc::new(Node { value, place, size });
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.add(node, start)
    }

    /// Adds a node to what it lies in.
    fn add(&mut self, node: Arc<Node>, at: usize) -> Result<(), YamlError> {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        open.size = open.size.saturating_add(node.size);
        if open.size > MAX_NODES {
            let message = format!("more than {MAX_NODES} values, aliases written out");
            return Err(YamlError { message, at });
        }
        match &mut open.value {
            Value::Sequence(items) => items.push(node),
            Value::Mapping(entries) => match open.key.take() {
                None => open.key = Some(node),
                Some(key) => entries.push((key, node)),
            },
            Value::Null | Value::Scalar(..) => {}
        }
        Ok(())
    }
}

fn scan_error(error: &ScanError) -> YamlError {
    let message = match error.info() {
        // The parser has a bound of its own for brackets.
        info if info.starts_with("recursion limit") => format!("nested more than {MAX_DEPTH} levels deep"),
        info => info,
    };
    YamlError { message, at: byte(*error.marker()) }
}

/// The byte of a text that a mark is at.
fn byte(marker: Marker) -> usize {
    marker.byte_offset().unwrap_or_default()
}

/// Where the `>` or `|` stands of the block whose content starts at `content`.
fn block_start(text: &str, content: usize) -> usize {
    let before = text.get(..content).unwrap_or_default().trim_end();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(line_start..).unwrap_or_default();
    let is_header = |at: &usize| {
        let options =
            line.get(at + 1..).unwrap_or_default().trim_start_matches(|c: char| "+-".contains(c) || c.is_ascii_digit());
        let rest = options.trim_start();
        rest.is_empty() || rest.len() < options.len() && rest.starts_with('#')
    };
    let header = line.match_indices(['>', '|']).map(|(at, _)| at).find(is_header);
    header.map_or(content, |at| line_start + at)
}

/// Whether a text without quotes stands for nothing.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Arc<Node>>, YamlError> {
        parse(text, FileId::default())
    }

    #[test]
    fn documents_have_places() {
        let documents = read("- a: ä\n  b: [x, \"y\"]\n---\n- >\n  c\n").unwrap();
        let [first, second] = &documents[..] else { panic!("{documents:?}") };
        let item = &first.sequence().unwrap()[0];
        assert_eq!((item.place.start, item.get("a").unwrap().place.start), (2, 5));
        let list = item.get("b").unwrap();
        assert_eq!((list.place.start, list.sequence().unwrap()[1].place.start), (13, 17));
        let block = &second.sequence().unwrap()[0];
        assert_eq!((block.text(), block.place.start), (Some("c\n"), 28));
    }

    #[test]
    fn aliases_share_and_are_counted() {
        let documents = read("a: &x [1, 2]\nb: *x\n").unwrap();
        assert_eq!(documents[0].size, 1 + 2 + 3 + 3);
        let mut text = String::from("a0: &a0 [x]\n");
        for i in 1..40 {
            text += &format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1);
        }
        assert!(read(&text).unwrap_err().message.contains("aliases"));
        assert!(read("a: &x [*x]").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        assert!(read(&"[".repeat(10_000_000)).is_err());
        assert!(read(&"- ".repeat(100_000)).is_err());
        assert!(read(&"{a: ".repeat(100_000)).is_err());
    }
}
