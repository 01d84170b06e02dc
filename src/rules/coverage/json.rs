//! Coverage for programs.

use super::{Counted, Share, items, outcomes};
use crate::rules::nodes;
use capture_rules::Rule;
use capture_rules::examine::{Kind, RuleCounts, Tree};
use serde_json::{Value, json};

/// The rules, and how many fired.
pub fn all(counted: &Counted<'_>) -> Value {
    let rules: Vec<Value> = counted.rules().map(|of| rule(counted, of)).collect();
    let fired = counted.rules().filter(|(_, _, counts)| counts.alerts() > 0).count();
    json!({ "rules": rules, "rules_fired": fired })
}

fn rule(counted: &Counted<'_>, of: (&Rule, &Tree, &RuleCounts)) -> Value {
    let (rule, tree, counts) = of;
    json!({
        "rule": rule.name,
        "place": nodes::place(counted.coverage.run().rule_set(), rule.place),
        "tags": rule.tags,
        "alerts": counts.alerts(),
        "outcomes": share(&outcomes(tree, counts)),
        "list_values": share(&items(tree, counts)),
        "condition": node(counted, of, 0),
    })
}

fn share(share: &Share) -> Value {
    json!({ "seen": share.seen, "total": share.total })
}

fn node(counted: &Counted<'_>, of: (&Rule, &Tree, &RuleCounts), number: usize) -> Value {
    let (rule, tree, counts) = of;
    let rules = counted.coverage.run().rule_set();
    let Some(here) = tree.nodes.get(number) else { return Value::Null };
    let mut object = nodes::json(rules, rule, here);
    let seen = counts.nodes.get(number).copied().unwrap_or_default();
    object.insert("held".to_owned(), seen.held.into());
    object.insert("failed".to_owned(), seen.failed.into());
    if let Kind::Check(leaf) = &here.kind {
        let held = counts.items.get(number).map_or(&[][..], Vec::as_slice);
        let item = |(at, item): (usize, _)| {
            let mut object = nodes::item_json(rules, rule, item);
            object.insert("held".to_owned(), held.get(at).copied().unwrap_or_default().into());
            Value::Object(object)
        };
        if !leaf.items.is_empty() {
            object.insert("list_values".to_owned(), leaf.items.iter().enumerate().map(item).collect());
        }
    }
    if !here.parts.is_empty() {
        object.insert("parts".to_owned(), here.parts.iter().map(|part| node(counted, of, *part)).collect());
    }
    Value::Object(object)
}
