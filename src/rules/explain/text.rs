//! An explanation for people.

use super::What;
use crate::rules::nodes::{self, shortened};
use capture_rules::Rule;
use capture_rules::examine::{Kind, Verdict};
use std::fmt::Write;

/// The verdict, then the condition as a tree: one line a node.
pub fn explanation(what: &What<'_>) -> String {
    let mut text = String::new();
    let Some(rule) = what.run.rule(what.rule) else { return text };
    let place = nodes::place(what.run.rule_set(), rule.place);
    let _ = writeln!(text, "rule {} ({place})", rule.name);
    let _ = writeln!(text, "event {}: {}", what.number, what.found.event);
    let _ = writeln!(text, "{}", verdict(what, rule));
    node(what, rule, 0, 0, &mut text);
    text
}

/// Whether the rule fires, and if not, everything that keeps it from that.
fn verdict(what: &What<'_>, rule: &Rule) -> String {
    let explanation = &what.found.explanation;
    let mut why = Vec::new();
    if explanation.is_hidden {
        why.push("the event is hidden: it takes a number and is shown to no rule".to_owned());
    }
    if !explanation.is_shown {
        let names: Vec<&str> = rule.event_types.names().into_iter().collect();
        let names = if rule.fires_for_most_events() { "others".to_owned() } else { names.join(", ") };
        why.push(format!("it is no event of the rule's types ({})", shortened(&names)));
    }
    if let Some(earlier) = explanation.shadowed_by.and_then(|place| what.run.rule(place)) {
        why.push(format!("the rule `{}` comes first and fires (rule_matching=first)", earlier.name));
    }
    match explanation.holds() {
        Some(true) => {}
        Some(false) => why.push("the condition does not hold".to_owned()),
        None => why.push("what the condition says depends on events that the rule was not shown".to_owned()),
    }
    let is_run = what.run.rules().any(|(at, _)| at == what.rule);
    let note = if is_run { "" } else { " (the rule is switched off: this is what it would do)" };
    if why.is_empty() { format!("it fires{note}") } else { format!("it does not fire: {}{note}", why.join("; ")) }
}

fn node(what: &What<'_>, rule: &Rule, number: usize, depth: usize, text: &mut String) {
    let found = what.tree.nodes.get(number).zip(what.found.explanation.verdicts.get(number));
    let Some((here, verdict)) = found else { return };
    let rules = what.run.rule_set();
    let _ = write!(text, "{}{} {}", "  ".repeat(depth), mark(verdict), nodes::words(rules, rule, here));
    for (field, value) in &verdict.values {
        let value = value.as_deref().map_or_else(|| "<NA>".to_owned(), |value| shortened(&format!("{value:?}")));
        let _ = write!(text, "  [{field} is {value}]");
    }
    if let Kind::Check(leaf) = &here.kind {
        for item in verdict.items.iter().filter_map(|at| leaf.items.get(*at)) {
            let place = nodes::location(rules, rule, item.span).unwrap_or_default();
            let _ = write!(text, "  [decided by {}, {place}]", shortened(&item.text));
        }
    }
    let _ = writeln!(text, "{}", nodes::place_behind(rules, rule, here));
    here.parts.iter().for_each(|part| node(what, rule, *part, depth + 1, text));
}

fn mark(verdict: &Verdict) -> &'static str {
    match (verdict.is_reached, verdict.holds) {
        (true, Some(true)) => "✓",
        (true, Some(false)) => "✗",
        (false, Some(true)) => "(✓)",
        (false, Some(false)) => "(✗)",
        (_, None) => "?",
    }
}
