//! `exceptions` of a rule: fields, comparisons and rows of values.

use super::values::Keys;
use super::{Read, Reader};
use crate::diagnostic::{Code, Context, Diagnostic, ItemKind};
use crate::item::{Entry, Exception, Text};
use crate::yaml::Node;
use std::sync::Arc;

impl Reader<'_> {
    /// The exceptions of a rule; `appended` to one, they may lack fields.
    pub(super) fn exceptions(&mut self, keys: Keys<'_>, appended: bool) -> Read<Vec<Exception>> {
        let Some(value) = keys.node.get("exceptions").filter(|value| !value.is_null()) else {
            return Ok(Vec::new());
        };
        let context = keys.context.child(ItemKind::Exceptions, "", value);
        let Some(entries) = value.sequence() else {
            return self.fault("`exceptions` has to be a list", &context);
        };
        let mut exceptions: Vec<Exception> = Vec::new();
        let mut whole = Ok(());
        for entry in entries {
            match self.exception(entry, keys.context, &context, appended) {
                Ok(exception) => {
                    if exceptions.iter().any(|other| other.name == exception.name) {
                        let message = format!("the rule has two exceptions `{}`", exception.name);
                        self.say(Diagnostic::new(Code::ExceptionNameNotUnique, message, &exception.context));
                    }
                    exceptions.push(exception);
                }
                Err(fault) => whole = Err(fault),
            }
        }
        whole.map(|()| exceptions)
    }

    fn exception(&mut self, entry: &Node, rule: &Context, all: &Context, appended: bool) -> Read<Exception> {
        let nameless = all.child(ItemKind::Exception, "", entry);
        if entry.mapping().is_none() {
            return self.fault("an exception has `name`, `fields`, `comps` and `values`", &nameless);
        }
        let name = self.text(Keys { node: entry, context: &nameless }, "name")?.as_str().to_owned();
        let context = rule.child(ItemKind::Exception, &name, entry);
        let keys = Keys { node: entry, context: &context };
        let fields = self.entry_of(keys, "fields", appended);
        let comps = self.entry_of(keys, "comps", true);
        let values = self.exception_values(keys, appended);
        Ok(Exception { name, fields: fields?, comps: comps?, values: values?, context: context.clone() })
    }

    fn exception_values(&mut self, keys: Keys<'_>, appended: bool) -> Read<Vec<Entry>> {
        let Some(value) = keys.node.get("values") else {
            if appended {
                let message = "the exception brings no values";
                self.say(Diagnostic::new(Code::AppendNoValues, message, keys.context));
            }
            return Ok(Vec::new());
        };
        let context = keys.context.child(ItemKind::ExceptionValues, "", value);
        let Some(rows) = value.sequence() else {
            return self.fault("`values` of an exception has to be a list", &context);
        };
        let rows: Vec<Read<Entry>> = rows
            .iter()
            .map(|row| {
                let context = context.child(ItemKind::ExceptionValue, "", row);
                self.entry(row, "", &context)
            })
            .collect();
        rows.into_iter().collect()
    }

    fn entry_of(&mut self, keys: Keys<'_>, key: &str, is_optional: bool) -> Read<Entry> {
        match keys.node.get(key) {
            Some(value) => self.entry(value, key, keys.context),
            None if is_optional => Ok(Entry::Missing),
            None => self.fault(format!("`{key}` is missing"), keys.context),
        }
    }

    /// A value, or a list of such.
    fn entry(&mut self, node: &Arc<Node>, key: &str, parent: &Context) -> Read<Entry> {
        let context = parent.child(ItemKind::ValueFor, key, node);
        if let Some(text) = Text::of(node) {
            let is_empty = text.as_str().is_empty();
            return if is_empty { self.fault("a value must not be empty", &context) } else { Ok(Entry::Value(text)) };
        }
        let Some(items) = node.sequence() else { return Ok(Entry::Missing) };
        let entries: Vec<Read<Entry>> = items
            .iter()
            .map(|item| {
                let context = context.child(ItemKind::Exception, "", item);
                self.entry(item, "", &context)
            })
            .collect();
        entries.into_iter().collect::<Read<_>>().map(Entry::List)
    }
}
