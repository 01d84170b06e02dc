//! Changes of a text, which leave everything else as it is.
//!
//! A list or mapping stands in lines of its own, or in brackets; what is put into it is written as the rest of it is.

use super::yaml_text::Item;
use crate::yaml::{Node, Value};
use std::ops::Range;
use std::sync::Arc;

/// Changes of a text.
#[derive(Debug, Default)]
pub struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// More changes of the same text.
    pub fn add(&mut self, others: Edits) {
        self.0.extend(others.0);
    }

    /// The changed text. Of changes that overlap the first counts.
    pub fn apply(&self, text: &str) -> String {
        let mut edits: Vec<&(Range<usize>, String)> = self.0.iter().collect();
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let (mut out, mut done) = (String::new(), 0);
        for (range, with) in edits {
            if range.start >= done {
                out += text.get(done..range.start).unwrap_or_default();
                out += with;
                done = range.end.max(range.start);
            }
        }
        out + text.get(done..).unwrap_or_default()
    }
}

/// A new value.
pub(super) enum New<'n> {
    /// A scalar or a list in brackets, as it is written.
    Text(&'n str),
    /// A list.
    List(&'n [Item]),
}

/// The text of a file with what is to be changed in it.
pub(super) struct Editor<'t> {
    pub text: &'t str,
    pub edits: Edits,
}

