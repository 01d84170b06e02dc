//! Phase one: from documents to items, one function a kind of item.
//!
//! Each item is handed on as soon as it is read, in the order of the file. An item with faults is not handed on; all
//! its faults are reported, those first that Falco meets first, and reading goes on with the next item.

mod exceptions;
mod list;
mod macros;
mod overrides;
mod required;
mod rule;
mod rule_change;
mod values;

use crate::diagnostic::{Code, Context, Diagnostic, ItemKind};
use crate::item::Item;
pub(crate) use rule::SYSCALL;

use crate::source::FileId;
use crate::yaml::Node;
use std::sync::Arc;

/// What takes items and diagnostics.
pub(crate) trait Taker {
    /// Takes an item.
    fn item(&mut self, item: Item);
    /// Takes a diagnostic.
    fn say(&mut self, diagnostic: Diagnostic);
    /// An item of this kind and name could not be read: nothing is to be said of its absence.
    fn lost(&mut self, kind: ItemKind, name: &str);
}

/// A fault was found and reported.
#[derive(Debug)]
struct Faulty;

type Read<T> = Result<T, Faulty>;

/// Reads the items of a file.
pub(crate) struct Reader<'t> {
    taker: &'t mut dyn Taker,
    file: Context,
}

impl<'t> Reader<'t> {
    pub fn new(file: FileId, taker: &'t mut dyn Taker) -> Self {
        Reader { taker, file: Context::file(file) }
    }

    /// Reads a document.
    pub fn document(&mut self, document: &Node) {
        if document.is_null() {
            return;
        }
        let file = self.file.clone();
        let place = crate::source::Place { end: document.place.end.min(document.place.start + 1), ..document.place };
        match document.sequence() {
            Some(items) => items.iter().filter(|item| !item.is_null()).for_each(|item| self.item(item)),
            None if document.mapping().is_some() => {
                let message = "the file is no list of items";
                let hint = "each item starts with `- `, such as `- rule: …`";
                self.say(Diagnostic::new(Code::YamlValidate, message, &file).at(place).hint(hint));
            }
            None => self.say(Diagnostic::new(Code::YamlValidate, "the file holds no items", &file).at(place)),
        }
    }

    fn item(&mut self, item: &Arc<Node>) {
        if item.mapping().is_none() {
            let context = self.file.child(ItemKind::ContentItem, "", item);
            self.say(Diagnostic::new(Code::YamlValidate, "an item has to be a mapping, such as `rule: …`", &context));
            return;
        }
        let Some((key, kind)) = ITEMS.iter().find(|(key, _)| item.get(key).is_some()) else {
            return self.unknown_item(item);
        };
        let read = match kind {
            ItemKind::EngineVersion => self.engine_version(item),
            ItemKind::PluginVersions => self.plugin_versions(item),
            ItemKind::List => self.list(item),
            ItemKind::Macro => self.macro_item(item),
            _ => self.rule(item),
        };
        if let Err(Faulty) = read {
            let name = item.get(key).and_then(|name| name.text()).unwrap_or_default();
            self.taker.lost(*kind, name);
        }
    }

    fn unknown_item(&mut self, item: &Node) {
        let context = self.file.child(ItemKind::ContentItem, "", item);
        let known: Vec<_> = ITEMS.iter().map(|(key, ..)| format!("`{key}`")).collect();
        let hint = format!("an item has one of the keys {}", known.join(", "));
        self.say(Diagnostic::new(Code::UnknownItem, "an item of an unknown kind is passed over", &context).hint(hint));
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        self.taker.say(diagnostic);
    }

    /// Reports a fault of an item's form.
    fn fault<T>(&mut self, message: impl Into<String>, context: &Context) -> Read<T> {
        self.say(Diagnostic::new(Code::YamlValidate, message, context));
        Err(Faulty)
    }

    /// Warns of keys that an item does not have.
    fn unknown_keys(&mut self, item: &Node, known: &[&str], context: &Context) {
        for (key, _) in item.mapping().unwrap_or_default() {
            let name = key.text().unwrap_or_default();
            if !known.contains(&name) {
                let message = format!("`{name}` means nothing here and is passed over");
                let near = capture_filter::language::error::nearest(name, known.iter().copied());
                let mut warning = Diagnostic::new(Code::UnknownKey, message, context).at(key.place);
                warning.hint = near.map(|near| format!("did you mean `{near}`?"));
                self.say(warning);
            }
        }
    }
}

/// The kinds of items, by the key that tells them; the first that an item has counts.
const ITEMS: &[(&str, ItemKind)] = &[
    ("required_engine_version", ItemKind::EngineVersion),
    ("required_plugin_versions", ItemKind::PluginVersions),
    ("list", ItemKind::List),
    ("macro", ItemKind::Macro),
    ("rule", ItemKind::Rule),
];
