//! What becomes of the answers: they are written in order, counted, and at the end summed up.

use super::gaps::Gaps;
use super::print::Printed;
use super::settings::{Job, Show};
use super::summary::Summary;
use super::table;
use crate::output::{Output, or_stop};
use crate::progress::Progress;
use crate::report::{self, DamageReport};
use crate::status::{End, Failure};
use capture_batch::Batch;
use capture_query::{Capture, Damage, Made, Stage, Stats, Taker};
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Takes answers.
pub struct Taking<'j> {
    captures: Vec<Taken>,
    output: Output,
    times: Range<u64>,
    /// How many events may still be taken.
    left: &'j AtomicU64,
    /// How many were taken.
    events: u64,
    /// Rows of a table that is printed at the end.
    table: Vec<Vec<String>>,
    summary: Option<Summary>,
    progress: Progress,
    failed: Option<io::Error>,
    stats: &'j Stats,
}

/// What was heard of one capture.
struct Taken {
    /// What it is called.
    name: String,
    damage: DamageReport,
    gaps: Gaps,
}

impl<'j> Taking<'j> {
    /// Takes answers for a job.
    pub fn new(job: &Job, captures: &[Capture], output: Output, left: &'j AtomicU64, stats: &'j Stats) -> Self {
        let total = captures.iter().map(Capture::file_size).sum();
        let taken = |capture: &Capture| Taken {
            name: capture.name().to_owned(),
            damage: DamageReport::default(),
            gaps: Gaps::default(),
        };
        Taking {
            captures: captures.iter().map(taken).collect(),
            output,
            times: job.times.clone(),
            left,
            events: 0,
            table: Vec::new(),
            summary: job.summary.then(Summary::default),
            progress: Progress::new(job.progress, total),
            failed: None,
            stats,
        }
    }

    /// Prints what comes at the end.
    pub fn finish(mut self, job: &Job, started: Instant) -> Result<End, Failure> {
        drop(self.progress);
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        if let Show::Table(fields) = &job.show {
            let on_terminal = self.output.is_terminal();
            self.output.write(table::table(fields, self.table, on_terminal).as_bytes())?;
        }
        if let Some(summary) = &self.summary {
            self.output.write(summary.table().as_bytes())?;
        }
        self.output.finish()?;
        if job.verbose {
            let seconds = started.elapsed().as_secs_f64();
            let rate = self.events as f64 / seconds;
            report::note(&format!("Elapsed time: {seconds:.3}, Captured Events: {}, {rate:.2} eps", self.events));
        }
        if self.events == 0 && !job.filter.is_empty() {
            self.captures.iter().for_each(|capture| capture.gaps.say_nothing_is_proved(&capture.name));
        }
        Ok(self.captures.into_iter().map(|capture| capture.damage.finish()).fold(End::Good, End::and))
    }
}

impl Taker<Printed> for Taking<'_> {
    fn arrives(&mut self, capture: usize, batch: &Batch, bytes: u64) {
        self.progress.set(bytes);
        if let Some(capture) = self.captures.get_mut(capture) {
            capture.gaps.add(&batch.gaps, &self.times);
        }
    }

    fn take(&mut self, _: usize, batch: &Batch, made: &mut Made<Printed>, rows: Range<usize>) -> ControlFlow<()> {
        let mut left = self.left.load(Ordering::Relaxed);
        let mut end = rows.end;
        let selected = std::iter::successors(made.selected.next(rows.start), |&row| made.selected.next(row + 1));
        for row in selected.take_while(|row| *row < rows.end) {
            self.events += 1;
            left -= 1;
            if let (Some(summary), Some(row)) = (&mut self.summary, batch.row(row)) {
                summary.add(row);
            }
            if left == 0 {
                end = row + 1;
                break;
            }
        }
        self.left.store(left, Ordering::Relaxed);
        self.table.extend(made.output.take_cells(rows.start..end));
        let lines = made.output.lines(rows.start..end);
        or_stop(self.stats.time(Stage::Write, || self.output.write(lines)), &mut self.failed)?;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn damage(&mut self, capture: usize, file: &str, damage: &Damage) {
        if let Some(capture) = self.captures.get_mut(capture) {
            capture.damage.add(file, damage);
        }
    }
}
