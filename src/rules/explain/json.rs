//! An explanation for programs.

use super::What;
use crate::rules::nodes;
use capture_rules::Rule;
use capture_rules::examine::Kind;
use serde_json::{Value, json};

/// The verdict and the condition, node in node.
pub fn explanation(what: &What<'_>) -> Value {
    let rules = what.run.rule_set();
    let Some(rule) = what.run.rule(what.rule) else { return Value::Null };
    let explanation = &what.found.explanation;
    let shadowed_by = explanation.shadowed_by.and_then(|place| what.run.rule(place));
    json!({
        "rule": rule.name,
        "place": nodes::place(rules, rule.place),
        "enabled": what.run.rules().any(|(at, _)| at == what.rule),
        "event": what.number,
        "event_line": what.found.event,
        "event_type": what.found.event_type,
        "rule_event_types": rule.event_types.names(),
        "fires": explanation.fires(),
        "is_hidden": explanation.is_hidden,
        "is_of_rule_event_types": explanation.is_shown,
        "shadowed_by": shadowed_by.map(|rule| &rule.name),
        "condition": node(what, rule, 0),
    })
}

fn node(what: &What<'_>, rule: &Rule, number: usize) -> Value {
    let found = what.tree.nodes.get(number).zip(what.found.explanation.verdicts.get(number));
    let Some((here, verdict)) = found else { return Value::Null };
    let rules = what.run.rule_set();
    let mut object = nodes::json(rules, rule, here);
    object.insert("holds".to_owned(), json!(verdict.holds));
    object.insert("evaluated".to_owned(), verdict.is_reached.into());
    if let Kind::Check(leaf) = &here.kind {
        let values = verdict.values.iter().map(|(operand, value)| (operand.clone(), json!(value)));
        object.insert("values".to_owned(), Value::Object(values.collect()));
        let decided = verdict.items.iter().filter_map(|at| leaf.items.get(*at));
        object.insert("decided_by".to_owned(), decided.map(|item| nodes::item_json(rules, rule, item)).collect());
    }
    if !here.parts.is_empty() {
        object.insert("parts".to_owned(), here.parts.iter().map(|part| node(what, rule, *part)).collect());
    }
    Value::Object(object)
}
