//! Writing what was seen into a test file.
//!
//! What is forbidden stays forbidden: an alert that fails a case for it fails it afterwards too.

use super::case::{Count, ExpectedAlert, ExpectedQuery, Others};
use super::edit::{Editor, Edits, New};
use super::prepare::Prepared;
use super::seen::{Alert, Alerts, CallsSeen, QuerySeen, Seen};
use super::value::text_of;
use super::yaml_text::{Item, flow, scalar};
use crate::source::Files;
use crate::yaml::Node;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Prepared<'_> {
    /// The changes of the test file after which the case expects what was seen.
    pub fn update(&self, seen: &Seen, files: &Files) -> Edits {
        let case = self.case;
        let mut editor = Editor { text: files.text(case.node.place.file), edits: Edits::default() };
        if !case.expects_something {
            let items: Vec<Item> = seen.others.iter().map(|(rule, alerts)| item(rule, alerts)).collect();
            editor.add_key(&case.node, "alerts", &New::List(&items));
            return editor.edits;
        }
        self.update_alerts(&mut editor, seen);
        for (query, seen) in case.queries.iter().zip(&seen.queries) {
            update_query(&mut editor, query, seen);
        }
        for (allowed, seen) in case.allowed_calls.iter().zip(&seen.calls) {
            update_calls(&mut editor, &allowed.node, &allowed.calls, seen);
        }
        editor.edits
    }

    fn update_alerts(&self, editor: &mut Editor<'_>, seen: &Seen) {
        let case = self.case;
        let list = entry(&case.node, "alerts");
        let (mut settled, mut gone) = (BTreeSet::new(), Vec::new());
        let expected = case.alerts.iter().zip(&seen.alerts).filter(|(expected, _)| !expected.is_forbidden);
        for (expected, alerts) in expected {
            let rule = expected.rule.value.as_str();
            if expected.count.contains(alerts.count) {
                continue;
            }
            let others = seen.others.get(rule).filter(|_| alerts.count == 0 && settled.insert(rule));
            match others {
                _ if alerts.count > 0 => set_count(editor, expected, alerts.count),
                Some(others) => become_like(editor, expected, others),
                None => gone.extend(list.and_then(|(_, list)| place(list, expected))),
            }
        }
        let Some((key, list)) = list else { return };
        let forbids = case.others == Others::Forbid;
        let unexpected = seen.others.iter().filter(|(rule, _)| forbids && !settled.contains(rule.as_str()));
        let items: Vec<Item> = unexpected.map(|(rule, alerts)| item(rule, alerts)).collect();
        if !gone.is_empty() && Some(gone.len()) == list.sequence().map(<[_]>::len) {
            return editor.set(&case.node, key, list, &New::List(&items));
        }
        editor.remove(list, &gone);
        if !items.is_empty() {
            editor.append(&case.node, key, list, &items);
        }
    }
}

/// A key of a mapping and its value.
fn entry<'n>(node: &'n Node, key: &str) -> Option<(&'n Arc<Node>, &'n Arc<Node>)> {
    let entries = node.mapping().unwrap_or_default();
    entries.iter().find(|(name, _)| name.text() == Some(key)).map(|(key, value)| (key, value))
}

/// An entry for the alerts of a rule.
fn item(rule: &str, alerts: &Alerts) -> Item {
    let priority = alerts.first.first().map(|alert| ("priority", alert.text("priority").to_owned()));
    let entries = [("rule", rule.to_owned()), ("count", alerts.count.to_string())];
    Item::Mapping(entries.into_iter().chain(priority).collect())
}

fn set_count(editor: &mut Editor<'_>, expected: &ExpectedAlert, count: u64) {
    let text = count.to_string();
    match entry(&expected.node, "count") {
        Some((key, old)) => editor.set(&expected.node, key, old, &New::Text(&text)),
        // One or more was expected.
        None if expected.count == Count::SOME => {}
        None => editor.add_key(&expected.node, "count", &New::Text(&text)),
    }
}

