//! Showing the events that a filter selects.

use super::explain;
use super::print::{Printed, Printer};
use super::settings::{self, Job};
use super::take::Taking;
use crate::output::Output;
use crate::status::{End, Failure};
use capture_batch::{Batch, Interest, Needs, RowFlags, Types};
use capture_filter::{Columns, Env, Filter, Selection};
use capture_query::{Made, Maker, Plan, Question, Stage, Stats, selected, shown};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Does a job.
pub fn run(mut job: Job, mut output: Output) -> Result<End, Failure> {
    let started = Instant::now();
    capture_record::sys::heap::keep_freed();
    let captures = std::mem::take(&mut job.captures);
    if captures.iter().any(|capture| capture.file_size().is_none()) {
        output.flush_lines();
    }
    let stats = Arc::new(Stats::default());
    let left = AtomicU64::new(job.limit.unwrap_or(u64::MAX));
    let asked = job.envs.iter().map(|env| Asked::new(&job, env, &left, &stats));
    let asked = asked.collect::<Result<Vec<Asked>, Failure>>()?;
    let needs = asked.iter().fold(Needs::empty(), |needs, asked| needs | asked.needs());
    // What was before teaches who asks for differences, or for names of hosts.
    let is_any_time = asked.iter().any(|asked| asked.is_ordered() || asked.learns_hosts);
    let times = if is_any_time { Plan::ANY_TIME } else { job.times.clone() };
    let plan = Plan { view: job.view, needs, times, threads: job.threads };
    if job.explain {
        explain::plan(asked.first().and_then(|asked| asked.filter.as_ref()));
    }
    let mut taking = Taking::new(&job, &captures, output, &left, &stats);
    capture_query::run(captures, &asked, plan.clone(), &mut taking, &stats);
    let end = taking.finish(&job, started);
    if job.explain {
        explain::run(&stats, plan, started.elapsed());
    }
    end
}

/// What is asked of one capture.
struct Asked<'j> {
    filter: Option<Filter>,
    printer: Option<Printer>,
    env: &'j Env,
    /// Whether names of hosts are asked for, and DNS replies are to be read.
    learns_hosts: bool,
    times: Range<u64>,
    /// How many events of all captures may still be taken.
    left: &'j AtomicU64,
    /// Marks of events that are taken, but not printed.
    hidden: RowFlags,
    stats: &'j Stats,
}

impl<'j> Asked<'j> {
    fn new(job: &Job, env: &'j Env, left: &'j AtomicU64, stats: &'j Stats) -> Result<Self, Failure> {
        let filter = match &*job.filter {
            "" => None,
            text => Some(Filter::compile(text, job.view, env).map_err(|errors| settings::explain(text, &errors))?),
        };
        Ok(Asked {
            filter,
            printer: Printer::new(job, env)?,
            env,
            learns_hosts: job.names_hosts(),
            times: job.times.clone(),
            left,
            hidden: if job.internal { RowFlags::empty() } else { RowFlags::INTERNAL },
            stats,
        })
    }

    fn needs(&self) -> Needs {
        let filter = self.filter.as_ref().map_or(Needs::empty(), Filter::needs);
        filter | self.printer.as_ref().map_or(Needs::empty(), Printer::needs)
    }

    /// Whether events are looked at that the filter does not select.
    fn sees_all(&self) -> bool {
        self.learns_hosts || self.printer.as_ref().is_some_and(|printer| printer.is_ordered)
    }
}

impl Question for Asked<'_> {
    type Maker<'q>
        = Answering<'q>
    where
        Self: 'q;
    type Output = Printed;

    fn interest(&self) -> Box<dyn Interest> {
        match &self.filter {
            Some(filter) if !self.sees_all() => Box::new(filter.interest()),
            _ => Box::new(Types::ALL),
        }
    }

    fn is_ordered(&self) -> bool {
        self.sees_all() || self.filter.as_ref().is_some_and(Filter::is_ordered)
    }

    fn maker(&self) -> Answering<'_> {
        Answering { asked: self, columns: self.filter.as_ref().map(Filter::columns), printer: self.printer.clone() }
    }
}

/// Answers for one batch after the other, with all that it remembers of those before.
struct Answering<'q> {
    asked: &'q Asked<'q>,
    columns: Option<Columns>,
    printer: Option<Printer>,
}

impl Maker for Answering<'_> {
    type Output = Printed;

    fn make(&mut self, batch: &Batch) -> Made<Printed> {
        let stats = self.asked.stats;
        let selected = stats.time(Stage::Evaluate, || self.select(batch));
        let output = stats.time(Stage::Format, || self.print(batch, &selected));
        Made { selected, output }
    }
}

impl Answering<'_> {
    fn select(&mut self, batch: &Batch) -> Selection {
        let Asked { times, hidden, .. } = self.asked;
        if self.asked.learns_hosts {
            batch.rows().for_each(|row| self.asked.env.host_names.learn(row));
        }
        match &mut self.columns {
            Some(columns) => selected(columns, batch, times, *hidden),
            None => shown(batch, times),
        }
    }

    /// Prints as many of the selected events as may still be taken; more, if others take some meanwhile.
    fn print(&mut self, batch: &Batch, selected: &Selection) -> Printed {
        let Some(printer) = &mut self.printer else { return Printed::default() };
        let Asked { env, times, hidden, .. } = self.asked;
        let all = printer.is_ordered.then(|| shown(batch, times));
        let looked_at = all.as_ref().unwrap_or(selected);
        let mut left = self.asked.left.load(Ordering::Relaxed);
        let mut printed = Printed::with_room(selected.count().min(usize::try_from(left).unwrap_or(usize::MAX)));
        for row in looked_at.iter().filter_map(|row| batch.row(row)) {
            let is_selected = selected.contains(row.index);
            if is_selected && left == 0 {
                break;
            }
            left -= u64::from(is_selected);
            match () {
                () if row.flags().intersects(*hidden) => {}
                () if is_selected => printer.print(row, env, &mut printed),
                () => printer.pass_over(row, env),
            }
        }
        printed
    }
}
