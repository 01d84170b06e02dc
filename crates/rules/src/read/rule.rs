//! `rule`: a rule, or a change of an earlier one.

use super::overrides::OverrideKeys;
use super::values::Keys;
use super::{Faulty, Read, Reader};
use crate::diagnostic::{Code, Context, Diagnostic, ItemKind};
use crate::item::{Item, Rule, Text};
use crate::priority::Priority;
use crate::yaml::Node;
use std::sync::Arc;

/// The source of system calls.
pub(crate) const SYSCALL: &str = "syscall";

const KEYS: &[&str] = &[
    "rule",
    "condition",
    "output",
    "desc",
    "priority",
    "source",
    "enabled",
    "capture",
    "capture_duration",
    "warn_evttypes",
    "skip-if-unknown-filter",
    "tags",
    "exceptions",
    "override",
    "append",
];

/// What can be overridden in a rule.
pub(super) const OVERRIDES: OverrideKeys = OverrideKeys {
    append: &["condition", "output", "desc", "tags", "exceptions"],
    replace: &[
        "condition",
        "output",
        "desc",
        "priority",
        "capture",
        "capture_duration",
        "tags",
        "exceptions",
        "enabled",
        "warn_evttypes",
        "skip-if-unknown-filter",
    ],
};

impl Reader<'_> {
    pub(super) fn rule(&mut self, item: &Arc<Node>) -> Read<()> {
        let (name, context) = self.name(item, "rule", ItemKind::Rule)?;
        let keys = Keys { node: item, context: &context };
        let source = self.text_or_empty(keys, "source");
        let append = self.deprecated_append(keys);
        let overrides = self.overrides(keys, &OVERRIDES);
        let (source, append, overrides) = (source?, append?, overrides?);
        self.not_both(append, &overrides, keys)?;
        let says_what = ["condition", "output", "desc", "priority"].iter().any(|key| keys.has(key));
        if !overrides.is_empty() {
            self.rule_override(keys, &name, &source, overrides)?;
        } else if append {
            self.rule_append(keys, &name, &source)?;
        } else if says_what {
            self.rule_definition(keys, name)?;
        } else {
            self.rule_enable(keys, name)?;
        }
        self.unknown_keys(item, KEYS, &context);
        Ok(())
    }

    /// A rule in full.
    fn rule_definition(&mut self, keys: Keys<'_>, name: String) -> Read<()> {
        let context = keys.context;
        let condition = self.text(keys, "condition");
        let output = self.text(keys, "output");
        let description = self.text(keys, "desc");
        let priority = self.priority(keys);
        let source = self.optional_text(keys, "source");
        let enabled = self.optional_truth(keys, "enabled");
        let capture = self.optional_truth(keys, "capture");
        let capture_duration = self.optional_number(keys, "capture_duration");
        let warn_event_types = self.optional_truth(keys, "warn_evttypes");
        let skip_if_unknown_filter = self.optional_truth(keys, "skip-if-unknown-filter");
        let tags = self.tags(keys);
        let exceptions = self.exceptions(keys, false);
        let (condition, output) = (condition?, output?);
        let part = |kind, text: &Text| context.child(kind, "", text.node());
        let rule = Rule {
            condition_context: part(ItemKind::RuleCondition, &condition),
            output_context: part(ItemKind::RuleOutput, &output),
            name,
            context: context.clone(),
            condition,
            output,
            description: description?.as_str().to_owned(),
            priority: priority?,
            source: source?.map_or(SYSCALL.to_owned(), |source| source.as_str().to_owned()),
            enabled: enabled?.unwrap_or(true),
            capture: capture?.unwrap_or(false),
            capture_duration: capture_duration?.unwrap_or(0),
            warn_event_types: warn_event_types?.unwrap_or(true),
            skip_if_unknown_filter: skip_if_unknown_filter?.unwrap_or(false),
            tags: tags?,
            exceptions: exceptions?,
        };
        self.taker.item(Item::Rule(Box::new(rule)));
        Ok(())
    }

    /// A rule with nothing but `enabled`.
    fn rule_enable(&mut self, keys: Keys<'_>, name: String) -> Read<()> {
        let enabled = self.optional_truth(keys, "enabled");
        let enabled = match enabled {
            Ok(Some(enabled)) => enabled,
            Ok(None) => return self.nothing_said(keys.context),
            Err(Faulty) => return Err(Faulty),
        };
        let message = "a rule with nothing but `enabled` is an old form";
        let hint = "write `override:` with `enabled: replace` beside it";
        self.say(Diagnostic::new(Code::DeprecatedItem, message, keys.context).hint(hint));
        self.taker.item(Item::Enable { name, enabled, context: keys.context.clone() });
        Ok(())
    }

    fn nothing_said(&mut self, context: &Context) -> Read<()> {
        let hint = "a rule has `condition`, `output`, `desc` and `priority`, a change of one `override`";
        self.say(Diagnostic::new(Code::YamlValidate, "the rule says nothing", context).hint(hint));
        Err(Faulty)
    }

    pub(super) fn priority(&mut self, keys: Keys<'_>) -> Read<Priority> {
        let text = self.text(keys, "priority")?;
        if let Some(priority) = Priority::parse(text.as_str()) {
            return Ok(priority);
        }
        let context = keys.context.child(ItemKind::RulePriority, "", text.node());
        let names: Vec<_> = Priority::ALL.iter().map(|priority| priority.name()).collect();
        let message = format!("`{}` is no priority", text.as_str());
        let hint = format!("one of {}", names.join(", "));
        self.say(Diagnostic::new(Code::YamlValidate, message, &context).hint(hint));
        Err(Faulty)
    }
}
