//! What is otherwise than expected.

use super::case::{AllowedCalls, Count, ExpectedAlert, ExpectedQuery, Others};
use super::prepare::Prepared;
use super::read::start_of;
use super::seen::{Alert, Alerts, Call, CallsSeen, Candidates, QuerySeen, Seen};
use super::value::text_of;
use crate::source::Place;
use capture_batch::View;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

/// Something that is otherwise than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind of thing.
    pub kind: FailureKind,
    /// What was expected, and what was seen instead.
    pub message: String,
    /// The closest things that were seen, and what to do next.
    pub notes: Vec<String>,
    /// The place in the test file of what was expected.
    pub place: Place,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $words:literal;)*) => {
        /// The kinds of failures.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FailureKind {
            $(#[doc = $words] $kind,)*
        }

        impl FailureKind {
            /// All of them.
            pub const ALL: &[FailureKind] = &[$(FailureKind::$kind,)*];

            /// A name for programs.
            pub fn name(self) -> &'static str {
                match self {
                    $(FailureKind::$kind => $name,)*
                }
            }

            /// What it stands for, in a few words.
            pub fn words(self) -> &'static str {
                match self {
                    $(FailureKind::$kind => $words,)*
                }
            }
        }
    };
}

kinds! {
    Count "alert-count" "A rule fired less or more often than expected";
    Forbidden "alert-forbidden" "An alert that is forbidden";
    Unexpected "alert-unexpected" "An alert that nobody expects";
    Query "query-result" "A query that gives something else than expected";
    Calls "syscall-not-allowed" "A system call that is not allowed";
    Nothing "nothing-expected" "A test that expects nothing";
}

/// So many things of a kind are named.
const NAMED: usize = 5;

impl ExpectedAlert {
    /// Whether an alert is such a one.
    pub fn fits(&self, alert: &Alert) -> bool {
        alert.rule == self.rule.value && self.differences(alert).is_empty()
    }

    /// In what an alert of the rule differs from such a one.
    fn differences(&self, alert: &Alert) -> Vec<String> {
        let mut all = Vec::new();
        let mut differ = |what: &str, seen: &Value, wanted: &dyn Display| {
            all.push(format!("{what} is `{}`, expected {wanted}", text_of(seen)));
        };
        let member = |name| alert.member(name).unwrap_or(&Value::Null);
        if let Some(priority) = self.priority.as_ref().map(|priority| priority.value.name())
            && alert.text("priority") != priority
        {
            differ("priority", member("priority"), &format_args!("`{priority}`"));
        }
        for (name, wanted) in self.members.iter().filter(|(name, wanted)| !wanted.value.fits(member(name))) {
            differ(name, member(name), &wanted.value);
        }
        let field = |name: &str| alert.fields().and_then(|fields| fields.get(name));
        for expected in &self.fields {
            let (name, wanted) = (&expected.name.value, &expected.wanted.value);
            if let Some(seen) = field(name).filter(|seen| !wanted.fits(seen)) {
                differ(name, seen, wanted);
            }
        }
        let absent = self.fields.iter().map(|expected| &expected.name.value).filter(|name| field(name).is_none());
        all.extend(absent.map(|name| format!("the output of the rule has no field `{name}`")));
        all
    }
}

