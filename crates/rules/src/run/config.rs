//! Falco's options `-o KEY=VALUE`, as far as they say something of rules and alerts.

use super::{AlertOptions, Choice, Matching, Run, Selector};
use crate::options::{AppendOutput, ExtraField};
use crate::priority::Priority;
use crate::rule_set::{Rule, RuleSet};
use serde_json::Value;
use std::collections::BTreeSet;

/// What options say.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `json_output`, `json_include_…_property`, `time_format_iso_8601`.
    pub alerts: AlertOptions,
    /// `rule_matching`.
    pub matching: Matching,
    /// `priority`: less urgent rules are not run.
    pub priority: Priority,
    /// `rules[]`, in their order.
    pub choices: Vec<Choice>,
    /// `append_output[]`.
    pub append_output: Vec<AppendOutput>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            alerts: AlertOptions::default(),
            matching: Matching::First,
            priority: Priority::Debug,
            choices: Vec::new(),
            append_output: Vec::new(),
        }
    }
}

/// The keys.
const KEYS: [&str; 13] = [
    "append_output[]",
    "json_include_message_property",
    "json_include_output_fields_property",
    "json_include_output_property",
    "json_include_tags_property",
    "json_output",
    "priority",
    "rule_matching",
    "rules[]",
    "rules[].disable.rule",
    "rules[].enable.tag",
    "static_fields.NAME",
    "time_format_iso_8601",
];

impl Config {
    /// Whether a rule is run.
    pub fn is_on(&self, rule: &Rule) -> bool {
        Choice::decide(&self.choices, rule) && rule.priority <= self.priority
    }

    /// A run of the rules that are on.
    pub fn run(&self, rules: RuleSet) -> Run {
        Run::new(rules, |rule| self.is_on(rule), self.matching)
    }

    /// Takes an option as `KEY=VALUE`. The error says what is wrong.
    pub fn set(&mut self, option: &str) -> Result<(), String> {
        let (key, value) = option.split_once('=').ok_or_else(|| format!("`{option}`: KEY=VALUE is expected"))?;
        let (key, value) = (key.trim(), value.trim());
        let wrong = |what: String| format!("{key}: {what}");
        match key {
            "json_output" => self.alerts.json = flag(value).map_err(wrong)?,
            "json_include_output_property" => self.alerts.properties.output = flag(value).map_err(wrong)?,
            "json_include_tags_property" => self.alerts.properties.tags = flag(value).map_err(wrong)?,
            "json_include_message_property" => self.alerts.properties.message = flag(value).map_err(wrong)?,
            "json_include_output_fields_property" => {
                self.alerts.properties.output_fields = flag(value).map_err(wrong)?
            }
            "time_format_iso_8601" => self.alerts.iso_time = flag(value).map_err(wrong)?,
            "rule_matching" => self.matching = matching(value).map_err(wrong)?,
            "priority" => {
                let unknown = || wrong(format!("`{value}` is no priority: debug, informational, notice, warning …"));
                self.priority = Priority::parse(value).ok_or_else(unknown)?;
            }
            "rules[]" => self.choices.extend(choices(&json(value).map_err(wrong)?).map_err(wrong)?),
            "append_output[]" => self.append_output.push(append_output(&json(value).map_err(wrong)?).map_err(wrong)?),
            _ => self.nested(key, value)?,
        }
        Ok(())
    }

    /// Takes an option whose key names a member of an entry: `rules[].disable.tag`, `static_fields.site`.
    fn nested(&mut self, key: &str, value: &str) -> Result<(), String> {
        let parts: Vec<&str> = key.split('.').collect();
        match parts.as_slice() {
            ["rules[]", switch @ ("enable" | "disable"), what @ ("rule" | "tag")] => {
                self.choices.push(Choice { selector: selector(what, value), is_on: *switch == "enable" });
            }
            ["static_fields", name] => {
                let field = ExtraField { key: (*name).to_owned(), format: value.to_owned(), is_raw: false };
                self.append_output.push(AppendOutput { extra_fields: vec![field], ..AppendOutput::default() });
            }
            _ => return Err(format!("there is no option `{key}` here; there are {}", KEYS.join(", "))),
        }
        Ok(())
    }
}

fn flag(value: &str) -> Result<bool, String> {
    match &*value.to_ascii_lowercase() {
        "true" | "yes" | "on" | "y" => Ok(true),
        "false" | "no" | "off" | "n" => Ok(false),
        _ => Err(format!("`{value}` is neither true nor false")),
    }
}

fn matching(value: &str) -> Result<Matching, String> {
    match value {
        "first" => Ok(Matching::First),
        "all" => Ok(Matching::All),
        _ => Err(format!("`{value}` is neither first nor all")),
    }
}

