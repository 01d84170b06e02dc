//! Running a case: its rules, queries and calls in one pass over the capture.

use super::calls::Calls;
use super::fault::Fault;
use super::prepare::{Prepared, Query};
use super::seen::{Alert, CallsSeen, QuerySeen, Seen};
use crate::run::{AlertOptions, AlertPrinter, Properties, Runner};
use capture_batch::{Batch, Interest, Needs, RowFlags, Types};
use capture_filter::{Columns, Env, Format, Selection};
use capture_query::{Capture, Damage, Made, Maker, Plan, Question, Stats, Taker, selected, shown};
use serde_json::Value;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

/// So many places of damage are named.
const MAX_DAMAGE: usize = 20;

impl Prepared<'_> {
    /// Goes through the capture with so many threads. The error is why it cannot be read.
    pub fn run(&self, threads: usize) -> Result<Seen, Fault> {
        let mut seen = self.pass(threads)?;
        seen.silent = self.silent(&seen, threads)?;
        Ok(seen)
    }

    /// Goes through the capture once.
    pub(super) fn pass(&self, threads: usize) -> Result<Seen, Fault> {
        let place = &self.case.capture;
        let name = place.value.display().to_string();
        let capture = Capture::open(&place.value, &*name);
        let capture = capture.map_err(|error| Fault::new(format!("{name}: {error}"), place.place))?;
        let asked = Asked { prepared: self, alerts: self.alerts(), env: Env::default() };
        let plan = Plan::whole(self.case.view, asked.needs(), threads);
        let mut noting = Noting { prepared: self, seen: Seen::default() };
        noting.seen.alerts.resize_with(self.case.alerts.len(), Default::default);
        noting.seen.queries.resize_with(self.queries.len(), Default::default);
        noting.seen.calls.resize_with(self.calls.len(), Default::default);
        capture_query::run(vec![capture], &[asked], plan, &mut noting, &Arc::new(Stats::default()));
        Ok(noting.seen)
    }

    /// Alerts with all their members, those that a message may name too.
    fn alerts(&self) -> Option<AlertPrinter> {
        let properties = Properties { output: true, tags: true, message: true, output_fields: true };
        let options = AlertOptions { json: true, properties, ..AlertOptions::default() };
        self.run.as_ref().map(|run| AlertPrinter::new(run, options))
    }
}

/// What is asked of a capture.
struct Asked<'p> {
    prepared: &'p Prepared<'p>,
    alerts: Option<AlertPrinter>,
    env: Env,
}

impl Asked<'_> {
    fn needs(&self) -> Needs {
        let Prepared { run, queries, calls, case, .. } = self.prepared;
        let of_rules = run.as_ref().map_or(Needs::empty(), |run| run.needs());
        let of_queries = queries.iter().map(|query| query.filter.needs() | query.format.needs());
        let of_calls = calls
            .iter()
            .map(|filter| filter.needs() | Calls::new(filter, case.view).map_or(Needs::empty(), |calls| calls.needs()));
        of_queries.chain(of_calls).fold(of_rules, |all, one| all | one)
    }
}

impl Question for Asked<'_> {
    type Maker<'q>
        = Answering<'q>
    where
        Self: 'q;
    type Output = Found;

    fn interest(&self) -> Box<dyn Interest> {
        let Prepared { run, queries, calls, .. } = self.prepared;
        match run {
            Some(run) if queries.is_empty() && calls.is_empty() => run.interest(),
            _ => Box::new(Types::ALL),
        }
    }

    fn is_ordered(&self) -> bool {
        let Prepared { run, queries, calls, .. } = self.prepared;
        let of_query =
            |query: &Query| query.learns_hosts || query.filter.is_ordered() || query.format.is_ordered(&query.env);
        run.as_ref().is_some_and(|run| run.is_ordered())
            || queries.iter().any(of_query)
            || calls.iter().any(|filter| filter.is_ordered())
    }

    fn maker(&self) -> Answering<'_> {
        let Prepared { run, queries, calls, case } = self.prepared;
        fn querying(query: &Query) -> Querying<'_> {
            let format = (query.kept > 0).then(|| query.format.clone());
            Querying { query, columns: query.filter.columns(), format }
        }
        Answering {
            asked: self,
            rules: run.as_ref().map(|run| run.runner()).zip(self.alerts.clone()),
            queries: queries.iter().map(querying).collect(),
            calls: calls.iter().filter_map(|filter| Calls::new(filter, case.view)).collect(),
        }
    }
}

