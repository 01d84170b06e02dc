//! Showing the events that a filter selects.

use super::gaps::Gaps;
use super::print::{Printed, Printer};
use super::settings::{Job, Show, explain, selected, shown};
use super::summary::Summary;
use super::table;
use crate::output::Output;
use crate::progress::Progress;
use crate::report::{self, DamageReport};
use crate::status::{End, Failure};
use capture_batch::{Batch, Interest, Needs, RowFlags, Types};
use capture_filter::{Columns, Env, Filter, Selection};
use capture_query::{Capture, Consumer, Pace, Plan};
use capture_scap::Damage;
use std::io;
use std::ops::{ControlFlow, Range};
use std::time::Instant;

/// Does a job.
pub fn run(job: Job, mut output: Output) -> Result<End, Failure> {
    let started = Instant::now();
    let total = job.captures.iter().map(Capture::file_size).sum();
    if job.captures.iter().any(|capture| capture.file_size().is_none()) {
        output.flush_lines();
    }
    let each = job.captures.iter().zip(&job.envs);
    let lanes = each.map(|(capture, env)| Lane::new(&job, capture, env)).collect::<Result<Vec<Lane>, Failure>>()?;
    let needs = lanes.iter().fold(Needs::empty(), |needs, lane| needs | lane.needs());
    let mut shown = Shown {
        lanes,
        output,
        times: job.times,
        left: job.limit.unwrap_or(u64::MAX),
        events: 0,
        hidden: if job.internal { RowFlags::empty() } else { RowFlags::INTERNAL },
        table: Vec::new(),
        summary: job.summary.then(Summary::default),
        progress: Progress::new(job.progress, total),
        failed: None,
    };
    let plan = Plan { view: job.view, needs, pace: Pace::Ahead };
    capture_query::run(job.captures, plan, &mut shown);
    let fields = if let Show::Table(fields) = job.show { fields } else { Vec::new() };
    shown.finish(&fields, job.verbose.then_some(started))
}

/// What belongs to one capture.
struct Lane {
    filter: Option<Filter>,
    columns: Option<Columns>,
    printer: Option<Printer>,
    /// Whether events are looked at that the filter does not select.
    sees_all: bool,
    env: Env,
    /// Whether names of hosts are asked for, and DNS replies are to be read.
    learns_hosts: bool,
    damage: DamageReport,
    /// What it is called.
    name: String,
    gaps: Gaps,
}

impl Lane {
    fn new(job: &Job, capture: &Capture, env: &Env) -> Result<Lane, Failure> {
        let filter = match &*job.filter {
            "" => None,
            text => Some(Filter::compile(text, job.view, env).map_err(|errors| explain(text, &errors))?),
        };
        let printer = Printer::new(job, env)?;
        let learns_hosts = job.names_hosts();
        let sees_all = learns_hosts || printer.as_ref().is_some_and(|printer| printer.is_ordered);
        Ok(Lane {
            sees_all,
            columns: filter.as_ref().map(Filter::columns),
            filter,
            printer,
            env: env.clone(),
            learns_hosts,
            damage: DamageReport::default(),
            name: capture.name().to_owned(),
            gaps: Gaps::default(),
        })
    }

    fn needs(&self) -> Needs {
        let filter = self.filter.as_ref().map_or(Needs::empty(), Filter::needs);
        filter | self.printer.as_ref().map_or(Needs::empty(), Printer::needs)
    }

    /// Which rows it looks at.
    fn interest(&self) -> Box<dyn Interest> {
        match &self.filter {
            Some(filter) if !self.sees_all => Box::new(filter.interest()),
            _ => Box::new(Types::ALL),
        }
    }

