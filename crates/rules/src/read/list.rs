//! `list`: a name for several values.

use super::overrides::OverrideKeys;
use super::values::Keys;
use super::{Read, Reader};
use crate::diagnostic::{Code, Diagnostic, ItemKind};
use crate::item::{Item, List};
use crate::yaml::Node;
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn list(&mut self, item: &Arc<Node>) -> Read<()> {
        let (name, context) = self.name(item, "list", ItemKind::List)?;
        if !is_list_name(&name) {
            let message = "a list's name with a blank, a quote, a comma, `=` or a parenthesis cannot be used";
            self.say(Diagnostic::new(Code::InvalidListName, message, &context));
        }
        let keys = Keys { node: item, context: &context };
        let items = self.texts(keys, "items");
        let append = self.deprecated_append(keys);
        let overrides = self.overrides(keys, &OverrideKeys { append: &["items"], replace: &["items"] });
        let append = self.appends(append, overrides, "items", keys)?;
        self.taker.item(Item::List(List { name, items: items?, context: context.clone(), append }));
        self.unknown_keys(item, &["list", "items", "append", "override"], &context);
        Ok(())
    }
}

/// Whether conditions can name a list so.
fn is_list_name(name: &str) -> bool {
    let is_special = |c: char| matches!(c, '(' | ')' | '"' | '\'' | '=' | ',' | ' ' | '\t'..='\r');
    !name.is_empty() && !name.contains(is_special)
}
