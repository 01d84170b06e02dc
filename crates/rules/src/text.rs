//! Texts that are put together from several places, and where each part comes from.
//!
//! Falco joins a condition, what is appended to it and its exceptions into one text before it parses that. So do we,
//! and keep for every part which scalar of which file it stands in: a place in the joined text leads back to the file.

use crate::source::{Files, Place};
use crate::yaml::Node;
use capture_filter::language::span::Span;
use std::sync::Arc;

/// Where a part of a condition was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// In the condition, or what was appended to it.
    #[default]
    Condition,
    /// In an exception: which one of the rule, and which row of its values.
    Exception {
        /// The exception, from 0.
        exception: usize,
        /// The row of values, from 0; `None` for what belongs to all of them.
        row: Option<usize>,
    },
}

/// A text and where its parts come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Composed {
    pub text: String,
    pieces: Vec<Piece>,
    is_rewritten: bool,
}

/// From `start` to the next piece.
#[derive(Debug, Clone)]
struct Piece {
    start: usize,
    /// The scalar whose text it is, and from which byte of that; `None` for what no file says.
    origin: Option<(Arc<Node>, usize)>,
    part: Part,
}

impl Composed {
    /// The whole text of a scalar.
    pub fn of(node: &Arc<Node>) -> Self {
        let mut composed = Composed::default();
        composed.add_node(node, Part::Condition);
        composed
    }

    /// The text of a scalar, without blanks at its ends.
    pub fn of_trimmed(node: &Arc<Node>) -> Self {
        let text = node.text().unwrap_or_default();
        let from = text.len() - text.trim_start().len();
        let piece = Piece { start: 0, origin: Some((node.clone(), from)), part: Part::Condition };
        Composed { text: text.trim().to_owned(), pieces: vec![piece], is_rewritten: false }
    }

    /// What a text became by more than joining: it is known where it comes from, but not byte by byte.
    pub fn rewritten(&self, text: String) -> Self {
        let first = self.pieces.iter().find(|piece| piece.origin.is_some()).cloned();
        let pieces = first.map(|piece| Piece { start: 0, ..piece }).into_iter().collect();
        Composed { text, pieces, is_rewritten: true }
    }

    /// Adds what no file says.
    pub fn add(&mut self, text: &str, part: Part) {
        self.pieces.push(Piece { start: self.text.len(), origin: None, part });
        self.text += text;
    }

    /// Adds the text of a scalar.
    pub fn add_node(&mut self, node: &Arc<Node>, part: Part) {
        self.pieces.push(Piece { start: self.text.len(), origin: Some((node.clone(), 0)), part });
        self.text += node.text().unwrap_or_default();
    }

    /// Adds another text with its origins.
    pub fn append(&mut self, other: &Composed) {
        let start = self.text.len();
        self.pieces.extend(other.pieces.iter().map(|piece| Piece { start: start + piece.start, ..piece.clone() }));
        self.text += &other.text;
    }

    /// Where a span was written: in the file, and in which part. Of what no file says it is what stands before it.
    pub fn place(&self, span: Span, files: &Files) -> Option<(Place, Part)> {
        let at = self.pieces.partition_point(|piece| piece.start <= span.start).saturating_sub(1);
        let part = self.pieces.get(at)?.part;
        let known = |piece: &&Piece| piece.origin.is_some();
        let before = self.pieces.get(..=at)?.iter().rfind(known);
        let piece = before.or_else(|| self.pieces.iter().find(known))?;
        let (node, from) = piece.origin.as_ref()?;
        if self.is_rewritten {
            return Some((node.place, part));
        }
        let len = node.text().map_or(0, str::len);
        let local = |at: usize| (at.saturating_sub(piece.start) + from).min(len);
        Some((node.place_in(files, local(span.start), local(span.end)), part))
    }
}

/// Texts side by side, so that one number tells the text and the byte in it: the spans of all expressions of a rule set
/// are such numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    texts: Vec<(usize, Owner, Arc<Composed>)>,
    len: usize,
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The macro with this index.
    Macro(usize),
    /// The rule with this index.
    Rule(usize),
    /// An item of the list with this index.
    ListItem { list: usize, item: usize },
}

impl Texts {
    /// Adds a text. Returns by how much its spans are to be moved.
    pub fn add(&mut self, owner: Owner, text: Arc<Composed>) -> usize {
        let base = self.len;
        self.len = base.saturating_add(text.text.len()).saturating_add(1);
        self.texts.push((base, owner, text));
        base
    }

    /// The text that a span is in, whose it is, and the span in it.
    pub fn find(&self, span: Span) -> Option<(Owner, &Arc<Composed>, Span)> {
        let at = self.texts.partition_point(|(base, ..)| *base <= span.start).checked_sub(1)?;
        let (base, owner, text) = self.texts.get(at)?;
        Some((*owner, text, Span::new(span.start - base, span.end.saturating_sub(*base))))
    }

    /// Where a span was written.
    pub fn place(&self, span: Span, files: &Files) -> Option<Place> {
        let (_, text, span) = self.find(span)?;
        text.place(span, files).map(|(place, _)| place)
    }
}
