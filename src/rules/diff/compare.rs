//! Which rules fire for events of a batch on one side only.

use capture_batch::{Batch, Id, Interest, Own, Segment, Summary, Types};
use capture_filter::{Env, Selection};
use capture_query::{Made, Maker, Question};
use capture_rules::run::{AlertOptions, AlertPrinter, Fired, Run, Runner};
use std::collections::HashSet;
use std::sync::Arc;

/// What is asked of a capture: for which events do rules of two runs fire?
pub struct Comparing<'r> {
    runs: &'r [Run; 2],
    printers: [AlertPrinter; 2],
    env: &'r Env,
}

/// The rules that an alert is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// As they were: the alert is lost.
    Old,
    /// As they are: the alert is gained.
    New,
}

/// An alert of one side only.
pub struct Change {
    /// The row of the batch.
    pub row: usize,
    /// The event's number.
    pub event: u64,
    /// Whose alert it is.
    pub side: Side,
    /// The rule's name.
    pub rule: Arc<str>,
    /// The alert as a line.
    pub alert: Vec<u8>,
}

impl<'r> Comparing<'r> {
    /// Compares the alerts of two runs.
    pub fn new(runs: &'r [Run; 2], options: &AlertOptions, env: &'r Env) -> Self {
        Comparing { runs, printers: runs.each_ref().map(|run| AlertPrinter::new(run, options.clone())), env }
    }
}

impl Question for Comparing<'_> {
    type Maker<'q>
        = Answering<'q>
    where
        Self: 'q;
    type Output = Vec<Change>;

    fn interest(&self) -> Box<dyn Interest> {
        let [old, new] = self.runs;
        Box::new(Either(old.interest(), new.interest()))
    }

    fn is_ordered(&self) -> bool {
        self.runs.iter().any(Run::is_ordered)
    }

    fn maker(&self) -> Answering<'_> {
        let side = |side: Side, run, printer: &AlertPrinter| Half {
            side,
            run,
            runner: run.runner(),
            printer: printer.clone(),
        };
        let ([old, new], [of_old, of_new]) = (self.runs, &self.printers);
        Answering { halves: [side(Side::Old, old, of_old), side(Side::New, new, of_new)], env: self.env }
    }
}

/// Answers for one batch after the other.
pub struct Answering<'q> {
    halves: [Half<'q>; 2],
    env: &'q Env,
}

/// The rules of one side.
struct Half<'q> {
    side: Side,
    run: &'q Run,
    runner: Runner,
    printer: AlertPrinter,
}

/// What makes alerts the same: the row, and the rule's name.
type Key<'q> = (usize, &'q str);

impl Maker for Answering<'_> {
    type Output = Vec<Change>;

    fn make(&mut self, batch: &Batch) -> Made<Vec<Change>> {
        let [old, new] = &mut self.halves;
        let (of_old, of_new) = (old.fired(batch), new.fired(batch));
        let mut changes = old.alone(&of_old, &of_new, batch, self.env);
        changes.extend(new.alone(&of_new, &of_old, batch, self.env));
        // What was lost stands before what was gained for the same event.
        changes.sort_by_key(|change| change.row);
        let mut selected = Selection::none(batch.len());
        changes.iter().for_each(|change| selected.insert(change.row));
        Made { selected, output: changes }
    }
}

impl<'q> Half<'q> {
    /// The alerts of a batch, and the places of their rules.
    fn fired(&mut self, batch: &Batch) -> Vec<(Key<'q>, usize)> {
        let run = self.run;
        let named = |fired: Fired| Some(((fired.row, run.rule(fired.rule)?.name.as_str()), fired.rule));
        self.runner.run(batch).into_iter().filter_map(named).collect()
    }

    /// Those of its alerts that the other side does not have.
    fn alone(
        &mut self,
        own: &[(Key<'q>, usize)],
        others: &[(Key<'q>, usize)],
        batch: &Batch,
        env: &Env,
    ) -> Vec<Change> {
        let others: HashSet<&Key<'q>> = others.iter().map(|(key, _)| key).collect();
        let alone = own.iter().filter(|(key, _)| !others.contains(key));
        let change = |((at, name), place): &(Key<'q>, usize)| {
            let (row, mut alert) = (batch.row(*at)?, Vec::new());
            self.printer.print(*place, row, env, &mut alert);
            Some(Change { row: *at, event: row.num(), side: self.side, rule: (*name).into(), alert })
        };
        alone.filter_map(change).collect()
    }
}

/// The rows that either of two may want.
struct Either(Box<dyn Interest>, Box<dyn Interest>);

impl Interest for Either {
    fn types(&self) -> Types {
        self.0.types() | self.1.types()
    }

    fn wants(&mut self, code: u16, own: Id<Own>, segment: &Arc<Segment>) -> bool {
        let one = |interest: &mut dyn Interest| interest.types().contains(code) && interest.wants(code, own, segment);
        one(&mut *self.0) || one(&mut *self.1)
    }

    fn passes_over(
        &mut self,
        summary: &Summary,
        segment: &mut dyn FnMut() -> Option<Arc<Segment>>,
    ) -> Option<&'static str> {
        self.0.passes_over(summary, segment)?;
        self.1.passes_over(summary, segment)
    }
}
