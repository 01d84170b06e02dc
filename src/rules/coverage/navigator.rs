//! A layer of the MITRE ATT&CK Navigator, in the form 4.5 of its files.

use super::Counted;
use crate::plural::counted;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// All rules of a technique fired.
const ALL: &str = "#74c476";
/// Some did.
const SOME: &str = "#fed976";
/// None did.
const NONE: &str = "#fc9272";

/// The rules of a technique.
#[derive(Default)]
struct Technique<'r> {
    /// Names, and how often each fired.
    rules: Vec<(&'r str, u64)>,
    tactics: BTreeSet<String>,
}

/// The techniques that rules have as tags; a technique's score is how many of its rules fired, of a hundred.
pub fn layer(found: &Counted<'_>) -> Value {
    let mut techniques: BTreeMap<&str, Technique<'_>> = BTreeMap::new();
    for (rule, _, counts) in found.rules() {
        for tag in rule.tags.iter().filter(|tag| is_technique(tag)) {
            let technique = techniques.entry(tag).or_default();
            technique.rules.push((&rule.name, counts.alerts()));
            technique.tactics.extend(rule.tags.iter().filter_map(|tag| tactic(tag)));
        }
    }
    // A sub-technique shows where the technique that it is part of is open, whether that has rules or not.
    let open: BTreeSet<&str> = techniques.keys().filter_map(|id| Some(id.split_once('.')?.0)).collect();
    for id in &open {
        techniques.entry(id).or_default();
    }
    let entries = techniques.iter().map(|(id, technique)| entry(id, technique, open.contains(id)));
    json!({
        "name": "Rules of capture",
        "versions": { "navigator": "4.9.1", "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": "Techniques that rules are tagged with; the score is the share of their rules that fired.",
        "techniques": entries.collect::<Vec<_>>(),
        "gradient": { "colors": [NONE, SOME, ALL], "minValue": 0, "maxValue": 100 },
        "legendItems": [
            { "label": "all rules fired", "color": ALL },
            { "label": "some rules fired", "color": SOME },
            { "label": "no rule fired", "color": NONE },
        ],
        "showTacticRowBackground": false,
        "selectTechniquesAcrossTactics": true,
        "selectSubtechniquesWithParent": false,
    })
}

fn entry(id: &str, technique: &Technique<'_>, is_open: bool) -> Value {
    if technique.rules.is_empty() {
        return json!({ "techniqueID": id, "enabled": true, "showSubtechniques": is_open });
    }
    let fired = technique.rules.iter().filter(|(_, alerts)| *alerts > 0).count();
    let color = match fired {
        0 => NONE,
        _ if fired == technique.rules.len() => ALL,
        _ => SOME,
    };
    let mut comment = String::new();
    for (rule, alerts) in &technique.rules {
        let _ = writeln!(comment, "{rule}: {}", counted(*alerts, "alert"));
    }
    let tactics: Vec<&str> = technique.tactics.iter().map(String::as_str).collect();
    let note = (!tactics.is_empty()).then(|| json!({ "name": "tactics of the rules", "value": tactics.join(", ") }));
    // A technique stands below each of its tactics, whatever the rules say of those: they go into the notes.
    json!({
        "techniqueID": id,
        "score": 100 * fired / technique.rules.len(),
        "color": color,
        "comment": comment.trim_end(),
        "enabled": true,
        "metadata": note.into_iter().collect::<Vec<_>>(),
        "showSubtechniques": is_open,
    })
}

/// Whether a tag is the number of a technique: `T1059`, `T1059.004`.
fn is_technique(tag: &str) -> bool {
    let is_number = |text: &str, digits: usize| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = tag.strip_prefix('T') else { return false };
    match number.split_once('.') {
        Some((technique, sub)) => is_number(technique, 4) && is_number(sub, 3),
        None => is_number(number, 4),
    }
}

/// The tactic that a tag names, as ATT&CK writes it: `mitre_lateral_movement` is `lateral-movement`.
fn tactic(tag: &str) -> Option<String> {
    tag.strip_prefix("mitre_").map(|tactic| tactic.replace('_', "-"))
}
