//! The values of an item's keys.

use super::{Read, Reader};
use crate::diagnostic::{Context, ItemKind};
use crate::item::Text;
use crate::yaml::{Node, convert};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An item whose keys are read.
#[derive(Clone, Copy)]
pub(super) struct Keys<'i> {
    pub node: &'i Node,
    pub context: &'i Context,
}

impl Keys<'_> {
    /// Whether it has a key.
    pub fn has(&self, key: &str) -> bool {
        self.node.get(key).is_some()
    }

    /// The context of a key's value.
    pub fn value(&self, key: &str, value: &Node) -> Context {
        self.context.child(ItemKind::ValueFor, key, value)
    }
}

impl Reader<'_> {
    /// The text of a key.
    pub(super) fn text(&mut self, keys: Keys<'_>, key: &str) -> Read<Text> {
        match self.optional_text(keys, key)? {
            Some(text) => Ok(text),
            None => self.fault(format!("`{key}` is missing"), keys.context),
        }
    }

    /// The text of a key that may be missing, but not empty.
    pub(super) fn optional_text(&mut self, keys: Keys<'_>, key: &str) -> Read<Option<Text>> {
        let Some(value) = keys.node.get(key) else { return Ok(None) };
        if value.is_null() {
            return self.fault(format!("`{key}` has no value"), keys.context);
        }
        let context = keys.value(key, value);
        match Text::of(value) {
            None => self.fault(format!("`{key}` has to be a text"), &context),
            Some(text) if text.as_str().is_empty() => self.fault(format!("`{key}` must not be empty"), &context),
            text => Ok(text),
        }
    }

    /// The text of a key that may be missing or empty.
    pub(super) fn text_or_empty(&mut self, keys: Keys<'_>, key: &str) -> Read<String> {
        let is_empty = |value: &Arc<Node>| value.is_null() || value.text() == Some("");
        if keys.node.get(key).is_none_or(is_empty) {
            return Ok(String::new());
        }
        self.text(keys, key).map(|text| text.as_str().to_owned())
    }

    /// A truth that may be missing.
    pub(super) fn optional_truth(&mut self, keys: Keys<'_>, key: &str) -> Read<Option<bool>> {
        self.optional(keys, key, convert::truth, "`true` or `false`")
    }

    /// A number that may be missing.
    pub(super) fn optional_number(&mut self, keys: Keys<'_>, key: &str) -> Read<Option<u32>> {
        self.optional(keys, key, convert::number, "a number")
    }

    fn optional<T>(
        &mut self,
        keys: Keys<'_>,
        key: &str,
        convert: fn(&str) -> Option<T>,
        wanted: &str,
    ) -> Read<Option<T>> {
        let Some(text) = self.optional_text(keys, key)? else { return Ok(None) };
        match convert(text.as_str()) {
            Some(value) => Ok(Some(value)),
            None => self.fault(format!("`{key}` has to be {wanted}"), &keys.value(key, text.node())),
        }
    }

    /// The texts of a sequence.
    pub(super) fn texts(&mut self, keys: Keys<'_>, key: &str) -> Read<Vec<Text>> {
        let Some(value) = keys.node.get(key) else {
            return self.fault(format!("`{key}` is missing"), keys.context);
        };
        let context = keys.value(key, value);
        let Some(items) = value.sequence() else {
            return self.fault(format!("`{key}` has to be a list"), &context);
        };
        let texts: Vec<Read<Text>> = items
            .iter()
            .map(|item| match Text::of(item) {
                Some(text) => Ok(text),
                None => {
                    let context = context.child(ItemKind::ListItem, "", item);
                    self.fault(format!("an entry of `{key}` has to be a text"), &context)
                }
            })
            .collect();
        texts.into_iter().collect()
    }

    /// The tags of an item; none if it does not say.
    pub(super) fn tags(&mut self, keys: Keys<'_>) -> Read<BTreeSet<String>> {
        if !keys.has("tags") {
            return Ok(BTreeSet::new());
        }
        Ok(self.texts(keys, "tags")?.iter().map(|tag| tag.as_str().to_owned()).collect())
    }

    /// Looks up an item's name.
    pub(super) fn name(&mut self, node: &Node, key: &str, kind: ItemKind) -> Read<(String, Context)> {
        let nameless = self.file.child(kind, "", node);
        let name = self.text(Keys { node, context: &nameless }, key)?.as_str().to_owned();
        let context = self.file.child(kind, &name, node);
        Ok((name, context))
    }
}
