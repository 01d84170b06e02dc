//! Alerts of batches, made by any thread and taken in order.

use super::sinks::Sinks;
use super::tally::Tally;
use crate::output::or_stop;
use crate::progress::Progress;
use crate::report::DamageReports;
use crate::status::{End, Failure};
use capture_batch::{Batch, Interest};
use capture_filter::{Env, Selection};
use capture_query::{Damage, Made, Maker, Question, Taker};
use capture_rules::run::{AlertOptions, AlertPrinter, Fired, Run, Runner};
use std::io;
use std::ops::{ControlFlow, Range};

/// What is asked of one capture: which rules fire.
pub struct Alerting<'r> {
    run: &'r Run,
    printer: AlertPrinter,
    env: &'r Env,
}

impl<'r> Alerting<'r> {
    /// Asks for the alerts of a run.
    pub fn new(run: &'r Run, options: &AlertOptions, env: &'r Env) -> Self {
        Alerting { run, printer: AlertPrinter::new(run, options.clone()), env }
    }
}

impl Question for Alerting<'_> {
    type Maker<'q>
        = Answering<'q>
    where
        Self: 'q;
    type Output = Lines;

    fn interest(&self) -> Box<dyn Interest> {
        self.run.interest()
    }

    fn is_ordered(&self) -> bool {
        self.run.is_ordered()
    }

    fn maker(&self) -> Answering<'_> {
        Answering { asked: self, runner: self.run.runner(), printer: self.printer.clone() }
    }
}

/// Answers for one batch after the other.
pub struct Answering<'q> {
    asked: &'q Alerting<'q>,
    runner: Runner,
    printer: AlertPrinter,
}

/// The alerts of a batch, as lines.
#[derive(Default)]
pub struct Lines {
    text: Vec<u8>,
    /// Which rule fired for which row, and where its line ends.
    fired: Vec<(Fired, usize)>,
}

impl Maker for Answering<'_> {
    type Output = Lines;

    fn make(&mut self, batch: &Batch) -> Made<Lines> {
        let (mut lines, mut selected) = (Lines::default(), Selection::none(batch.len()));
        for fired in self.runner.run(batch) {
            if let Some(row) = batch.row(fired.row) {
                self.printer.print(fired.rule, row, self.asked.env, &mut lines.text);
                lines.fired.push((fired, lines.text.len()));
                selected.insert(fired.row);
            }
        }
        Made { selected, output: lines }
    }
}

impl Lines {
    /// The alerts for some rows: which rule fired, and its line.
    fn of(&self, rows: &Range<usize>) -> impl Iterator<Item = (Fired, &[u8])> {
        let starts = std::iter::once(0).chain(self.fired.iter().map(|(_, end)| *end));
        let each = starts.zip(&self.fired).filter(|(_, (fired, _))| rows.contains(&fired.row));
        each.filter_map(|(start, (fired, end))| Some((*fired, self.text.get(start..*end)?)))
    }
}

/// Takes alerts.
pub struct Taking {
    sinks: Sinks,
    tally: Tally,
    damage: DamageReports,
    progress: Progress,
    failed: Option<io::Error>,
}

impl Taking {
    /// Takes the alerts of so many captures.
    pub fn new(captures: usize, sinks: Sinks, progress: Progress) -> Taking {
        let damage = DamageReports::new(captures);
        Taking { sinks, tally: Tally::default(), damage, progress, failed: None }
    }

    /// How many alerts there were, and how the captures ended.
    pub fn finish(self) -> Result<(Tally, End), Failure> {
        drop(self.progress);
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        self.sinks.finish()?;
        Ok((self.tally, self.damage.finish()))
    }
}

impl Taker<Lines> for Taking {
    fn arrives(&mut self, _: usize, _: &Batch, bytes: u64) {
        self.progress.set(bytes);
    }

    fn take(&mut self, _: usize, _: &Batch, made: &mut Made<Lines>, rows: Range<usize>) -> ControlFlow<()> {
        for (fired, line) in made.output.of(&rows) {
            self.tally.add(fired.rule);
            or_stop(self.sinks.write(line), &mut self.failed)?;
        }
        ControlFlow::Continue(())
    }

    fn damage(&mut self, capture: usize, file: &str, damage: &Damage) {
        self.damage.add(capture, file, damage);
    }
}