/// Answers for one batch after the other.
struct Answering<'q> {
    asked: &'q Asked<'q>,
    rules: Option<(Runner, AlertPrinter)>,
    queries: Vec<Querying<'q>>,
    calls: Vec<Calls>,
}

/// What was found in a batch.
#[derive(Default)]
struct Found {
    alerts: Vec<Alert>,
    queries: Vec<QuerySeen>,
    calls: Vec<CallsSeen>,
}

impl Maker for Answering<'_> {
    type Output = Found;

    fn make(&mut self, batch: &Batch) -> Made<Found> {
        let (mut found, mut rows) = (Found::default(), Selection::none(batch.len()));
        self.fire(batch, &mut found, &mut rows);
        for query in &mut self.queries {
            let (of_query, selected) = query.make(batch);
            found.queries.push(of_query);
            rows.add(&selected);
        }
        for calls in &mut self.calls {
            let (of_calls, first) = calls.of(batch);
            found.calls.push(of_calls);
            first.into_iter().for_each(|row| rows.insert(row));
        }
        Made { selected: rows, output: found }
    }
}

impl Answering<'_> {
    fn fire(&mut self, batch: &Batch, found: &mut Found, rows: &mut Selection) {
        let Some(((runner, alerts), run)) = self.rules.as_mut().zip(self.asked.prepared.run.as_ref()) else { return };
        for fired in runner.run(batch) {
            let Some((rule, row)) = run.rule(fired.rule).zip(batch.row(fired.row)) else { continue };
            let mut json = Vec::new();
            alerts.print(fired.rule, row, &self.asked.env, &mut json);
            if let Ok(Value::Object(members)) = serde_json::from_slice(&json) {
                found.alerts.push(Alert { rule: rule.name.clone(), event: row.num(), members });
                rows.insert(fired.row);
            }
        }
    }
}

/// Answers a query.
struct Querying<'q> {
    query: &'q Query,
    columns: Columns,
    format: Option<Format>,
}

impl Querying<'_> {
    fn make(&mut self, batch: &Batch) -> (QuerySeen, Selection) {
        let env = &self.query.env;
        if self.query.learns_hosts {
            batch.rows().for_each(|row| env.host_names.learn(row));
        }
        let rows = selected(&mut self.columns, batch, &Plan::ANY_TIME, RowFlags::INTERNAL);
        let mut seen = QuerySeen { count: rows.count() as u64, lines: Vec::new() };
        let Some(format) = &mut self.format else { return (seen, rows) };
        // A line may depend on events that are not printed.
        let all = format.is_ordered(env).then(|| shown(batch, &Plan::ANY_TIME));
        for row in all.as_ref().unwrap_or(&rows).iter().filter_map(|row| batch.row(row)) {
            let mut line = Vec::new();
            if !rows.contains(row.index) {
                format.pass_over(row, env);
            } else if format.render(row, env, &mut line) {
                seen.lines.push(String::from_utf8_lossy(&line).into_owned());
            }
        }
        (seen, rows)
    }
}

/// Notes what is seen.
struct Noting<'p> {
    prepared: &'p Prepared<'p>,
    seen: Seen,
}

impl Noting<'_> {
    fn alert(&mut self, alert: Alert) {
        let fits = self.prepared.case.alerts.iter().position(|expected| expected.fits(&alert));
        match fits.and_then(|at| self.seen.alerts.get_mut(at)) {
            Some(alerts) => alerts.add(alert),
            None => self.seen.others.entry(alert.rule.clone()).or_default().add(alert),
        }
    }
}

impl Taker<Found> for Noting<'_> {
    /// With one capture, all rows of a batch are taken one after the other: what was found is taken with the first.
    fn take(&mut self, _: usize, _: &Batch, made: &mut Made<Found>, _: Range<usize>) -> ControlFlow<()> {
        let found = std::mem::take(&mut made.output);
        found.alerts.into_iter().for_each(|alert| self.alert(alert));
        for ((known, later), query) in self.seen.queries.iter_mut().zip(found.queries).zip(&self.prepared.queries) {
            known.count += later.count;
            known.lines.extend(later.lines.into_iter().take(query.kept.saturating_sub(known.lines.len())));
        }
        self.seen.calls.iter_mut().zip(found.calls).for_each(|(known, later)| known.add(later));
        ControlFlow::Continue(())
    }

    fn damage(&mut self, _: usize, file: &str, damage: &Damage) {
        if self.seen.damage.len() < MAX_DAMAGE {
            self.seen.damage.push(format!("{file}: {damage}"));
        }
    }
}