    /// What is made of a batch: those of its rows of these times that the filter selects, and what is printed of the
    /// first `limit` of them that do not bear one of the marks `hidden`.
    fn make(&mut self, batch: &Batch, times: &Range<u64>, limit: u64, hidden: RowFlags) -> Made {
        self.gaps.add(&batch.gaps, times);
        if self.learns_hosts {
            batch.rows().for_each(|row| self.env.host_names.learn(row));
        }
        let selected = match &mut self.columns {
            Some(columns) => selected(columns, batch, times, hidden),
            None => shown(batch, times),
        };
        let mut printed = Printed::default();
        if let Some(printer) = &mut self.printer {
            let mut left = limit;
            let all = printer.is_ordered.then(|| shown(batch, times));
            let looked_at = all.as_ref().unwrap_or(&selected);
            for row in looked_at.iter().filter_map(|row| batch.row(row)) {
                let is_selected = selected.contains(row.index);
                if is_selected && left == 0 {
                    break;
                }
                left -= u64::from(is_selected);
                match () {
                    () if row.header.flags.intersects(hidden) => {}
                    () if is_selected => printer.print(row, &self.env, &mut printed),
                    () => printer.pass_over(row, &self.env),
                }
            }
        }
        Made { selected, printed }
    }
}

struct Shown {
    lanes: Vec<Lane>,
    output: Output,
    times: Range<u64>,
    /// How many selected events may still be taken.
    left: u64,
    /// How many were taken.
    events: u64,
    /// Marks of events that are taken, but not printed.
    hidden: RowFlags,
    /// Rows of a table that is printed at the end.
    table: Vec<Vec<String>>,
    summary: Option<Summary>,
    progress: Progress,
    failed: Option<io::Error>,
}

/// What is made of a batch.
struct Made {
    selected: Selection,
    printed: Printed,
}

impl Consumer for Shown {
    type Made = Made;

    fn interest(&self, capture: usize) -> Box<dyn Interest> {
        self.lanes.get(capture).map_or_else(|| Box::new(Types::NONE) as Box<dyn Interest>, Lane::interest)
    }

    fn make(&mut self, capture: usize, batch: &Batch) -> Made {
        let Some(lane) = self.lanes.get_mut(capture) else {
            return Made { selected: Selection::none(batch.len()), printed: Printed::default() };
        };
        lane.make(batch, &self.times, self.left, self.hidden)
    }

    fn take(&mut self, _: usize, batch: &Batch, made: &mut Made, rows: Range<usize>) -> ControlFlow<()> {
        let mut end = rows.end;
        for row in made.selected.iter().skip_while(|row| *row < rows.start).take_while(|row| *row < rows.end) {
            self.events += 1;
            self.left -= 1;
            if let (Some(summary), Some(row)) = (&mut self.summary, batch.row(row)) {
                summary.add(row);
            }
            if self.left == 0 {
                end = row + 1;
                break;
            }
        }
        self.table.extend(made.printed.take_cells(rows.start..end));
        if let Err(error) = self.output.write(made.printed.lines(rows.start..end)) {
            self.failed = Some(error);
            return ControlFlow::Break(());
        }
        if self.left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn damage(&mut self, capture: usize, file: &str, damage: &Damage) {
        if let Some(lane) = self.lanes.get_mut(capture) {
            lane.damage.add(file, damage);
        }
    }

    fn progress(&mut self, bytes: u64) {
        self.progress.set(bytes);
    }
}

impl Shown {
    /// Prints what comes at the end.
    fn finish(mut self, fields: &[String], started: Option<Instant>) -> Result<End, Failure> {
        drop(self.progress);
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        if !fields.is_empty() {
            let on_terminal = self.output.is_terminal();
            self.output.write(table::table(fields, self.table, on_terminal).as_bytes())?;
        }
        if let Some(summary) = &self.summary {
            self.output.write(summary.table().as_bytes())?;
        }
        self.output.finish()?;
        if let Some(started) = started {
            let seconds = started.elapsed().as_secs_f64();
            let rate = self.events as f64 / seconds;
            report::note(&format!("Elapsed time: {seconds:.3}, Captured Events: {}, {rate:.2} eps", self.events));
        }
        if self.events == 0 {
            let filtered = self.lanes.iter().filter(|lane| lane.filter.is_some());
            filtered.for_each(|lane| lane.gaps.say_nothing_is_proved(&lane.name));
        }
        Ok(self.lanes.into_iter().map(|lane| lane.damage.finish()).fold(End::Good, End::and))
    }
}
