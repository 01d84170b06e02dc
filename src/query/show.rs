//! Printing the events that a filter selects.

use super::settings::{Job, Show, explain};
use super::summary::Summary;
use crate::output::Output;
use crate::progress::Progress;
use crate::report::{self, DamageReport};
use crate::status::{End, Failure};
use capture_batch::{Batch, Needs, RowFlags, View};
use capture_filter::format::Format;
use capture_filter::{Columns, Env, Filter, Selection};
use capture_query::{Capture, Consumer, Pace, Plan};
use capture_scap::Damage;
use std::io;
use std::ops::{ControlFlow, Range};
use std::time::Instant;

/// Does a job.
pub fn run(job: Job, output: Output) -> Result<End, Failure> {
    let started = Instant::now();
    let total = job.captures.iter().map(Capture::file_size).sum();
    let lanes: Result<Vec<Lane>, Failure> =
        job.captures.iter().zip(&job.envs).map(|(capture, env)| Lane::new(&job, capture, env)).collect();
    let lanes = lanes?;
    let needs = lanes.iter().fold(Needs::empty(), |needs, lane| needs | lane.needs());
    let mut shown = Shown {
        lanes,
        output,
        times: job.times,
        left: job.limit.unwrap_or(u64::MAX),
        events: 0,
        hidden: if job.internal { RowFlags::empty() } else { RowFlags::INTERNAL },
        summary: job.summary.then(Summary::default),
        progress: Progress::new(job.progress, total),
        failed: None,
    };
    let plan = Plan { view: job.view, needs, pace: Pace::Ahead };
    capture_query::run(job.captures, plan, &mut shown);
    shown.finish(job.verbose.then_some(started))
}

/// What belongs to one capture.
struct Lane {
    filter: Option<Columns>,
    filter_needs: Needs,
    print: Option<Print>,
    env: Env,
    /// Whether names of hosts are asked for, and DNS replies are to be read.
    learns_hosts: bool,
    damage: DamageReport,
}

/// How its events print.
struct Print {
    format: Format,
    json: bool,
}

impl Lane {
    fn new(job: &Job, capture: &Capture, env: &Env) -> Result<Lane, Failure> {
        let filter = match &*job.filter {
            "" => None,
            text => Some(Filter::compile(text, job.view, env).map_err(|errors| explain(text, &errors))?),
        };
        let print = match &job.show {
            Show::Lines(text) => Some(Print::new(text, job.view, false)?),
            Show::Json(text) => Some(Print::new(text, job.view, true)?),
            Show::Nothing | Show::Table(_) => None,
        };
        Ok(Lane {
            filter_needs: filter.as_ref().map_or(Needs::empty(), Filter::needs),
            filter: filter.as_ref().map(Filter::columns),
            print,
            env: env.clone(),
            learns_hosts: true,
            damage: DamageReport::new(capture.name()),
        })
    }

    fn needs(&self) -> Needs {
        self.filter_needs | self.print.as_ref().map_or(Needs::empty(), |print| print.format.needs())
    }
}

impl Print {
    fn new(text: &str, view: View, json: bool) -> Result<Print, Failure> {
        let format = Format::compile(text, view).map_err(|errors| explain(text, &errors))?;
        Ok(Print { format, json })
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
    summary: Option<Summary>,
    progress: Progress,
    failed: Option<io::Error>,
}

/// What is made of a batch: the selected rows, and the text of each that is printed.
struct Made {
    selected: Selection,
    text: Vec<u8>,
    /// Where the text of a row ends, ascending by row.
    ends: Vec<(usize, usize)>,
}

impl Consumer for Shown {
    type Made = Made;

    fn make(&mut self, capture: usize, batch: &Batch) -> Made {
        let len = batch.len();
        let Some(lane) = self.lanes.get_mut(capture) else {
            return Made { selected: Selection::none(len), text: Vec::new(), ends: Vec::new() };
        };
        if lane.learns_hosts {
            batch.rows().for_each(|row| lane.env.host_names.learn(row));
        }
        let times = &self.times;
        let is_shown = |row: &usize| {
            let header = batch.headers.get(*row);
            header.is_some_and(|h| !h.flags.intersects(RowFlags::NEVER_SHOWN) && times.contains(&h.ts))
        };
        let all = Selection::with(len, is_shown);
        let selected = match &mut lane.filter {
            Some(filter) => filter.select(batch, &all),
            None => all,
        };
        let (text, ends) = lane.text(batch, &selected, self.left, self.hidden);
        Made { selected, text, ends }
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
        if let Err(error) = self.output.write(made.text_of(rows.start..end)) {
            self.failed = Some(error);
            return ControlFlow::Break(());
        }
        if self.left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn damage(&mut self, capture: usize, damage: &Damage) {
        if let Some(lane) = self.lanes.get_mut(capture) {
            lane.damage.add(damage);
        }
    }

    fn progress(&mut self, bytes: u64) {
        self.progress.set(bytes);
    }
}

impl Lane {
    /// The text of the first `limit` of the selected rows, one after the other, and where each ends.
    fn text(
        &mut self,
        batch: &Batch,
        selected: &Selection,
        limit: u64,
        hidden: RowFlags,
    ) -> (Vec<u8>, Vec<(usize, usize)>) {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        let Some(print) = &mut self.print else { return (text, ends) };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        for row in selected.iter().take(limit).filter_map(|row| batch.row(row)) {
            if row.header.flags.intersects(hidden) {
                continue;
            }
            let is_printed = match print.json {
                true => print.format.render_json(row, &self.env, &mut text),
                false => print.format.render(row, &self.env, &mut text),
            };
            if is_printed {
                text.push(b'\n');
                ends.push((row.index, text.len()));
            }
        }
        (text, ends)
    }
}

impl Made {
    /// The text of a range of rows.
    fn text_of(&self, rows: Range<usize>) -> &[u8] {
        let before = |row: usize| {
            let lines = self.ends.partition_point(|(index, _)| *index < row);
            lines.checked_sub(1).and_then(|last| self.ends.get(last)).map_or(0, |(_, end)| *end)
        };
        self.text.get(before(rows.start)..before(rows.end)).unwrap_or_default()
    }
}

impl Shown {
    /// Prints what comes at the end.
    fn finish(mut self, started: Option<Instant>) -> Result<End, Failure> {
        drop(self.progress);
        if let Some(error) = self.failed {
            return Err(error.into());
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
        let damaged: u64 = self.lanes.into_iter().map(|lane| lane.damage.finish()).sum();
        Ok(if damaged > 0 { End::Damaged } else { End::Good })
    }
}
