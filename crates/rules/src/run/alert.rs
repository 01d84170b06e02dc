//! Alerts, as Falco prints them.

use crate::options::ExtraField;
use crate::rule_set::Rule;
use capture_batch::{Row, View};
use capture_filter::{Env, Format};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Which parts an alert has as JSON, beside the time, the rule, its priority and source, and the host: Falco's
/// `json_include_…_property`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Properties {
    /// The line that is printed without JSON.
    pub output: bool,
    /// The rule's tags.
    pub tags: bool,
    /// The rule's own text.
    pub message: bool,
    /// The fields of the text, by name.
    pub output_fields: bool,
}

impl Default for Properties {
    fn default() -> Self {
        Properties { output: true, tags: true, message: false, output_fields: true }
    }
}

/// How alerts are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertOptions {
    /// As JSON.
    pub json: bool,
    /// Which parts.
    pub properties: Properties,
    /// Whether lines begin with date, time and zone rather than the time of day.
    pub iso_time: bool,
    /// The name of the host that alerts come from; `None` for that of the capture.
    pub hostname: Option<String>,
}

/// Makes texts of alerts.
#[derive(Clone)]
pub struct Alerts {
    options: AlertOptions,
    /// The time, as alerts begin.
    time: Option<Format>,
    /// By rule: its text and the members that options add.
    formats: BTreeMap<usize, (Format, Vec<Extra>)>,
}

/// A member of the fields that an option adds.
#[derive(Clone)]
struct Extra {
    key: String,
    format: Format,
    is_raw: bool,
}

impl Alerts {
    /// Makes texts of alerts of these rules, and their places.
    pub fn new<'r>(rules: impl Iterator<Item = (usize, &'r Rule)>, view: View, options: AlertOptions) -> Alerts {
        let time = if options.iso_time { "*%evt.time.iso8601: " } else { "*%evt.time: " };
        let extra = |extra: &ExtraField| {
            let text = format!("*{}", extra.format.strip_prefix('*').unwrap_or(&extra.format));
            let format = Format::compile(&text, view).ok()?;
            Some(Extra { key: extra.key.clone(), format, is_raw: extra.is_raw })
        };
        let formats =
            rules.map(|(at, rule)| (at, (rule.format.clone(), rule.extra_fields.iter().filter_map(extra).collect())));
        Alerts { time: Format::compile(time, view).ok(), formats: formats.collect(), options }
    }

    /// Appends the alert of a rule for an event, and a line end.
    pub fn print(&mut self, at: usize, rule: &Rule, row: Row<'_>, env: &Env, out: &mut Vec<u8>) {
        let Some((format, extra)) = self.formats.get_mut(&at) else { return };
        let mut message = Vec::new();
        format.render(row, env, &mut message);
        let mut output = Vec::new();
        if let Some(time) = &mut self.time {
            time.render(row, env, &mut output);
        }
        output.extend_from_slice(rule.priority.name().as_bytes());
        output.push(b' ');
        output.extend_from_slice(&message);
        if !self.options.json {
            out.extend_from_slice(escaped(&output).as_bytes());
            out.push(b'\n');
            return;
        }
        let Properties { output: has_output, tags, message: has_message, output_fields } = self.options.properties;
        let mut alert = Map::new();
        let mut add = |key: &str, value: Value| alert.insert(key.to_owned(), value);
        let of_capture = || text(&row.batch.head.source.hostname).into_owned();
        add("hostname", self.options.hostname.clone().unwrap_or_else(of_capture).into());
        if has_message {
            add("message", text(&message).into());
        }
        if has_output {
            add("output", text(&output).into());
        }
        if output_fields {
            let mut fields = BTreeMap::new();
            add_fields(format, row, env, &mut fields);
            if let Some(time) = &mut self.time {
                add_fields(time, row, env, &mut fields);
            }
            for extra in extra {
                let value = extra.value(row, env);
                fields.insert(extra.key.clone(), value);
            }
            add("output_fields", Value::Object(fields.into_iter().collect()));
        }
        add("priority", rule.priority.name().into());
        add("rule", rule.name.clone().into());
        add("source", rule.source.clone().into());
        if tags {
            add("tags", rule.tags.iter().cloned().collect());
        }
        add("time", time_of(row.ts()).into());
        out.extend_from_slice(Value::Object(alert).to_string().as_bytes());
        out.push(b'\n');
    }
}

impl Extra {
    fn value(&mut self, row: Row<'_>, env: &Env) -> Value {
        if self.is_raw {
            let mut fields = BTreeMap::new();
            add_fields(&mut self.format, row, env, &mut fields);
            return fields.remove(&self.key).unwrap_or(Value::Null);
        }
        let mut value = Vec::new();
        self.format.render(row, env, &mut value);
        text(&value).into()
    }
}

/// Adds the fields of a format, by name.
fn add_fields(format: &mut Format, row: Row<'_>, env: &Env, fields: &mut BTreeMap<String, Value>) {
    let mut json = Vec::new();
    format.render_json(row, env, &mut json);
    if let Ok(Value::Object(members)) = serde_json::from_str(&text(&json)) {
        fields.extend(members);
    }
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A line as it stands in a JSON string: control characters do not reach a terminal.
fn escaped(line: &[u8]) -> String {
    let quoted = Value::from(text(line)).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted).to_owned()
}

/// A time (ns since the epoch) as `2026-11-22T17:02:27.000000001Z`.
fn time_of(ts: u64) -> String {
    let time = jiff::Timestamp::from_nanosecond(i128::from(ts));
    time.map_or_else(|_| ts.to_string(), |time| time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string())
}
