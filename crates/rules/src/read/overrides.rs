//! `override`, and `append`, which it replaces: how an item changes an earlier one.

use super::values::Keys;
use super::{Faulty, Read, Reader};
use crate::diagnostic::{Code, Diagnostic, ItemKind};
use crate::yaml::Node;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The keys of an item that can be overridden.
pub(super) struct OverrideKeys {
    pub append: &'static [&'static str],
    pub replace: &'static [&'static str],
}

/// The keys that an item overrides.
#[derive(Default)]
pub(super) struct Overrides {
    pub append: BTreeSet<String>,
    pub replace: BTreeSet<String>,
}

impl Overrides {
    pub fn is_empty(&self) -> bool {
        self.append.is_empty() && self.replace.is_empty()
    }
}

const BOTH: &str = "`append: true` and `override` cannot stand in one item";

impl Reader<'_> {
    /// `append`, with the warning that it is old.
    pub(super) fn deprecated_append(&mut self, keys: Keys<'_>) -> Read<bool> {
        let append = self.optional_truth(keys, "append")?.unwrap_or(false);
        if append {
            let message = "`append: true` is old";
            let hint = "write `override:` with, for instance, `condition: append`";
            self.say(Diagnostic::new(Code::DeprecatedItem, message, keys.context).hint(hint));
        }
        Ok(append)
    }

    /// Whether an item with a single value is appended to the earlier one.
    pub(super) fn appends(
        &mut self,
        append: Read<bool>,
        overrides: Read<Overrides>,
        key: &str,
        keys: Keys<'_>,
    ) -> Read<bool> {
        let (append, overrides) = (append?, overrides?);
        self.not_both(append, &overrides, keys)?;
        Ok(append || overrides.append.contains(key))
    }

    /// `append: true` and `override` exclude each other.
    pub(super) fn not_both(&mut self, append: bool, overrides: &Overrides, keys: Keys<'_>) -> Read<()> {
        if append && !overrides.is_empty() { self.fault(BOTH, keys.context) } else { Ok(()) }
    }

    /// `override`: keys, each with `append` or `replace`.
    pub(super) fn overrides(&mut self, keys: Keys<'_>, allowed: &OverrideKeys) -> Read<Overrides> {
        let mut overrides = Overrides::default();
        let Some(value) = keys.node.get("override") else { return Ok(overrides) };
        if value.sequence().is_some_and(|items| !items.is_empty()) {
            return self.no_words(value).map(|()| overrides);
        }
        let entries = value.mapping().unwrap_or_default();
        let read: Vec<Read<()>> =
            entries.iter().map(|(key, how)| self.one_override(keys, key, how, allowed, &mut overrides)).collect();
        read.into_iter().collect::<Read<()>>()?;
        Ok(overrides)
    }

    fn one_override(
        &mut self,
        keys: Keys<'_>,
        key: &Arc<Node>,
        how: &Node,
        allowed: &OverrideKeys,
        overrides: &mut Overrides,
    ) -> Read<()> {
        let (Some(name), Some(operation)) = (word(key), word(how)) else { return self.no_words(key) };
        let whole = keys.context.child(ItemKind::Override, "", keys.node);
        let context = whole.child(ItemKind::Override, name, key);
        let can = |keys: &[&str]| keys.contains(&name);
        match operation {
            "append" if can(allowed.append) => drop(overrides.append.insert(name.to_owned())),
            "append" => {
                let hint = if can(allowed.replace) { "write `replace`" } else { "it cannot be overridden" };
                let message = format!("nothing can be appended to `{name}`");
                self.say(Diagnostic::new(Code::YamlValidate, message, &context).hint(hint));
                return Err(Faulty);
            }
            "replace" if can(allowed.replace) => drop(overrides.replace.insert(name.to_owned())),
            "replace" => return self.fault(format!("`{name}` cannot be replaced"), &context),
            _ => {
                let context = whole.child(ItemKind::ValueFor, name, how);
                return self.fault(format!("`{operation}` is neither `append` nor `replace`"), &context);
            }
        }
        Ok(())
    }

    fn no_words(&mut self, node: &Node) -> Read<()> {
        let message = "`override` has keys with `append` or `replace`";
        let file = self.file.clone();
        self.say(Diagnostic::new(Code::Validate, message, &file).at(node.place));
        Err(Faulty)
    }
}

/// A word; what stands for nothing is the word `null`.
fn word(node: &Node) -> Option<&str> {
    if node.is_null() { Some("null") } else { node.text() }
}
