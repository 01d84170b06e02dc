//! A case with its rules, filters and formats, ready to be run.

use super::calls;
use super::case::{Case, ExpectedAlert, ExpectedQuery, Others};
use super::fault::{Fault, did_you_mean};
use crate::rule_set::RuleSet;
use crate::run::{Config, Run};
use crate::source::{Files, Place};
use crate::yaml::Node;
use capture_filter::format::preset;
use capture_filter::{Env, Filter, FilterError, Format, hosts};

/// A case that is ready to be run.
pub struct Prepared<'c> {
    pub(super) case: &'c Case,
    /// The rules, if alerts matter.
    pub(super) run: Option<Run>,
    pub(super) queries: Vec<Query>,
    /// For each entry of `allowed_syscalls`: its calls.
    pub(super) calls: Vec<Filter>,
}

/// A query.
pub(super) struct Query {
    pub filter: Filter,
    pub format: Format,
    /// How fields print. Names of hosts are those of the capture's DNS replies, as for `capture query`.
    pub env: Env,
    /// Whether names of hosts are asked for.
    pub learns_hosts: bool,
    /// How many of its lines are kept.
    pub kept: usize,
}

/// So many lines of a query are kept, or one more than are expected.
const MAX_LINES: usize = 10_000;

impl Case {
    /// What the options of the case say.
    pub fn config(&self) -> Result<Config, Vec<Fault>> {
        let (mut config, mut faults) = (Config::default(), Vec::new());
        for option in &self.options {
            faults.extend(config.set(&option.value).err().map(|error| Fault::new(error, option.place)));
        }
        if faults.is_empty() { Ok(config) } else { Err(faults) }
    }

    /// Says that the rules cannot be used.
    pub fn rules_fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(message, self.rules.first().map_or(self.capture.place, |rules| rules.place))
    }

    /// Whether it looks at alerts. So does one that expects nothing yet, so that it may learn what to expect.
    pub fn needs_rules(&self) -> bool {
        let looks = !self.alerts.is_empty() || self.others == Others::Forbid || !self.expects_something;
        looks && !self.rules.is_empty()
    }

    /// Brings the case together with its rules, which were loaded with its options. `files` holds its test file.
    pub fn prepare(&self, files: &Files, rules: Option<RuleSet>, config: &Config) -> Result<Prepared<'_>, Vec<Fault>> {
        let mut faults = Vec::new();
        if let Some(rules) = &rules {
            faults.extend(self.alerts.iter().filter_map(|alert| unknown_rule(alert, rules, config)));
        }
        let mut queries = Vec::new();
        for query in &self.queries {
            match self.query(query, files) {
                Ok(query) => queries.push(query),
                Err(of_query) => faults.extend(of_query),
            }
        }
        let mut calls = Vec::new();
        for allowed in &self.allowed_calls {
            match calls::filter(allowed, self.view) {
                Ok(filter) => calls.push(filter),
                Err(error) => faults.push(Fault::new(error, allowed.place)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let run = rules.map(|rules| config.run(rules));
        Ok(Prepared { case: self, run, queries, calls })
    }

    fn query(&self, query: &ExpectedQuery, files: &Files) -> Result<Query, Vec<Fault>> {
        let env = Env::default();
        let filter = Filter::compile(&query.filter.value, self.view, &env);
        let filter = filter.map_err(|errors| faults(&errors, Some(&query.filter_node), query.filter.place, files));
        let text = query.format.as_ref().map_or(preset::DEFAULT, |format| &format.value);
        let place = query.format.as_ref().map_or(query.filter.place, |format| format.place);
        let format = Format::compile(text, self.view);
        let format = format.map_err(|errors| faults(&errors, query.format_node.as_deref(), place, files));
        match (filter, format) {
            (Ok(filter), Ok(format)) => {
                let kept = query.lines.as_ref().map_or(0, |lines| MAX_LINES.max(lines.value.len() + 1));
                let learns_hosts = hosts::are_asked_for(&query.filter.value) || hosts::are_asked_for(text);
                Ok(Query { filter, format, env, learns_hosts, kept })
            }
            (filter, format) => Err([filter.err(), format.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

/// An alert of a rule that is not there, or never runs, is a mistake: it would never be seen.
fn unknown_rule(alert: &ExpectedAlert, rules: &RuleSet, config: &Config) -> Option<Fault> {
    let name = &alert.rule.value;
    match rules.rules().iter().find(|rule| rule.name == *name) {
        Some(rule) if config.is_on(rule) => None,
        Some(_) => {
            let hint = format!("switch it on: `options: [\"rules[].enable.rule={name}\"]`");
            Some(Fault::new(format!("the rule `{name}` is switched off"), alert.rule.place).hint(Some(hint)))
        }
        None => {
            let near = did_you_mean(name, rules.rules().iter().map(|rule| rule.name.as_str()));
            Some(Fault::new(format!("the rule files have no rule `{name}`"), alert.rule.place).hint(near))
        }
    }
}

/// The faults of a filter or format that stands in a node.
fn faults(errors: &[FilterError], node: Option<&Node>, place: Place, files: &Files) -> Vec<Fault> {
    let at = |error: &FilterError| {
        // In a template the text may come from elsewhere.
        let inside = node.filter(|node| node.place == place);
        let place = inside.map_or(place, |node| node.place_in(files, error.span.start, error.span.end));
        Fault::new(error.kind.to_string(), place).hint(error.hint.clone())
    };
    errors.iter().map(at).collect()
}
