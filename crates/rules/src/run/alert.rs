//! Alerts, as Falco prints them.

use super::Run;
use crate::options::ExtraField;
use crate::rule_set::{Rule, RuleSet};
use capture_batch::Row;
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

/// Prints the alerts of a run.
#[derive(Clone)]
pub struct AlertPrinter {
    rules: RuleSet,
    options: AlertOptions,
    /// The time, as alerts begin.
    time: Option<Format>,
    /// By place of the rule: its text and the members that options add.
    formats: BTreeMap<usize, (Format, Vec<Extra>)>,
}

/// A member of the fields that an option adds.
#[derive(Clone)]
struct Extra {
    key: String,
    format: Format,
    is_raw: bool,
}

impl AlertPrinter {
    /// Prints the alerts of a run.
    pub fn new(run: &Run, options: AlertOptions) -> AlertPrinter {
        let view = run.view();
        let time = if options.iso_time { "*%evt.time.iso8601: " } else { "*%evt.time: " };
        let extra = |extra: &ExtraField| {
            let text = format!("*{}", extra.format.strip_prefix('*').unwrap_or(&extra.format));
            let format = Format::compile(&text, view).ok()?;
            Some(Extra { key: extra.key.clone(), format, is_raw: extra.is_raw })
        };
        let of_rule = |rule: &Rule| (rule.format.clone(), rule.extra_fields.iter().filter_map(extra).collect());
        let formats = run.rules().map(|(place, rule)| (place, of_rule(rule))).collect();
        AlertPrinter { rules: run.rule_set().clone(), options, time: Format::compile(time, view).ok(), formats }
    }

    /// Appends the alert of the rule with this place for an event, and a line end.
    pub fn print(&mut self, place: usize, row: Row<'_>, env: &Env, out: &mut Vec<u8>) {
        let AlertPrinter { rules, options, time, formats } = self;
        let (Some(rule), Some((format, extra))) = (rules.rules().get(place), formats.get_mut(&place)) else { return };
        let (mut message, mut output) = (Vec::new(), Vec::new());
        format.render(row, env, &mut message);
        if let Some(time) = time {
            time.render(row, env, &mut output);
        }
        output.extend_from_slice(rule.priority.name().as_bytes());
        output.push(b' ');
        output.extend_from_slice(&message);
        if options.json {
            let fields = || {
                let mut fields = BTreeMap::new();
                [Some(format), time.as_mut()]
                    .into_iter()
                    .flatten()
                    .for_each(|of| add_fields(of, row, env, &mut fields));
                fields.extend(extra.iter_mut().map(|extra| (extra.key.clone(), extra.value(row, env))));
                Value::Object(fields.into_iter().collect())
            };
            let fields = options.properties.output_fields.then(fields);
            out.extend_from_slice(options.json(rule, row, &message, &output, fields).to_string().as_bytes());
        } else {
            out.extend_from_slice(escaped(&output).as_bytes());
        }
        out.push(b'\n');
    }
}

impl AlertOptions {
    /// An alert as JSON. `output` is the line, `message` the rule's own text in it.
    fn json(&self, rule: &Rule, row: Row<'_>, message: &[u8], output: &[u8], fields: Option<Value>) -> Value {
        let mut alert = Map::new();
        let mut add = |key: &str, value: Value| alert.insert(key.to_owned(), value);
        let of_capture = || text(&row.batch.head.source.hostname).into_owned();
        add("hostname", self.hostname.clone().unwrap_or_else(of_capture).into());
        if self.properties.message {
            add("message", text(message).into());
        }
        if self.properties.output {
            add("output", text(output).into());
        }
        if let Some(fields) = fields {
            add("output_fields", fields);
        }
        add("priority", rule.priority.name().into());
        add("rule", rule.name.clone().into());
        add("source", rule.source.clone().into());
        if self.properties.tags {
            add("tags", rule.tags.iter().cloned().collect());
        }
        add("time", time_of(row.ts()).into());
        Value::Object(alert)
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
