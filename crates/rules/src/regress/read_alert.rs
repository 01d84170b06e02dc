//! The alerts of a case: expected ones, forbidden ones, and the outcome of a test of event-generator.

use super::case::{Count, ExpectedAlert, ExpectedField, Written};
use super::read::{Reader, start_of};
use super::value::{PATTERNS, Wanted};
use crate::priority::Priority;
use crate::yaml::Node;
use std::sync::Arc;

/// Members of an alert that are compared, beside its fields.
const MEMBERS: [&str; 2] = ["source", "hostname"];

impl Reader<'_> {
    pub(super) fn expected(&mut self, node: &Arc<Node>) -> Vec<ExpectedAlert> {
        let keys = ["rule", "count", "priority", "source", "hostname", "output_fields"];
        let entries = self.nodes.list(node, "`alerts`").to_vec();
        entries.iter().filter_map(|entry| self.alert(entry, "an alert", &keys)).collect()
    }

    /// Names of rules, or alerts of them.
    pub(super) fn forbidden(&mut self, node: &Arc<Node>) -> Vec<ExpectedAlert> {
        let keys = ["rule", "priority", "source", "hostname", "output_fields"];
        let entries = self.nodes.list(node, "`forbidden`").to_vec();
        let mut all = Vec::new();
        for entry in &entries {
            let alert = match entry.text() {
                Some(_) => self.nodes.text(entry, "a forbidden rule").map(|rule| any_alert(rule, entry)),
                None => self.alert(entry, "a forbidden alert", &keys),
            };
            all.extend(alert.map(|alert| ExpectedAlert { count: Count::NONE, is_forbidden: true, ..alert }));
        }
        all
    }

    /// What `rule` and `expectedOutcome` of a test of event-generator expect: one such alert at least.
    pub(super) fn outcome(&mut self, node: &Arc<Node>) -> Option<Vec<ExpectedAlert>> {
        let Some(rule) = node.get("rule") else {
            if let Some(outcome) = node.get("expectedOutcome") {
                self.nodes.fault("an `expectedOutcome` needs the `rule` that it is of", outcome.place);
            }
            return None;
        };
        let mut alert = any_alert(self.nodes.text(rule, "`rule`")?, node);
        let outcome = node.get("expectedOutcome").filter(|outcome| !outcome.is_null());
        if let Some(outcome) = outcome {
            let keys = ["source", "hostname", "priority", "outputFields"];
            if self.nodes.is_mapping(outcome, "`expectedOutcome`", &keys) {
                self.values(&mut alert, outcome, "outputFields");
                alert.node = outcome.clone();
            }
        }
        Some(vec![alert])
    }

    fn alert(&mut self, node: &Arc<Node>, what: &str, keys: &[&str]) -> Option<ExpectedAlert> {
        if !self.nodes.is_mapping(node, what, keys) {
            return None;
        }
        let Some(rule) = node.get("rule") else {
            self.nodes.fault("`rule` is missing", start_of(node));
            return None;
        };
        let mut alert = any_alert(self.nodes.text(rule, "`rule`")?, node);
        if let Some(count) = node.get("count").and_then(|count| self.count(count)) {
            alert.count = count.value;
        }
        self.values(&mut alert, node, "output_fields");
        Some(alert)
    }

    /// Priority, members and fields.
    fn values(&mut self, alert: &mut ExpectedAlert, node: &Node, fields: &str) {
        alert.priority = node.get("priority").and_then(|priority| self.expected_priority(priority));
        for member in MEMBERS {
            let wanted = node.get(member).and_then(|wanted| self.wanted(wanted));
            alert.members.extend(wanted.map(|wanted| (member, wanted)));
        }
        let Some(fields_node) = node.get(fields).filter(|fields| !fields.is_null()) else { return };
        let Some(entries) = fields_node.mapping() else {
            return self.nodes.fault(format!("`{fields}` has to be a mapping of fields"), fields_node.place);
        };
        for (key, value) in entries {
            let name = self.nodes.text(key, "the name of a field");
            let both = name.zip(self.wanted(value));
            alert.fields.extend(both.map(|(name, wanted)| ExpectedField { name, wanted }));
        }
    }

    fn expected_priority(&mut self, node: &Arc<Node>) -> Option<Written<Priority>> {
        let text = self.nodes.text(node, "`priority`")?;
        let priority = Priority::parse(&text.value);
        if priority.is_none() {
            let names: Vec<&str> = Priority::ALL.iter().map(|priority| priority.name()).collect();
            self.nodes.fault(format!("`{}` is no priority: {}", text.value, names.join(", ")), text.place);
        }
        priority.map(|value| Written { value, place: text.place })
    }

    /// A text, nothing, or a pattern such as `{ glob: … }`.
    fn wanted(&mut self, node: &Arc<Node>) -> Option<Written<Wanted>> {
        let value = match node.mapping() {
            None if node.is_null() => Wanted::Missing,
            // An empty text is a value too.
            None if node.text() == Some("") => Wanted::Exactly(String::new()),
            None => Wanted::Exactly(self.nodes.text(node, "a value")?.value),
            Some(_) => self.pattern(node)?,
        };
        Some(Written { value, place: node.place })
    }

    fn pattern(&mut self, node: &Arc<Node>) -> Option<Wanted> {
        self.nodes.is_mapping(node, "a pattern", PATTERNS);
        let [(key, value)] = node.mapping()? else {
            self.nodes.fault("a pattern has one key, such as `glob`", node.place);
            return None;
        };
        let key = key.text().filter(|key| PATTERNS.contains(key))?;
        if key == "in" {
            return Some(Wanted::In(self.nodes.texts(value, "`in`").into_iter().map(|text| text.value).collect()));
        }
        let text = self.nodes.text(value, &format!("`{key}`"))?;
        let pattern = Wanted::pattern(key, &text.value);
        pattern.map_err(|error| self.nodes.fault(format!("the pattern is wrong: {error}"), text.place)).ok()
    }
}

/// One alert of a rule at least.
fn any_alert(rule: Written<String>, node: &Arc<Node>) -> ExpectedAlert {
    ExpectedAlert {
        place: rule.place,
        rule,
        count: Count::SOME,
        priority: None,
        members: Vec::new(),
        fields: Vec::new(),
        is_forbidden: false,
        node: node.clone(),
    }
}