/// Lets an entry that no alert fits expect the alerts of the rule that there are: as far as they agree.
fn become_like(editor: &mut Editor<'_>, expected: &ExpectedAlert, others: &Alerts) {
    set_count(editor, expected, others.count);
    let values = |of: &dyn Fn(&Alert) -> Option<Value>| -> Option<String> {
        let mut all = others.first.iter().map(of);
        let first = all.next()??;
        (others.are_all_kept() && all.all(|other| other.as_ref() == Some(&first))).then(|| text_of(&first))
    };
    let mut changed: Vec<(&str, Option<String>)> = Vec::new();
    let priority = values(&|alert| alert.member("priority").cloned());
    if expected.priority.as_ref().is_some_and(|own| Some(own.value.name()) != priority.as_deref()) {
        changed.push(("priority", priority));
    }
    for (name, wanted) in &expected.members {
        let of = |alert: &Alert| alert.member(name).cloned();
        if others.first.iter().any(|alert| of(alert).is_none_or(|seen| !wanted.value.fits(&seen))) {
            changed.push((name, values(&of)));
        }
    }
    settle(editor, &expected.node, changed);
    let fields = ["output_fields", "outputFields"].into_iter().find_map(|key| expected.node.get(key));
    let mut changed = Vec::new();
    for field in &expected.fields {
        let name = field.name.value.as_str();
        let of = |alert: &Alert| alert.fields().and_then(|fields| fields.get(name)).cloned();
        if others.first.iter().any(|alert| of(alert).is_none_or(|seen| !field.wanted.value.fits(&seen))) {
            changed.push((name, values(&of)));
        }
    }
    if let Some(fields) = fields {
        settle(editor, fields, changed);
    }
}

/// Puts values in the places of those that are otherwise; takes keys away if there is no value that fits all.
fn settle(editor: &mut Editor<'_>, mapping: &Node, changed: Vec<(&str, Option<String>)>) {
    let entries = mapping.mapping().unwrap_or_default();
    let mut gone = Vec::new();
    for (name, value) in changed {
        let at = entries.iter().position(|(key, _)| key.text() == Some(name));
        match (value, at.and_then(|at| entries.get(at))) {
            (Some(value), Some((key, old))) => editor.set(mapping, key, old, &New::Text(&scalar(&value))),
            _ => gone.extend(at),
        }
    }
    gone.sort_unstable();
    editor.remove(mapping, &gone);
}

/// Where an entry stands in its list. The outcome of a test of event-generator stands in none.
fn place(list: &Node, expected: &ExpectedAlert) -> Option<usize> {
    list.sequence()?.iter().position(|item| Arc::ptr_eq(item, &expected.node))
}

fn update_query(editor: &mut Editor<'_>, query: &ExpectedQuery, seen: &QuerySeen) {
    let count = seen.count.to_string();
    match &query.count {
        Some(expected) if !expected.value.contains(seen.count) => {
            if let Some((key, old)) = entry(&query.node, "count") {
                editor.set(&query.node, key, old, &New::Text(&count));
            }
        }
        None if query.lines.is_none() => match entry(&query.node, "count") {
            Some((key, old)) => editor.set(&query.node, key, old, &New::Text(&count)),
            None => editor.add_key(&query.node, "count", &New::Text(&count)),
        },
        _ => {}
    }
    if let (Some(lines), Some((key, old))) = (&query.lines, entry(&query.node, "lines"))
        && lines.value != seen.lines
    {
        let items: Vec<Item> = seen.lines.iter().map(|line| Item::Text(line.clone())).collect();
        editor.set(&query.node, key, old, &New::List(&items));
    }
}

/// Adds the calls that were seen to those that are allowed.
fn update_calls(editor: &mut Editor<'_>, node: &Node, allowed: &[String], seen: &CallsSeen) {
    let new: Vec<&String> = seen.calls.keys().filter(|name| !allowed.contains(name)).collect();
    if new.is_empty() {
        return;
    }
    let mut all: Vec<&str> = allowed.iter().chain(new).map(String::as_str).collect();
    all.sort_unstable();
    let indent =
        node.mapping().and_then(|entries| entries.first()).map_or(0, |(key, _)| editor.column(key.place.start));
    let list = flow(all.into_iter(), indent + 2);
    match entry(node, "calls") {
        Some((key, old)) => editor.set(node, key, old, &New::Text(&list)),
        None => editor.add_key(node, "calls", &New::Text(&list)),
    }
}
