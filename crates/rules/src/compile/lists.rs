//! Lists, written out.

use super::{Compilation, MAX_BYTES, MAX_VALUES};
use crate::diagnostic::{Code, Diagnostic};
use crate::text::{Composed, Owner};
use capture_filter::language::ast::Literal;
use capture_filter::language::parser::value;
use capture_filter::language::span::Span;
use std::collections::HashMap;
use std::sync::Arc;

/// Lists by name, in the order of their first definition.
#[derive(Debug)]
pub(crate) struct Lists {
    pub all: Vec<CompiledList>,
    pub by_name: HashMap<String, usize>,
    /// How many values conditions may still compare with.
    pub values_left: usize,
    /// How many bytes of conditions may still be written out.
    pub bytes_left: usize,
}

impl Default for Lists {
    fn default() -> Self {
        let (all, by_name) = Default::default();
        Lists { all, by_name, values_left: MAX_VALUES, bytes_left: MAX_BYTES }
    }
}

#[derive(Debug)]
pub(crate) struct CompiledList {
    pub name: String,
    pub entries: Vec<Entry>,
    /// The entries as Falco writes them in the place of the list's name.
    pub written: String,
    /// Whether a condition or another list names it.
    pub is_used: bool,
}

/// One value of a list.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// As it stands in the file.
    pub text: String,
    /// As a condition has it.
    pub literal: Literal,
}

impl Entry {
    fn new(text: &str, base: usize) -> Self {
        let (text, span) = (text.to_owned(), Span::new(base, base + text.len()));
        // What is no value as it stands is taken as it is; Falco, for which it is text, may see something else in it.
        let bytes = value(&quoted(&text)).map_or_else(|| text.clone().into_bytes(), |literal| literal.bytes);
        Entry { literal: Literal { bytes, span }, text }
    }

    /// Whether a condition takes it as one value.
    pub fn is_value(&self) -> bool {
        value(&quoted(&self.text)).is_some()
    }
}

/// As Falco writes a value into a condition: in quotes, if there is a blank in it and no quote at its start.
pub(super) fn quoted(text: &str) -> String {
    if text.contains(' ') && !text.starts_with(['"', '\'']) { format!("\"{text}\"") } else { text.to_owned() }
}

/// The entries as Falco writes them into a condition: no comma comes before the first that is not empty.
fn as_written(entries: &[Entry]) -> String {
    let mut written = String::new();
    for entry in entries {
        written += if written.is_empty() { "" } else { ", " };
        written += &quoted(&entry.text);
    }
    written
}

impl Compilation<'_> {
    pub(super) fn compile_lists(&mut self) {
        let lists = &self.collector.lists;
        let mut used: Vec<usize> = Vec::new();
        let entries: Vec<Vec<Entry>> = lists.all().iter().enumerate().map(|(at, _)| self.own_entries(at)).collect();
        let mut left = MAX_VALUES;
        for (at, list) in lists.all().iter().enumerate() {
            let mut written_out: Vec<Entry> = Vec::new();
            for (item, own) in list.items.iter().zip(entries.get(at).into_iter().flatten()) {
                let other = lists.position(item.as_str());
                let visible = other.filter(|&other| lists.all().get(other).is_some_and(|o| o.index < list.visibility));
                match visible.and_then(|other| entries.get(other)) {
                    Some(others) if others.len() > left => {
                        left = 0;
                        let message = format!("lists have more than {MAX_VALUES} values, lists in them written out");
                        self.say(Diagnostic::new(Code::Validate, message, &list.context));
                        break;
                    }
                    Some(others) => {
                        left -= others.len();
                        written_out.extend(others.iter().cloned());
                    }
                    None => written_out.push(own.clone()),
                }
                used.extend(visible);
            }
            let (name, written) = (list.name.clone(), as_written(&written_out));
            self.lists.by_name.insert(name.clone(), self.lists.all.len());
            self.lists.all.push(CompiledList { name, entries: written_out, written, is_used: false });
        }
        used.into_iter().for_each(|at| self.lists.mark_used(at));
    }

    /// The entries that stand in the list itself.
    fn own_entries(&mut self, at: usize) -> Vec<Entry> {
        let items = self.collector.lists.all().get(at).map_or(&[][..], |list| &list.items);
        let numbered = items.iter().enumerate();
        numbered
            .map(|(item, text)| {
                let composed = Arc::new(Composed::of(text.node()));
                let base = self.texts.add(Owner::ListItem { list: at, item }, composed);
                Entry::new(text.as_str(), base)
            })
            .collect()
    }
}

impl Lists {
    pub fn mark_used(&mut self, at: usize) {
        if let Some(list) = self.all.get_mut(at) {
            list.is_used = true;
        }
    }
}