impl Editor<'_> {
    /// Puts a value in the place of the one that a key of a mapping has.
    pub fn set(&mut self, mapping: &Node, key: &Node, old: &Node, new: &New<'_>) {
        let colon = self.after_colon(key);
        let range = match old.value {
            Value::Null => colon..colon,
            _ => colon..self.end_of(old).max(colon),
        };
        match new {
            New::List(items) if !items.is_empty() && !self.is_in_brackets(mapping) => {
                let lines = self.lines(self.column(key.place.start) + 2, items);
                self.put_below(colon, range, lines);
            }
            new => self.replace(range, format!(" {}", inline(new))),
        }
    }

    /// Puts lines in the place of a value behind a colon: below a comment that stands on the key's line, before the
    /// value or behind it.
    fn put_below(&mut self, colon: usize, range: Range<usize>, lines: String) {
        let is_below = self.slice(colon..range.end).trim_start().starts_with('#');
        let end = self.line_end(range.end);
        let has_comment = self.slice(range.end..end).trim_start().starts_with('#') && self.line_end(colon) == end;
        if is_below {
            self.replace(self.line_end(colon)..range.end, lines);
        } else if has_comment {
            self.replace(range, "");
            self.replace(end..end, lines);
        } else {
            self.replace(range, lines);
        }
    }

    /// Puts a key with a value behind the last one of a mapping.
    pub fn add_key(&mut self, mapping: &Node, key: &str, new: &New<'_>) {
        let Some((first, _)) = mapping.mapping().and_then(|entries| entries.first()) else { return };
        let end = self.end_of_last(mapping);
        if self.is_in_brackets(mapping) {
            return self.replace(end..end, format!(", {key}: {}", inline(new)));
        }
        let indent = self.column(first.place.start);
        let value = match new {
            New::List(items) if !items.is_empty() => self.lines(indent + 2, items),
            new => format!(" {}", inline(new)),
        };
        let below = self.line_end(end);
        self.replace(below..below, format!("\n{:indent$}{key}:{value}", ""));
    }

    /// Puts items at the end of the list that a key of a mapping has.
    pub fn append(&mut self, mapping: &Node, key: &Node, list: &Node, items: &[Item]) {
        let Some(last) = list.sequence().and_then(|items| items.last()) else {
            return self.set(mapping, key, list, &New::List(items));
        };
        let end = self.end_of(last);
        if self.is_in_brackets(list) {
            let text: String = items.iter().map(|item| format!(", {}", item.inline())).collect();
            return self.replace(end..end, text);
        }
        let Some(dash) = self.dash(last) else { return };
        let (below, lines) = (self.line_end(end), self.lines(self.column(dash), items));
        self.replace(below..below, lines);
    }

    /// Takes items of a list away, or keys of a mapping with their values: those at these places, in their order. Gives
    /// how many could be.
    pub fn remove(&mut self, within: &Node, places: &[usize]) -> usize {
        let parts = parts(within);
        let mut removed = 0;
        for &at in places {
            let Some((first, last)) = parts.get(at) else { continue };
            let range = match self.is_in_brackets(within) {
                true => self.range_in_brackets(&parts, at, places),
                false => match self.own_lines(within, first, last) {
                    Some(range) => range,
                    None => continue,
                },
            };
            self.replace(range, "");
            removed += 1;
        }
        removed
    }

    /// What goes with a part in brackets: the comma before it, or, if nothing before it stays, the one behind it.
    fn range_in_brackets(&self, parts: &[Part<'_>], at: usize, gone: &[usize]) -> Range<usize> {
        let part = |at: usize| parts.get(at).map(|(first, last)| first.place.start..self.end_of(last));
        let own = part(at).unwrap_or_default();
        let stays_before = (0..at).any(|before| !gone.contains(&before));
        match (stays_before, at.checked_sub(1).and_then(part), part(at + 1)) {
            (true, Some(before), _) => before.end..own.end,
            (_, _, Some(next)) => own.start..next.start,
            _ => own,
        }
    }

    /// The lines of a part, if nothing else stands on them, with the line end before: what is put behind them stays.
    fn own_lines(&self, within: &Node, first: &Node, last: &Node) -> Option<Range<usize>> {
        let from = if within.sequence().is_some() { self.dash(first)? } else { first.place.start };
        let start = self.line_start(from);
        let end = self.line_end(self.end_of(last).max(from));
        self.slice(start..from).trim().is_empty().then_some(start.saturating_sub(1)..end)
    }

    fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.edits.0.push((range, with.into()));
    }

    /// Items as the lines of a list; each begins with a line end.
    fn lines(&self, indent: usize, items: &[Item]) -> String {
        items.iter().map(|item| format!("\n{:indent$}- {}", "", item.lines(indent + 2))).collect()
    }

    /// The dash of an item.
    fn dash(&self, item: &Node) -> Option<usize> {
        let before = self.slice(0..item.place.start).trim_end();
        let dash = before.strip_suffix('-')?.len();
        self.slice(self.line_start(dash)..dash).trim().is_empty().then_some(dash)
    }

    fn is_in_brackets(&self, node: &Node) -> bool {
        self.slice(node.place.start..self.text.len()).starts_with(['[', '{'])
    }

    /// Where a node ends: behind its last character, not where the next one begins.
    fn end_of(&self, node: &Node) -> usize {
        if self.is_in_brackets(node) || matches!(node.value, Value::Scalar(..)) {
            return node.place.start + self.slice(node.place.start..node.place.end).trim_end().len();
        }
        self.end_of_last(node)
    }

    /// Where the last thing in a list or mapping ends; 0 for nothing, whose place may be that of what comes next.
    fn end_of_last(&self, node: &Node) -> usize {
        let ends = parts(node).into_iter().flat_map(|(first, last)| [self.end_of(first), self.end_of(last)]);
        ends.max().unwrap_or(0)
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    fn after_colon(&self, key: &Node) -> usize {
        let rest = self.slice(key.place.end..self.text.len());
        rest.find(':').map_or(key.place.end, |at| key.place.end + at + 1)
    }

    /// How many characters stand before a byte on its line.
    pub fn column(&self, at: usize) -> usize {
        self.slice(self.line_start(at)..at).chars().count()
    }

    fn line_start(&self, at: usize) -> usize {
        self.slice(0..at).rfind('\n').map_or(0, |end| end + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.slice(at..self.text.len()).find('\n').map_or(self.text.len(), |end| at + end)
    }
}

/// A value on one line.
fn inline(new: &New<'_>) -> String {
    match new {
        New::Text(text) => (*text).to_owned(),
        New::List(items) => {
            let items: Vec<String> = items.iter().map(Item::inline).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A part of a list or mapping: its first and its last node.
type Part<'n> = (&'n Arc<Node>, &'n Arc<Node>);

/// What a list or mapping consists of.
fn parts(node: &Node) -> Vec<Part<'_>> {
    let items = node.sequence().unwrap_or_default().iter().map(|item| (item, item));
    items.chain(node.mapping().unwrap_or_default().iter().map(|(key, value)| (key, value))).collect()
}
