//! Changes of rules: `override` and `append`.

use super::overrides::Overrides;
use super::rule::OVERRIDES;
use super::values::Keys;
use super::{Read, Reader};
use crate::diagnostic::ItemKind;
use crate::item::{Item, RuleChange};
use std::collections::BTreeSet;

/// What an item overrides in one of the two ways, and which of its keys nothing was said of yet.
struct Chosen<'o> {
    keys: &'o BTreeSet<String>,
    how: &'static str,
    left: &'o mut BTreeSet<String>,
}

impl Reader<'_> {
    /// A change with `override`.
    pub(super) fn rule_override(&mut self, keys: Keys<'_>, name: &str, source: &str, overrides: Overrides) -> Read<()> {
        let all = OVERRIDES.append.iter().chain(OVERRIDES.replace);
        let mut left: BTreeSet<String> = all.filter(|key| keys.has(key)).map(|&key| key.to_owned()).collect();
        if !overrides.append.is_empty() {
            let mut chosen = Chosen { keys: &overrides.append, how: "append", left: &mut left };
            let change = self.texts_of_change(keys, name, source, &mut chosen)?;
            self.taker.item(Item::RuleAppend(Box::new(change)));
        }
        if !overrides.replace.is_empty() {
            let mut chosen = Chosen { keys: &overrides.replace, how: "replace", left: &mut left };
            let mut change = self.texts_of_change(keys, name, source, &mut chosen)?;
            self.settings_of_change(keys, &mut change, &mut chosen)?;
            self.taker.item(Item::RuleReplace(Box::new(change)));
        }
        for key in left {
            let Some(value) = keys.node.get(&key) else { continue };
            let context = keys.context.child(ItemKind::Override, &key, value);
            self.fault(format!("`override` does not say what `{key}` is for"), &context)?;
        }
        Ok(())
    }

    /// A change with the old `append: true`.
    pub(super) fn rule_append(&mut self, keys: Keys<'_>, name: &str, source: &str) -> Read<()> {
        let mut change = RuleChange::new(name.to_owned(), keys.context.clone());
        source.clone_into(&mut change.source);
        if keys.has("condition") {
            change.condition = Some(self.text(keys, "condition")?);
        }
        if keys.has("exceptions") {
            change.exceptions = Some(self.exceptions(keys, true)?);
        }
        self.taker.item(Item::RuleAppend(Box::new(change)));
        Ok(())
    }

    /// What can be appended and replaced.
    fn texts_of_change(
        &mut self,
        keys: Keys<'_>,
        name: &str,
        source: &str,
        chosen: &mut Chosen<'_>,
    ) -> Read<RuleChange> {
        let mut change = RuleChange::new(name.to_owned(), keys.context.clone());
        if self.is_chosen("condition", chosen, keys)? {
            source.clone_into(&mut change.source);
            change.condition = Some(self.text(keys, "condition")?);
        }
        if self.is_chosen("exceptions", chosen, keys)? {
            change.exceptions = Some(self.exceptions(keys, chosen.how == "append")?);
        }
        if self.is_chosen("output", chosen, keys)? {
            change.output = Some(self.text(keys, "output")?);
        }
        if self.is_chosen("desc", chosen, keys)? {
            change.description = Some(self.text(keys, "desc")?);
        }
        if self.is_chosen("tags", chosen, keys)? {
            change.tags = Some(self.tags(keys)?);
        }
        Ok(change)
    }

    /// What can be replaced only.
    fn settings_of_change(&mut self, keys: Keys<'_>, change: &mut RuleChange, chosen: &mut Chosen<'_>) -> Read<()> {
        if self.is_chosen("priority", chosen, keys)? {
            change.priority = Some(self.priority(keys)?);
        }
        if self.is_chosen("capture", chosen, keys)? {
            change.capture = self.optional_truth(keys, "capture")?;
        }
        if self.is_chosen("capture_duration", chosen, keys)? {
            change.capture_duration = self.optional_number(keys, "capture_duration")?;
        }
        if self.is_chosen("enabled", chosen, keys)? {
            change.enabled = self.optional_truth(keys, "enabled")?;
        }
        if self.is_chosen("warn_evttypes", chosen, keys)? {
            change.warn_event_types = self.optional_truth(keys, "warn_evttypes")?;
        }
        if self.is_chosen("skip-if-unknown-filter", chosen, keys)? {
            change.skip_if_unknown_filter = self.optional_truth(keys, "skip-if-unknown-filter")?;
        }
        Ok(())
    }

    /// Whether a key is overridden; it has to be there then, and may be used once.
    fn is_chosen(&mut self, key: &str, chosen: &mut Chosen<'_>, keys: Keys<'_>) -> Read<bool> {
        if !chosen.keys.contains(key) {
            return Ok(false);
        }
        if !chosen.left.remove(key) {
            let message = format!("`override` says `{key}: {}`, and there is no `{key}`", chosen.how);
            return self.fault(message, keys.context);
        }
        Ok(true)
    }
}
