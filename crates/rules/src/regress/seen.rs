//! What is seen on a capture.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is seen on a capture, as far as a case asks.
#[derive(Debug, Default)]
pub struct Seen {
    /// For each alert that the case names: the alerts that fit it.
    pub alerts: Vec<Alerts>,
    /// The alerts that fit none, by rule.
    pub others: BTreeMap<String, Alerts>,
    /// What each query gives.
    pub queries: Vec<QuerySeen>,
    /// The calls of each entry of `allowed_syscalls`.
    pub calls: Vec<CallsSeen>,
    /// Rules that were expected to fire and did not: the events that they could have fired for.
    pub silent: BTreeMap<String, Candidates>,
    /// Places of the capture that could not be read.
    pub damage: Vec<String>,
}

/// Alerts.
#[derive(Debug, Default)]
pub struct Alerts {
    /// How many.
    pub count: u64,
    /// The first ones.
    pub first: Vec<Alert>,
}

/// An alert.
#[derive(Debug, Clone)]
pub struct Alert {
    /// The rule.
    pub rule: String,
    /// The number of the event.
    pub event: u64,
    /// What it prints with JSON output.
    pub members: Map<String, Value>,
}

/// So many alerts of a kind are kept; others are counted.
const KEPT: usize = 1000;

impl Alerts {
    pub(super) fn add(&mut self, alert: Alert) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push(alert);
        }
    }

    /// Whether all of them are kept.
    pub fn are_all_kept(&self) -> bool {
        self.first.len() as u64 == self.count
    }
}

impl Alert {
    /// A member such as `source`.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A text among the members; an empty one if it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.member(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The output fields.
    pub fn fields(&self) -> Option<&Map<String, Value>> {
        self.member("output_fields").and_then(Value::as_object)
    }
}

/// The events of the types that a rule looks at.
#[derive(Debug, Clone)]
pub struct Candidates {
    /// The types.
    pub types: Vec<String>,
    /// How many events there are.
    pub count: u64,
    /// The number of the first one.
    pub first: Option<u64>,
}

/// What a query gives.
#[derive(Debug, Default)]
pub struct QuerySeen {
    /// How many events it selects.
    pub count: u64,
    /// The lines that are printed of them; the first ones, if there are very many.
    pub lines: Vec<String>,
}

/// The calls that some threads make.
#[derive(Debug, Default)]
pub struct CallsSeen {
    /// By name.
    pub calls: BTreeMap<String, Call>,
}

/// A call that is made.
#[derive(Debug, Clone)]
pub struct Call {
    /// How often.
    pub count: u64,
    /// The number of the first event.
    pub event: u64,
    /// Who made that: the name of the program and the process id.
    pub process: String,
}
