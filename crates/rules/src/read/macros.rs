//! `macro`: a name for a condition.

use super::overrides::OverrideKeys;
use super::values::Keys;
use super::{Read, Reader};
use crate::diagnostic::{Code, Diagnostic, ItemKind};
use crate::item::{Item, Macro};
use crate::yaml::Node;
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn macro_item(&mut self, item: &Arc<Node>) -> Read<()> {
        let (name, context) = self.name(item, "macro", ItemKind::Macro)?;
        if !is_macro_name(&name) {
            let message = "a macro's name that is not letters, digits and `_`, a letter first, cannot be used";
            self.say(Diagnostic::new(Code::InvalidMacroName, message, &context));
        }
        let keys = Keys { node: item, context: &context };
        let condition = self.text(keys, "condition");
        let append = self.deprecated_append(keys);
        let overrides = self.overrides(keys, &OverrideKeys { append: &["condition"], replace: &["condition"] });
        let append = self.appends(append, overrides, "condition", keys)?;
        let condition = condition?;
        let condition_context = context.child(ItemKind::MacroCondition, "", condition.node());
        self.taker.item(Item::Macro(Macro { name, condition, condition_context, context: context.clone(), append }));
        self.unknown_keys(item, &["macro", "condition", "append", "override"], &context);
        Ok(())
    }
}

/// Whether conditions can name a macro so.
fn is_macro_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
