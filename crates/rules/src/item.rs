//! The items of rule files, as read: each part keeps the node that it was read from.

use crate::diagnostic::Context;
use crate::priority::Priority;
use crate::version::Version;
use crate::yaml::Node;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A scalar that has a text.
#[derive(Debug, Clone)]
pub(crate) struct Text(Arc<Node>);

impl Text {
    /// `None` if the node is no scalar.
    pub fn of(node: &Arc<Node>) -> Option<Text> {
        node.text().map(|_| Text(node.clone()))
    }

    pub fn as_str(&self) -> &str {
        self.0.text().unwrap_or_default()
    }

    pub fn node(&self) -> &Arc<Node> {
        &self.0
    }
}

/// An item of a file.
#[derive(Debug)]
pub(crate) enum Item {
    EngineVersion(EngineVersion),
    PluginVersion(PluginVersion),
    List(List),
    Macro(Macro),
    Rule(Box<Rule>),
    /// What is to be appended to a rule.
    RuleAppend(Box<RuleChange>),
    /// What is to be replaced in a rule.
    RuleReplace(Box<RuleChange>),
    /// Switches an earlier rule on or off.
    Enable {
        name: String,
        enabled: bool,
        context: Context,
    },
}

#[derive(Debug)]
pub(crate) struct EngineVersion {
    pub version: Version,
    pub context: Context,
}

/// One of these plugins has to be there.
#[derive(Debug)]
pub(crate) struct PluginVersion {
    pub alternatives: Vec<PluginRequirement>,
    pub context: Context,
}

#[derive(Debug, Clone)]
pub(crate) struct PluginRequirement {
    pub name: String,
    pub version: String,
}

#[derive(Debug)]
pub(crate) struct List {
    pub name: String,
    pub items: Vec<Text>,
    pub context: Context,
    pub append: bool,
}

#[derive(Debug)]
pub(crate) struct Macro {
    pub name: String,
    pub condition: Text,
    pub context: Context,
    pub condition_context: Context,
    pub append: bool,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub name: String,
    pub context: Context,
    pub source: String,
    pub condition: Text,
    pub condition_context: Context,
    pub output: Text,
    pub output_context: Context,
    pub description: String,
    pub priority: Priority,
    pub tags: BTreeSet<String>,
    pub exceptions: Vec<Exception>,
    pub enabled: bool,
    pub capture: bool,
    pub capture_duration: u32,
    pub warn_event_types: bool,
    pub skip_if_unknown_filter: bool,
}

/// A change of an earlier rule; what it does not name stays.
#[derive(Debug)]
pub(crate) struct RuleChange {
    pub name: String,
    pub context: Context,
    /// Empty if the source was not said.
    pub source: String,
    pub condition: Option<Text>,
    pub output: Option<Text>,
    pub description: Option<Text>,
    pub tags: Option<BTreeSet<String>>,
    pub exceptions: Option<Vec<Exception>>,
    pub priority: Option<Priority>,
    pub enabled: Option<bool>,
    pub capture: Option<bool>,
    pub capture_duration: Option<u32>,
    pub warn_event_types: Option<bool>,
    pub skip_if_unknown_filter: Option<bool>,
}

impl RuleChange {
    /// A change of nothing.
    pub fn new(name: String, context: Context) -> Self {
        RuleChange {
            name,
            context,
            source: String::new(),
            condition: None,
            output: None,
            description: None,
            tags: None,
            exceptions: None,
            priority: None,
            enabled: None,
            capture: None,
            capture_duration: None,
            warn_event_types: None,
            skip_if_unknown_filter: None,
        }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        let RuleChange { condition, output, description, tags, exceptions, .. } = self;
        let texts = condition.is_none() && output.is_none() && description.is_none();
        let lists = tags.is_none() && exceptions.is_none();
        let RuleChange { priority, enabled, capture, capture_duration, .. } = self;
        let settings = priority.is_none() && enabled.is_none() && capture.is_none() && capture_duration.is_none();
        let switches = self.warn_event_types.is_none() && self.skip_if_unknown_filter.is_none();
        texts && lists && settings && switches
    }
}

/// What a rule does not fire for.
#[derive(Debug, Clone)]
pub(crate) struct Exception {
    pub name: String,
    pub context: Context,
    pub fields: Entry,
    pub comps: Entry,
    pub values: Vec<Entry>,
}

/// A value of an exception, or several.
#[derive(Debug, Clone, Default)]
pub(crate) enum Entry {
    /// Nothing, or something that is neither a value nor a list.
    #[default]
    Missing,
    Value(Text),
    List(Vec<Entry>),
}

impl Entry {
    /// Whether it says something.
    pub fn is_given(&self) -> bool {
        match self {
            Entry::Missing => false,
            Entry::Value(text) => !text.as_str().is_empty(),
            Entry::List(entries) => !entries.is_empty(),
        }
    }

    /// The text of a single value; nothing of a list has one.
    pub fn as_str(&self) -> &str {
        match self {
            Entry::Value(text) => text.as_str(),
            _ => "",
        }
    }
}
