//! Phase two: items of several files, in their order, become lists, macros and rules.
//!
//! An item with the name of an earlier one takes its place or is appended to it. Names are visible by the order of
//! definition: each item has the number of its first definition (`index`) and of its last change (`visibility`), and a
//! macro sees those macros whose index is below its visibility, as in Falco.

mod exceptions;
mod named;

pub(crate) use exceptions::{CollectedException, Comparison, Fields};
pub(crate) use named::Named;

use crate::diagnostic::{Code, Context, Diagnostic, ItemKind};
use crate::fields::is_field;
use crate::item::{EngineVersion, Item, List, Macro, PluginVersion, Rule, RuleChange, Text};
use crate::options::Options;
use crate::priority::Priority;
use crate::read::{SYSCALL, Taker};
use crate::text::{Composed, Part};
use crate::version::{ENGINE, Version};
use exceptions::check;
use std::collections::{BTreeSet, HashSet};

#[derive(Debug)]
pub(crate) struct CollectedList {
    pub name: String,
    pub items: Vec<Text>,
    pub context: Context,
    pub index: usize,
    pub visibility: usize,
}

#[derive(Debug)]
pub(crate) struct CollectedMacro {
    pub name: String,
    pub condition: Composed,
    pub context: Context,
    pub condition_context: Context,
    pub index: usize,
    pub visibility: usize,
}

#[derive(Debug)]
pub(crate) struct CollectedRule {
    pub name: String,
    pub context: Context,
    pub source: String,
    /// Whether the source is one that is not known here: the rule is not looked at.
    pub is_foreign: bool,
    pub condition: Composed,
    pub condition_context: Context,
    pub output: Composed,
    pub output_context: Context,
    pub description: String,
    pub priority: Priority,
    pub tags: BTreeSet<String>,
    pub exceptions: Vec<CollectedException>,
    pub enabled: bool,
    pub capture: bool,
    pub capture_duration: u32,
    pub warn_event_types: bool,
    pub skip_if_unknown_filter: bool,
}

/// What was collected so far.
pub(crate) struct Collector<'o> {
    options: &'o Options,
    pub lists: Named<CollectedList>,
    pub macros: Named<CollectedMacro>,
    pub rules: Named<CollectedRule>,
    pub engine_version: Option<Version>,
    pub plugins: Vec<PluginVersion>,
    /// Macros that could not be read: nothing is said of their absence.
    pub lost_macros: HashSet<String>,
    /// What was found in the file that is being read.
    pub diagnostics: Vec<Diagnostic>,
    next: usize,
}

