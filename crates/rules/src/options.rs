//! How rules are loaded.

use crate::version::Version;
use capture_batch::View;
use std::collections::BTreeSet;

/// How rules are loaded.
#[derive(Debug, Clone)]
pub struct Options {
    /// The view that the rules are for. Falco's is the exit view.
    pub view: View,
    /// Lists take the place of their names as text, as in Falco, where that changes what a condition means.
    pub falco_quirks: bool,
    /// What is added to outputs.
    pub append_output: Vec<AppendOutput>,
    /// The plugins that rules may require: what they would bring is known here.
    pub plugins: Vec<(&'static str, Version)>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            view: View::Exit,
            falco_quirks: false,
            append_output: Vec::new(),
            plugins: vec![("container", Version(0, 7, 1))],
        }
    }
}

/// Falco's `append_output`: what is added to the outputs of some rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AppendOutput {
    /// Only rules of this source.
    pub source: Option<String>,
    /// Only rules with all of these tags.
    pub tags: BTreeSet<String>,
    /// Only the rule with this name.
    pub rule: Option<String>,
    /// What is added to the text, with a blank before it.
    pub extra_output: Option<String>,
    /// Members of `output_fields`: key, format, and whether the member is the field's own value rather than a text.
    pub extra_fields: Vec<ExtraField>,
}

/// A member of `output_fields` that an option adds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExtraField {
    /// The member's name.
    pub key: String,
    /// What it holds: a format such as `%proc.name/%fd.num`.
    pub format: String,
    /// Whether it is the value of a field (in the format alone) rather than a text.
    pub is_raw: bool,
}

impl AppendOutput {
    /// Whether it is for a rule.
    pub(crate) fn is_for(&self, name: &str, source: &str, tags: &BTreeSet<String>) -> bool {
        let is = |wanted: &Option<String>, what: &str| wanted.as_deref().is_none_or(|wanted| wanted == what);
        is(&self.source, source) && is(&self.rule, name) && self.tags.is_subset(tags)
    }
}
