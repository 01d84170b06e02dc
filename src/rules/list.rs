//! `capture rules list`: what rule files hold.

use super::files::RuleFiles;
use crate::output::Output;
use crate::status::{End, Failure};
use capture_rules::{List, Macro, Rule, RuleSet};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// List rules, macros, lists, the fields and event types that they name, and tags.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules list falco_rules.yaml
  capture rules list -j falco_rules.yaml | jq '.rules[].details.condition_compiled'

Exit status:
  0  good
  2  usage, unreadable, or the files do not load")]
pub struct Args {
    #[command(flatten)]
    rules: RuleFiles,
    /// Print JSON, in the form of `falco -L` with JSON output: every rule, macro and list in full.
    #[arg(short, long)]
    json: bool,
}

/// Prints the lists.
pub fn run(args: Args) -> Result<End, Failure> {
    let rules = args.rules.rules()?;
    let text = if args.json { format!("{}\n", json(&rules)) } else { text(&rules) };
    let mut output = Output::stdout(false)?;
    output.write_text(&text)?;
    output.finish()?;
    Ok(End::Good)
}

fn text(rules: &RuleSet) -> String {
    let mut text = format!("rules: {}\n", rules.rules().len());
    for rule in rules.rules() {
        let state = if rule.enabled { "" } else { " (disabled)" };
        let tags: Vec<&str> = rule.tags.iter().map(String::as_str).collect();
        let _ = writeln!(text, "  {:<13} {}{state} [{}]", rule.priority.name(), rule.name, tags.join(" "));
    }
    let unused = |is_used| if is_used { "" } else { " (unused)" };
    let _ = writeln!(text, "macros: {}", rules.macros().len());
    for own in rules.macros() {
        let _ = writeln!(text, "  {}{}", own.name, unused(own.is_used));
    }
    let _ = writeln!(text, "lists: {}", rules.lists().len());
    for list in rules.lists() {
        let _ = writeln!(text, "  {} (items: {}){}", list.name, list.items.len(), unused(list.is_used));
    }
    counted(&mut text, "fields", rules.rules().iter().map(fields));
    let few = rules.rules().iter().filter(|rule| !rule.fires_for_most_events());
    counted(&mut text, "event types", few.map(|rule| rule.event_types.names().into_iter().map(String::from).collect()));
    counted(&mut text, "tags", rules.rules().iter().map(|rule| rule.tags.iter().cloned().collect()));
    if rules.skipped() > 0 {
        let _ = writeln!(text, "skipped rules: {}", rules.skipped());
    }
    text
}

/// A section with words and how many rules have each.
fn counted(text: &mut String, title: &str, words: impl Iterator<Item = Vec<String>>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    words.flatten().for_each(|word| *counts.entry(word).or_default() += 1);
    let _ = writeln!(text, "{title}: {}; with the number of rules that name each", counts.len());
    for (word, count) in counts {
        let _ = writeln!(text, "  {count:>5} {word}");
    }
}

/// The fields of a rule: of its condition and its output.
fn fields(rule: &Rule) -> Vec<String> {
    let mut fields = rule.condition_fields();
    fields.extend(rule.format.field_names());
    fields.into_iter().collect()
}

fn json(rules: &RuleSet) -> Value {
    json!({
        "required_engine_version": rules.engine_version().map(|version| version.to_string()).unwrap_or_default(),
        "rules": rules.rules().iter().map(rule_json).collect::<Vec<_>>(),
        "macros": rules.macros().iter().map(macro_json).collect::<Vec<_>>(),
        "lists": rules.lists().iter().map(list_json).collect::<Vec<_>>(),
    })
}

fn rule_json(rule: &Rule) -> Value {
    json!({
        "info": {
            "name": rule.name,
            "description": rule.description,
            "condition": rule.written_condition,
            "output": rule.output,
            "priority": rule.priority.name(),
            "source": rule.source,
            "enabled": rule.enabled,
            "tags": rule.tags,
            "capture": rule.capture,
            "capture_duration": rule.capture_duration,
        },
        "details": {
            "condition_compiled": rule.filter.expr().to_string(),
            "condition_fields": rule.condition_fields(),
            "condition_operators": rule.condition_operators(),
            "events": rule.event_types.names(),
            "exception_names": rule.exceptions,
            "output_fields": rule.format.field_names().collect::<Vec<_>>(),
        },
    })
}

fn macro_json(own: &Macro) -> Value {
    json!({
        "info": { "name": own.name, "condition": own.written_condition },
        "details": { "condition_compiled": own.condition.to_string(), "used": own.is_used },
    })
}

fn list_json(list: &List) -> Value {
    json!({ "info": { "name": list.name }, "details": { "items_compiled": list.items, "used": list.is_used } })
}