impl<'o> Collector<'o> {
    pub fn new(options: &'o Options) -> Self {
        Collector {
            options,
            lists: Named::default(),
            macros: Named::default(),
            rules: Named::default(),
            engine_version: None,
            plugins: Vec::new(),
            lost_macros: HashSet::new(),
            diagnostics: Vec::new(),
            next: 0,
        }
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn fault(&mut self, message: impl Into<String>, context: &Context) {
        self.diagnostics.push(Diagnostic::new(Code::Validate, message, context));
    }

    fn engine(&mut self, engine: EngineVersion) {
        if ENGINE.serves(engine.version) {
            self.engine_version = self.engine_version.max(Some(engine.version));
            return;
        }
        let message = format!("the file is for version {} of the engine, and this one is {ENGINE}", engine.version);
        self.fault(message, &engine.context);
    }

    fn plugin(&mut self, plugin: PluginVersion) {
        let mut names = HashSet::new();
        for wanted in &plugin.alternatives {
            let message = match Version::parse(&wanted.version) {
                None => format!("`{}` is no version of a plugin, such as `0.4.0`", wanted.version),
                Some(_) if !names.insert(&wanted.name) => format!("the plugin `{}` is named twice", wanted.name),
                Some(_) => continue,
            };
            return self.fault(message, &plugin.context);
        }
        self.plugins.push(plugin);
    }

    fn list(&mut self, list: List) {
        let List { name, items, context, append } = list;
        if append {
            let Some(earlier) = self.lists.get_mut(&name) else {
                return self.fault(nothing_to_append_to("list", &name), &context);
            };
            earlier.items.extend(items);
            earlier.visibility = self.next;
            self.next += 1;
            return;
        }
        let number = self.number();
        let index = self.lists.get(&name).map_or(number, |earlier| earlier.index);
        self.lists.put(name.clone(), CollectedList { name, items, context, index, visibility: number });
    }

    fn macro_item(&mut self, item: Macro) {
        let Macro { name, condition, context, condition_context, append } = item;
        let condition = Composed::of(condition.node());
        if append {
            let Some(earlier) = self.macros.get_mut(&name) else {
                return self.fault(nothing_to_append_to("macro", &name), &context);
            };
            earlier.condition.add(" ", Part::Condition);
            earlier.condition.append(&condition);
            earlier.visibility = self.next;
            self.next += 1;
            return;
        }
        let number = self.number();
        let index = self.macros.get(&name).map_or(number, |earlier| earlier.index);
        let collected =
            CollectedMacro { name: name.clone(), condition, context, condition_context, index, visibility: number };
        self.macros.put(name, collected);
    }

    fn rule(&mut self, rule: Rule) {
        if self.is_of_other_source(&rule.name, &rule.source, &rule.context) {
            return;
        }
        let is_foreign = rule.source != SYSCALL;
        if is_foreign {
            let message =
                format!("the rule is for events of `{}`, which captures do not hold: it is skipped", rule.source);
            self.diagnostics.push(Diagnostic::new(Code::UnknownSource, message, &rule.context));
        }
        let mut exceptions = Vec::new();
        for exception in rule.exceptions {
            if !exception.fields.is_given() {
                return self.fault("the exception has no fields", &exception.context);
            }
            match check(exception, |field| is_foreign || is_field(field, self.options.view)) {
                Ok(exception) => exceptions.push(exception),
                Err((message, context)) => return self.fault(message, &context),
            }
        }
        self.number();
        let collected = CollectedRule {
            is_foreign,
            condition: Composed::of(rule.condition.node()),
            condition_context: rule.condition_context,
            output: Composed::of_trimmed(rule.output.node()),
            output_context: rule.output_context,
            exceptions,
            context: rule.context,
            source: rule.source,
            description: rule.description,
            priority: rule.priority,
            tags: rule.tags,
            enabled: rule.enabled,
            capture: rule.capture,
            capture_duration: rule.capture_duration,
            warn_event_types: rule.warn_event_types,
            skip_if_unknown_filter: rule.skip_if_unknown_filter,
            name: rule.name.clone(),
        };
        self.rules.put(rule.name, collected);
    }

    /// Whether the earlier rule of this name has another source; that is reported.
    fn is_of_other_source(&mut self, name: &str, source: &str, context: &Context) -> bool {
        let other = self.rules.get(name).filter(|earlier| !source.is_empty() && earlier.source != source);
        let Some(earlier) = other else { return false };
        let message =
            format!("the rule was for events of `{}` before, now it is for those of `{source}`", earlier.source);
        self.fault(message, context);
        true
    }

    fn rule_append(&mut self, change: RuleChange) {
        if self.is_of_other_source(&change.name, &change.source, &change.context) {
            return;
        }
        let is_empty = change.is_empty();
        let view = self.options.view;
        let Some(rule) = self.rules.get_mut(&change.name) else {
            return self.fault(nothing_to_append_to("rule", &change.name), &change.context);
        };
        if is_empty {
            return self.fault("there is nothing to append: no condition and no exceptions", &change.context);
        }
        let join = |text: &mut Composed, more: &Option<Text>| {
            if let Some(more) = more {
                text.add(" ", Part::Condition);
                text.add_node(more.node(), Part::Condition);
            }
        };
        join(&mut rule.condition, &change.condition);
        join(&mut rule.output, &change.output);
        if let Some(more) = &change.description {
            rule.description += " ";
            rule.description += more.as_str();
        }
        rule.tags.extend(change.tags.into_iter().flatten());
        for exception in change.exceptions.into_iter().flatten() {
            let is_foreign = rule.is_foreign;
            let added = rule.add_exception(exception, |field| is_foreign || is_field(field, view));
            if let Err((message, context)) = added {
                return self.fault(message, &context);
            }
        }
        self.number();
    }

    fn rule_replace(&mut self, change: RuleChange) {
        if self.is_of_other_source(&change.name, &change.source, &change.context) {
            return;
        }
        let Some(rule) = self.rules.get_mut(&change.name) else {
            return self.fault(format!("there is no earlier rule `{}` to change", change.name), &change.context);
        };
        let replace = |text: &mut Composed, new: &Option<Text>| {
            if let Some(new) = new {
                *text = Composed::of(new.node());
            }
        };
        replace(&mut rule.condition, &change.condition);
        replace(&mut rule.output, &change.output);
        let keep = |old: &mut bool, new: Option<bool>| *old = new.unwrap_or(*old);
        keep(&mut rule.capture, change.capture);
        keep(&mut rule.enabled, change.enabled);
        keep(&mut rule.warn_event_types, change.warn_event_types);
        keep(&mut rule.skip_if_unknown_filter, change.skip_if_unknown_filter);
        if let Some(new) = &change.description {
            new.as_str().clone_into(&mut rule.description);
        }
        if let Some(new) = change.tags {
            rule.tags = new;
        }
        rule.priority = change.priority.unwrap_or(rule.priority);
        rule.capture_duration = change.capture_duration.unwrap_or(rule.capture_duration);
        if let Some(exceptions) = change.exceptions {
            rule.exceptions = exceptions.into_iter().map(CollectedException::unchecked).collect();
        }
        self.number();
    }

    fn enable(&mut self, name: &str, enabled: bool, context: &Context) {
        match self.rules.get_mut(name) {
            Some(rule) => rule.enabled = enabled,
            None => self.fault(format!("there is no earlier rule `{name}` to switch on or off"), context),
        }
    }
}

fn nothing_to_append_to(kind: &str, name: &str) -> String {
    format!("there is no earlier {kind} `{name}` to append to")
}

impl Taker for Collector<'_> {
    fn item(&mut self, item: Item) {
        match item {
            Item::EngineVersion(engine) => self.engine(engine),
            Item::PluginVersion(plugin) => self.plugin(plugin),
            Item::List(list) => self.list(list),
            Item::Macro(item) => self.macro_item(item),
            Item::Rule(rule) => self.rule(*rule),
            Item::RuleAppend(change) => self.rule_append(*change),
            Item::RuleReplace(change) => self.rule_replace(*change),
            Item::Enable { name, enabled, context } => self.enable(&name, enabled, &context),
        }
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn lost(&mut self, kind: ItemKind, name: &str) {
        if kind == ItemKind::Macro {
            self.lost_macros.insert(name.to_owned());
        }
    }
}
