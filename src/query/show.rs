//! Printing the events that a filter selects.

use super::settings::{Job, Show, explain};
use super::summary::Summary;
use crate::escape;
use crate::output::Output;
use crate::progress::Progress;
use crate::report::{self, DamageReport};
use crate::status::{End, Failure};
use capture_batch::{Batch, Needs, Row, RowFlags};
use capture_filter::format::Format;
use capture_filter::{BufferFormat, Columns, Env, Filter, Selection};
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
    /// Whether events that are not printed matter too.
    is_ordered: bool,
}

impl Lane {
    fn new(job: &Job, capture: &Capture, env: &Env) -> Result<Lane, Failure> {
        let filter = match &*job.filter {
            "" => None,
            text => Some(Filter::compile(text, job.view, env).map_err(|errors| explain(text, &errors))?),
        };
        let print = match &job.show {
            Show::Lines(text) => Some(Print::new(text, job, env, false)?),
            Show::Json(text) => Some(Print::new(text, job, env, true)?),
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
    fn new(text: &str, job: &Job, env: &Env, json: bool) -> Result<Print, Failure> {
        let mut format = Format::compile(text, job.view).map_err(|errors| explain(text, &errors))?;
        if job.on_terminal && !json {
            // Dumps of buffers and their text have lines of their own.
            let has_lines = !matches!(env.buffer_format, BufferFormat::Dots | BufferFormat::Base64);
            format.escape_values(if has_lines { escape::lines } else { escape::line });
        }
        Ok(Print { is_ordered: format.is_ordered(env), format, json })
    }

    /// Appends the text of an event, with a line feed; `false` if it has none.
    fn line(&mut self, row: Row<'_>, env: &Env, text: &mut Vec<u8>) -> bool {
        let is_printed =
            if self.json { self.format.render_json(row, env, text) } else { self.format.render(row, env, text) };
        if is_printed {
            text.push(b'\n');
        }
        is_printed
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
        let times = &self.times;
        let is_shown = |row: &usize| {
            let header = batch.headers.get(*row);
            header.is_some_and(|h| !h.flags.intersects(RowFlags::NEVER_SHOWN) && times.contains(&h.ts))
        };
        lane.make(batch, Selection::with(len, is_shown), self.left, self.hidden)
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
    /// What is made of a batch: those of the rows in `all` that the filter selects, and the text of the first `limit`
    /// of them that do not bear one of the marks `hidden`.
    fn make(&mut self, batch: &Batch, all: Selection, limit: u64, hidden: RowFlags) -> Made {
        if self.learns_hosts {
            batch.rows().for_each(|row| self.env.host_names.learn(row));
        }
        let selected = match &mut self.filter {
            Some(filter) => filter.select(batch, &all),
            None => all.clone(),
        };
        let mut made = Made { selected, text: Vec::new(), ends: Vec::new() };
        let Some(print) = &mut self.print else { return made };
        let mut left = limit;
        let looked_at = if print.is_ordered { &all } else { &made.selected };
        for row in looked_at.iter().filter_map(|row| batch.row(row)) {
            let is_selected = made.selected.contains(row.index);
            if is_selected && left == 0 {
                break;
            }
            left -= u64::from(is_selected);
            if row.header.flags.intersects(hidden) {
                continue;
            }
            if !is_selected {
                print.format.pass_over(row, &self.env);
            } else if print.line(row, &self.env, &mut made.text) {
                made.ends.push((row.index, made.text.len()));
            }
        }
        made
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
