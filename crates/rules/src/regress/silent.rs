//! Rules that do not fire: what they could have fired for.

use super::fault::Fault;
use super::prepare::{Prepared, Query};
use super::seen::{Candidates, Seen};
use capture_filter::{Env, Filter, Format};
use std::collections::{BTreeMap, BTreeSet};

impl Prepared<'_> {
    /// For each rule that was expected and did not fire at all: the events of the types that it looks at. Takes one more
    /// pass over the capture, if there is any such rule.
    pub(super) fn silent(&self, seen: &Seen, threads: usize) -> Result<BTreeMap<String, Candidates>, Fault> {
        let expected = self.case.alerts.iter().zip(&seen.alerts);
        let fired: BTreeSet<&str> = expected
            .clone()
            .filter(|(_, alerts)| alerts.count > 0)
            .map(|(expected, _)| &*expected.rule.value)
            .collect();
        let silent = expected.map(|(expected, _)| expected).filter(|expected| expected.count.min > 0);
        let silent = silent.map(|expected| expected.rule.value.as_str());
        let silent: BTreeSet<&str> =
            silent.filter(|rule| !fired.contains(rule) && !seen.others.contains_key(*rule)).collect();
        let asked: Vec<(&str, Vec<String>)> =
            silent.into_iter().filter_map(|rule| Some((rule, self.types(rule)?))).collect();
        let queries: Vec<Query> = asked.iter().filter_map(|(_, types)| self.of_types(types)).collect();
        if queries.is_empty() || queries.len() != asked.len() {
            return Ok(BTreeMap::new());
        }
        let answers = Prepared { case: self.case, run: None, queries, calls: Vec::new() }.pass(threads)?.queries;
        let found = asked.into_iter().zip(answers).map(|((rule, types), answer)| {
            let first = answer.lines.first().and_then(|number| number.parse().ok());
            (rule.to_owned(), Candidates { types, count: answer.count, first })
        });
        Ok(found.collect())
    }

    /// The types of events that a rule looks at; `None` if that is nearly all of them.
    fn types(&self, rule: &str) -> Option<Vec<String>> {
        let rules = self.run.as_ref()?.rule_set();
        let rule = rules.rules().iter().find(|known| known.name == rule)?;
        let names = rule.event_types.names().into_iter().map(String::from);
        (!rule.fires_for_most_events()).then(|| names.collect())
    }

    fn of_types(&self, types: &[String]) -> Option<Query> {
        let env = Env::default();
        let filter = Filter::compile(&format!("evt.type in ({})", types.join(", ")), self.case.view, &env);
        let format = Format::compile("%evt.num", self.case.view);
        Some(Query { filter: filter.ok()?, format: format.ok()?, env, learns_hosts: false, kept: 1 })
    }
}