impl Prepared<'_> {
    /// What is otherwise than expected.
    pub fn judge(&self, seen: &Seen) -> Vec<Failure> {
        if !self.case.expects_something {
            let message = "nothing is expected, so nothing is tested".to_owned();
            let note = "say `alerts:`, `forbidden:`, `queries:` or `allowed_syscalls:`; --update fills in what it sees";
            let (notes, place) = (vec![note.to_owned()], start_of(&self.case.node));
            return vec![Failure { kind: FailureKind::Nothing, message, notes, place }];
        }
        let mut failures = Vec::new();
        let mut blamed = BTreeSet::new();
        for (expected, alerts) in self.case.alerts.iter().zip(&seen.alerts) {
            if alerts.count < expected.count.min {
                blamed.insert(&*expected.rule.value);
            }
            if !expected.count.contains(alerts.count) {
                failures.push(self.miscounted(expected, alerts, seen));
            }
        }
        if self.case.others == Others::Forbid {
            // What is nearly expected was named with what is.
            let unexpected = seen.others.iter().filter(|(rule, _)| !blamed.contains(rule.as_str()));
            failures.extend(unexpected.map(|(rule, alerts)| self.unexpected(rule, alerts)));
        }
        let queries = self.case.queries.iter().zip(&seen.queries);
        failures.extend(queries.filter_map(|(query, seen)| judge_query(query, seen)));
        let calls = self.case.allowed_calls.iter().zip(&seen.calls);
        failures.extend(calls.filter_map(|(allowed, seen)| judge_calls(allowed, seen)));
        failures
    }

    fn miscounted(&self, expected: &ExpectedAlert, alerts: &Alerts, seen: &Seen) -> Failure {
        let rule = &expected.rule.value;
        let has_more = !expected.fields.is_empty() || !expected.members.is_empty() || expected.priority.is_some();
        let such = if has_more { "such " } else { "" };
        let message = match expected.is_forbidden {
            true => format!("rule `{rule}`: {such}alerts are forbidden, seen {}", alerts.count),
            false => {
                let wanted = expected.count.of(&format!("{such}alert"));
                format!("rule `{rule}`: expected {wanted}, seen {}", alerts.count)
            }
        };
        let mut notes = named(alerts);
        if alerts.count < expected.count.min {
            notes.extend(closest(expected, seen.others.get(rule)));
        }
        if notes.is_empty() {
            notes.push(self.what_fired(seen));
            notes.extend(seen.silent.get(rule).into_iter().flat_map(|candidates| self.why_not(rule, candidates)));
        }
        let kind = if expected.is_forbidden { FailureKind::Forbidden } else { FailureKind::Count };
        Failure { kind, message, notes, place: expected.place }
    }

    fn unexpected(&self, rule: &str, alerts: &Alerts) -> Failure {
        let message = format!("rule `{rule}`: fired {}, and no entry of `alerts` expects that", times(alerts.count));
        let mut notes = named(alerts);
        notes.push("expect it, or say `others: allow`".to_owned());
        let entries = self.case.node.mapping().unwrap_or_default();
        let key = entries.iter().map(|(key, _)| key).find(|key| key.text() == Some("alerts"));
        let place = key.map_or_else(|| start_of(&self.case.node), |key| key.place);
        Failure { kind: FailureKind::Unexpected, message, notes, place }
    }

    /// Which rules fired at all: the one that was expected may be shadowed by one of them.
    fn what_fired(&self, seen: &Seen) -> String {
        let expected =
            self.case.alerts.iter().zip(&seen.alerts).map(|(expected, alerts)| (&*expected.rule.value, alerts));
        let others = seen.others.iter().map(|(rule, alerts)| (rule.as_str(), alerts));
        let fired = expected.chain(others).filter(|(_, alerts)| alerts.count > 0);
        let fired: Vec<String> = fired.map(|(rule, alerts)| format!("`{rule}` {}", times(alerts.count))).collect();
        match &*fired {
            [] => "no rule fired".to_owned(),
            fired => format!("what fired: {} (of several rules for one event, the first)", fired.join(", ")),
        }
    }

    /// What the rule could have fired for, and how to find out why it did not.
    fn why_not(&self, rule: &str, candidates: &Candidates) -> Vec<String> {
        let types = match &*candidates.types {
            [] => "no type of events".to_owned(),
            types => types.join(", "),
        };
        let Some(first) = candidates.first else { return vec![format!("it looks at {types}: the capture has none")] };
        let view = if self.case.view == View::Classic { " --view classic" } else { "" };
        let word = |path: &Path| shell_word(&path.to_string_lossy());
        let capture = word(&self.case.capture.value);
        let files: String = self.case.rules.iter().map(|file| format!(" {}", word(&file.value))).collect();
        vec![
            format!("it looks at {types}: {}, the first is {first}", of(candidates.count, "event")),
            format!(
                "why not: capture rules explain -r {capture} --event {first} --rule {}{view}{files}",
                shell_word(rule)
            ),
        ]
    }
}

