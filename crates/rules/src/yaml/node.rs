//! A document's nodes.

use super::align::source_offset;
use crate::source::{Files, Place};
use granit_parser::ScalarStyle;
use std::sync::Arc;

/// A node of a document.
#[derive(Debug)]
pub(crate) struct Node {
    pub value: Value,
    /// Where it stands; for an alias, where the node stands that it names.
    pub place: Place,
    /// How many nodes it is, with those in it and aliases written out.
    pub size: usize,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Value {
    /// Nothing, `~` or `null`, without quotes.
    Null,
    /// A text.
    Scalar(String, ScalarStyle),
    Sequence(Vec<Arc<Node>>),
    /// Keys and values in their order. Of several equal keys the first counts.
    Mapping(Vec<(Arc<Node>, Arc<Node>)>),
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    pub fn sequence(&self) -> Option<&[Arc<Node>]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    pub fn mapping(&self) -> Option<&[(Arc<Node>, Arc<Node>)]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Arc<Node>> {
        self.mapping()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// Where the bytes `start..end` of a scalar's text stand in the file.
    pub fn place_in(&self, files: &Files, start: usize, end: usize) -> Place {
        let Value::Scalar(text, style) = &self.value else { return self.place };
        let source = files.slice(self.place);
        let at = source_offset(source, *style, text, start);
        let last = if end > start { source_offset(source, *style, text, end - 1) } else { at };
        let width = source.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let start = self.place.start + at;
        Place { start, end: (self.place.start + last + width).max(start), ..self.place }
    }
}
