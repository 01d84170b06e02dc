//! Reading values from nodes: each function takes what is well formed, and notes a fault of everything else.

use super::case::Written;
use super::fault::{Fault, did_you_mean};
use super::generator::Values;
use crate::source::Place;
use crate::yaml::Node;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the nodes of a file.
pub(super) struct Nodes<'f> {
    /// Where paths in the file begin.
    pub directory: &'f Path,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What stands for `%{item.…}`.
    pub values: Values,
}

impl Nodes<'_> {
    pub fn fault(&mut self, message: impl Into<String>, place: Place) {
        self.faults.push(Fault::new(message, place));
    }

    /// Whether a node is a mapping with no other keys than these, each once.
    pub fn is_mapping(&mut self, node: &Node, what: &str, keys: &[&str]) -> bool {
        let Some(entries) = node.mapping() else {
            let known: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            let fault = Fault::new(format!("{what} has to be a mapping"), node.place);
            self.faults.push(fault.hint(Some(format!("with the keys {}", known.join(", ")))));
            return false;
        };
        for (at, (key, _)) in entries.iter().enumerate() {
            let name = key.text().unwrap_or_default();
            let is_again = entries.iter().take(at).any(|(before, _)| before.text() == key.text());
            if !keys.contains(&name) {
                let fault = Fault::new(format!("{what} has no key `{name}`"), key.place);
                self.faults.push(fault.hint(did_you_mean(name, keys.iter().copied())));
            } else if is_again {
                self.fault(format!("`{name}` stands here twice"), key.place);
            }
        }
        true
    }

    /// The text of a scalar, with values put in for `%{item.…}`.
    pub fn text(&mut self, node: &Arc<Node>, what: &str) -> Option<Written<String>> {
        let node = match node.text().and_then(|text| self.values.named(text)) {
            Some(Ok(value)) => value,
            Some(Err(name)) => {
                self.fault(format!("the test has no value `{name}`"), node.place);
                return None;
            }
            None => node.clone(),
        };
        match node.text() {
            Some("") => self.fault(format!("{what} must not be empty"), node.place),
            Some(text) => return Some(Written { value: text.to_owned(), place: node.place }),
            None => self.fault(format!("{what} has to be a text"), node.place),
        }
        None
    }

    /// The texts of a list; a single text stands for a list of one.
    pub fn texts(&mut self, node: &Arc<Node>, what: &str) -> Vec<Written<String>> {
        match node.sequence() {
            None if node.is_null() => Vec::new(),
            None => self.text(node, what).into_iter().collect(),
            Some(items) => {
                let entry = format!("an entry of {what}");
                items.iter().filter_map(|item| self.text(item, &entry)).collect()
            }
        }
    }

    /// The entries of a list, which may be empty.
    pub fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Arc<Node>] {
        match node.sequence() {
            Some(items) => items,
            None if node.is_null() => &[],
            None => {
                self.fault(format!("{what} has to be a list"), node.place);
                &[]
            }
        }
    }

    /// A path: as it is if it is absolute, else from the directory of the file. It has to be there.
    pub fn path(&mut self, text: Written<String>) -> Option<Written<PathBuf>> {
        let value = self.directory.join(&text.value);
        if value.exists() {
            return Some(Written { value, place: text.place });
        }
        self.fault(format!("there is no file `{}`", value.display()), text.place);
        None
    }

    /// One of some words.
    pub fn word<T: Copy>(&mut self, node: &Arc<Node>, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let all: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.fault(format!("{what} has to be {}", all.join(" or ")), text.place);
        }
        found.map(|(_, value)| *value)
    }
}