/// The first of some alerts, each with its event.
fn named(alerts: &Alerts) -> Vec<String> {
    let mut notes: Vec<String> = alerts
        .first
        .iter()
        .take(NAMED)
        .map(|alert| format!("event {}: {}", alert.event, alert.text("message")))
        .collect();
    let more = alerts.count.saturating_sub(NAMED as u64);
    if more > 0 {
        notes.push(format!("and {more} more"));
    }
    notes
}

/// The alerts of the rule that come closest, and in what they differ.
fn closest(expected: &ExpectedAlert, others: Option<&Alerts>) -> Vec<String> {
    let Some(others) = others else { return Vec::new() };
    let mut differing: Vec<_> = others.first.iter().map(|alert| (expected.differences(alert), alert)).collect();
    differing.sort_by_key(|(differences, alert)| (differences.len(), alert.event));
    let mut notes: Vec<String> = differing
        .iter()
        .take(NAMED)
        .map(|(differences, alert)| format!("event {}: {}", alert.event, differences.join("; ")))
        .collect();
    notes.insert(0, format!("the rule fired {}, otherwise:", times(others.count)));
    notes
}

fn judge_query(expected: &ExpectedQuery, seen: &QuerySeen) -> Option<Failure> {
    let failure = |message, notes, place| Some(Failure { kind: FailureKind::Query, message, notes, place });
    let text = &expected.filter.value;
    if let Some(count) = &expected.count
        && !count.value.contains(seen.count)
    {
        let message = format!("query `{text}`: expected {}, seen {}", count.value.of("event"), seen.count);
        return failure(message, Vec::new(), count.place);
    }
    if let Some(lines) = &expected.lines
        && lines.value != seen.lines
    {
        let count = |lines: &[String]| of(lines.len() as u64, "line");
        let message = format!("query `{text}`: expected {}, seen {}", count(&lines.value), count(&seen.lines));
        return failure(message, first_difference(&lines.value, &seen.lines), lines.place);
    }
    if expected.count.is_none() && expected.lines.is_none() {
        let notes = vec!["say `count:` or `lines:`; --update fills in what it sees".to_owned()];
        return failure(format!("query `{text}`: nothing is expected of it"), notes, expected.filter.place);
    }
    None
}

/// The first line in which two lists differ.
fn first_difference(expected: &[String], seen: &[String]) -> Vec<String> {
    let at = expected.iter().zip(seen).take_while(|(expected, seen)| expected == seen).count();
    let line = |lines: &[String]| lines.get(at).map_or_else(|| "no line".to_owned(), |line| format!("`{line}`"));
    vec![format!("line {}: expected {}", at + 1, line(expected)), format!("line {}: seen     {}", at + 1, line(seen))]
}

fn judge_calls(allowed: &AllowedCalls, seen: &CallsSeen) -> Option<Failure> {
    let failure = |message, notes| Some(Failure { kind: FailureKind::Calls, message, notes, place: allowed.place });
    if seen.calls.is_empty() {
        return failure(format!("{allowed}: no call in the capture, so nothing is tested"), Vec::new());
    }
    let surplus: Vec<_> = seen.calls.iter().filter(|(name, _)| !allowed.calls.contains(name)).collect();
    if surplus.is_empty() {
        return None;
    }
    let names: Vec<&str> = surplus.iter().map(|(name, _)| name.as_str()).collect();
    let note = |(name, call): &(&String, &Call)| {
        format!("{name}: {}, first by {} at event {}", times(call.count), call.process, call.event)
    };
    let message = format!("{allowed}: calls that are not allowed: {}", names.join(", "));
    failure(message, surplus.iter().map(note).collect())
}

/// A text as a word for a shell.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,+@%".contains(c);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// So many of something.
fn of(count: u64, what: &str) -> String {
    Count { min: count, max: count }.of(what)
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
