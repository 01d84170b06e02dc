//! Test files of event-generator: their `tests` have a `rule` and an `expectedOutcome`, and may be templates, of which
//! `cases` make several tests. What they say of how events are caused is passed over: there is a capture.
//!
//! The form is that of event-generator's `suite test` (`docs/event-generator_suite_yaml.md` there): a test passes if one
//! alert of the rule has all that the outcome names.

use crate::yaml::Node;
use std::sync::Arc;

/// Keys of a test that say how events are caused.
pub(super) const PASSED_OVER: &[&str] = &["runner", "context", "before", "after", "resources", "steps"];

/// Tests that a template may make at most.
const MAX_TESTS: usize = 1000;

/// What stands for the parameters `%{item.NAME}` of a template.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(Option<Vec<(String, Arc<Node>)>>);

impl Values {
    /// The value of a parameter, if the text is one; its name, if there is no such value.
    pub fn named(&self, text: &str) -> Option<Result<Arc<Node>, String>> {
        let values = self.0.as_ref()?;
        let name = text.trim().strip_prefix("%{")?.strip_suffix('}')?.trim().strip_prefix("item.")?;
        let value = values.iter().find(|(known, _)| known == name);
        Some(value.map(|(_, value)| value.clone()).ok_or_else(|| name.to_owned()))
    }
}

/// What a template is filled in with, once for each test that it makes. The error is what is wrong, and where.
pub(super) fn expand(cases: &Arc<Node>) -> Result<Vec<Values>, (&'static str, Arc<Node>)> {
    let specs = cases.sequence().ok_or(("`cases` has to be a list", cases.clone()))?;
    let mut all = Vec::new();
    for spec in specs {
        let values = spec.get("values").and_then(|values| values.mapping());
        let values = values.ok_or(("a case of a template has `strategy` and `values`", spec.clone()))?;
        match spec.get("strategy").and_then(|strategy| strategy.text()) {
            Some("vector") => all.push(values.iter().map(|(key, value)| (name(key), value.clone())).collect()),
            Some("matrix") => {
                all.extend(combinations(values).ok_or(("there are too many combinations", spec.clone()))?)
            }
            _ => return Err(("`strategy` has to be `vector` or `matrix`", spec.clone())),
        }
        if all.len() > MAX_TESTS {
            return Err(("the template makes too many tests", cases.clone()));
        }
    }
    Ok(all.into_iter().map(|values| Values(Some(values))).collect())
}

fn name(key: &Node) -> String {
    key.text().unwrap_or_default().to_owned()
}

/// Every way to take one value of each key; the last key changes first.
fn combinations(values: &[(Arc<Node>, Arc<Node>)]) -> Option<Vec<Vec<(String, Arc<Node>)>>> {
    let mut all = vec![Vec::new()];
    for (key, value) in values {
        let each = value.sequence().unwrap_or(std::slice::from_ref(value));
        if all.len().saturating_mul(each.len()) > MAX_TESTS {
            return None;
        }
        let with = |before: &Vec<_>, value: &Arc<Node>| {
            before.iter().cloned().chain([(name(key), value.clone())]).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(|before| each.iter().map(move |value| with(before, value))).collect();
    }
    Some(all)
}
