//! How many alerts there were.

use crate::escape;
use crate::plural::counted;
use capture_rules::RuleSet;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Alerts by rule: its place in the rule set.
#[derive(Default)]
pub struct Tally(BTreeMap<usize, u64>);

impl Tally {
    /// Counts an alert.
    pub fn add(&mut self, rule: usize) {
        *self.0.entry(rule).or_default() += 1;
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A line a rule, the most urgent first, of them the most frequent; then one for all.
    pub fn table(&self, rules: &RuleSet) -> String {
        let named = self.0.iter().filter_map(|(at, count)| Some((rules.rules().get(*at)?, *count)));
        let mut rows: Vec<_> = named.collect();
        rows.sort_by(|(a, a_count), (b, b_count)| {
            (a.priority, std::cmp::Reverse(a_count), &a.name).cmp(&(b.priority, std::cmp::Reverse(b_count), &b.name))
        });
        let mut text = String::new();
        for (rule, count) in &rows {
            // A rule's name may hold anything.
            let name = escape::in_line(rule.name.as_bytes());
            let _ = writeln!(text, "{count:>8}  {:<13}  {name}", rule.priority.name());
        }
        let alerts: u64 = self.0.values().sum();
        let _ = writeln!(text, "{} of {}", counted(alerts, "alert"), counted(rows.len() as u64, "rule"));
        text
    }
}