fn json(value: &str) -> Result<Value, String> {
    serde_json::from_str(value).map_err(|error| format!("JSON is expected: {error}"))
}

fn selector(what: &str, value: &str) -> Selector {
    if what == "tag" { Selector::Tag(value.to_owned()) } else { Selector::Name(value.to_owned()) }
}

/// An entry such as `{"disable": {"rule": "*"}}`. One that names a rule and a tag is about both, one after the other.
fn choices(entry: &Value) -> Result<Vec<Choice>, String> {
    let of = |name| entry.get(name).and_then(Value::as_object);
    let (is_on, selectors) = match (of("enable"), of("disable")) {
        (Some(selectors), _) => (true, selectors),
        (None, Some(selectors)) => (false, selectors),
        _ => return Err(r#"`{"enable": {"rule": …}}` or `{"disable": {"tag": …}}` is expected"#.to_owned()),
    };
    let named = |what| Some(selector(what, selectors.get(what)?.as_str().filter(|value| !value.is_empty())?));
    Ok(["rule", "tag"].into_iter().filter_map(named).map(|selector| Choice { selector, is_on }).collect())
}

fn append_output(entry: &Value) -> Result<AppendOutput, String> {
    if !entry.is_object() {
        return Err("an object is expected".to_owned());
    }
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| format!("{value}: text is expected"));
    let optional = |value: Option<&Value>| value.map(text).transpose();
    let of_match = |name| entry.get("match").and_then(|matched| matched.get(name));
    let tags = of_match("tags").and_then(Value::as_array).into_iter().flatten().map(text);
    let fields = entry.get("extra_fields").and_then(Value::as_array).into_iter().flatten();
    let mut extra_fields: Vec<ExtraField> = Vec::new();
    for field in fields {
        let field = extra_field(field)?;
        if extra_fields.iter().any(|other| other.key == field.key) {
            return Err(format!("the field `{}` stands there twice", field.key));
        }
        extra_fields.push(field);
    }
    Ok(AppendOutput {
        source: optional(of_match("source"))?,
        tags: tags.collect::<Result<BTreeSet<_>, _>>()?,
        rule: optional(of_match("rule"))?,
        extra_output: optional(entry.get("extra_output"))?,
        extra_fields,
    })
}

/// The name of a field, or an object of one member: a name and a format.
fn extra_field(field: &Value) -> Result<ExtraField, String> {
    let expected = || format!("{field}: the name of a field, or {{name: format}} is expected");
    match field {
        Value::String(name) => Ok(ExtraField { key: name.clone(), format: format!("%{name}"), is_raw: true }),
        Value::Object(members) if members.len() == 1 => {
            let (key, format) = members.iter().next().ok_or_else(expected)?;
            let format = format.as_str().ok_or_else(expected)?.to_owned();
            Ok(ExtraField { key: key.clone(), format, is_raw: false })
        }
        _ => Err(expected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_falco_reads_them() {
        let mut config = Config::default();
        for option in [
            "json_output=true",
            "rule_matching=all",
            "priority=WARNING",
            "rules[].disable.rule=*",
            r#"rules[]={"enable": {"tag": "network"}}"#,
            r#"append_output[]={"match": {"tags": ["a"]}, "extra_output": "x", "extra_fields": ["proc.pid", {"k": "%fd.num"}]}"#,
            "static_fields.site=lab",
        ] {
            config.set(option).unwrap();
        }
        assert!(config.alerts.json && config.matching == Matching::All && config.priority == Priority::Warning);
        let all = Choice { selector: Selector::Name("*".to_owned()), is_on: false };
        let network = Choice { selector: Selector::Tag("network".to_owned()), is_on: true };
        assert_eq!(config.choices, [all, network]);
        let field = |key: &str, format: &str, is_raw| ExtraField { key: key.into(), format: format.into(), is_raw };
        let first = AppendOutput {
            tags: BTreeSet::from(["a".to_owned()]),
            extra_output: Some("x".to_owned()),
            extra_fields: vec![field("proc.pid", "%proc.pid", true), field("k", "%fd.num", false)],
            ..AppendOutput::default()
        };
        let second = AppendOutput { extra_fields: vec![field("site", "lab", false)], ..AppendOutput::default() };
        assert_eq!(config.append_output, [first, second]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (option, expected) in [
            ("json_output", "KEY=VALUE"),
            ("json_output=1", "neither true nor false"),
            ("rule_matching=some", "neither first nor all"),
            ("priority=low", "no priority"),
            ("rules[]={", "JSON"),
            ("rules[]={}", "enable"),
            (r#"append_output[]={"extra_fields": ["a", {"a": "b"}]}"#, "twice"),
            ("nonsense=1", "there is no option"),
        ] {
            let error = Config::default().set(option).unwrap_err();
            assert!(error.contains(expected), "{option}: {error}");
        }
    }
}
