//! `capture rules coverage`: which rules and which parts of their conditions captures reach.

mod json;
mod navigator;
mod text;

use super::subject::Subject;
use crate::output::Output;
use crate::report::DamageReports;
use crate::status::{End, Failure};
use capture_batch::{Batch, Interest};
use capture_filter::Selection;
use capture_query::{Damage, Made, Maker, Question, Stats, Taker};
use capture_rules::Rule;
use capture_rules::examine::{Coverage, Covering, RuleCounts, Tree};
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::Arc;

/// Count which rules fire on captures, and which parts of their conditions ever hold and ever fail: comparisons,
/// branches of `or`, exceptions, values of lists. Each rule counts as if it were the only one.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  capture rules coverage -r captures falco_rules.yaml
  capture rules coverage -r captures --branches -t network falco_rules.yaml   every part of the conditions
  capture rules coverage -r captures --navigator layer.json falco_rules.yaml  for the ATT&CK Navigator

Exit status:
  0  good
  2  usage, unreadable, or the files do not load
  3  a capture is damaged; what was readable was used")]
pub struct Args {
    #[command(flatten)]
    subject: Subject,
    /// Print every part of every condition: how often it held, and how often it did not.
    #[arg(short, long)]
    branches: bool,
    /// Print everything as JSON.
    #[arg(short, long)]
    json: bool,
    /// Write a layer of the MITRE ATT&CK Navigator: the techniques that rules have as tags, and which of them fired.
    #[arg(long, value_name = "FILE")]
    navigator: Option<PathBuf>,
}

/// Prints the coverage.
pub fn run(args: Args) -> Result<End, Failure> {
    let run = args.subject.run(&args.subject.config()?)?;
    let (captures, opened) = args.subject.captures.open()?;
    let plan = args.subject.captures.plan(run.view(), run.needs());
    let coverage = Coverage::new(run);
    let asked: Vec<Asked<'_>> = captures.iter().map(|_| Asked(&coverage)).collect();
    let counts = vec![RuleCounts::default(); coverage.trees().len()];
    let mut taking = Taking { counts, damage: DamageReports::new(captures.len()) };
    capture_query::run(captures, &asked, plan, &mut taking, &Arc::new(Stats::default()));
    let counted = Counted { coverage: &coverage, counts: taking.counts };
    if let Some(file) = &args.navigator {
        let layer = format!("{:#}\n", navigator::layer(&counted));
        std::fs::write(file, layer).map_err(|error| Failure::new(format_args!("{}: {error}", file.display())))?;
    }
    let mut output = Output::stdout(false)?;
    let text = if args.json { format!("{}\n", json::all(&counted)) } else { text::all(&counted, args.branches) };
    output.write_text(&text)?;
    output.finish()?;
    Ok(opened.and(taking.damage.finish()).with_answer(0))
}

/// What was counted.
struct Counted<'c> {
    coverage: &'c Coverage,
    /// For each rule that is run.
    counts: Vec<RuleCounts>,
}

impl Counted<'_> {
    /// The rules, their conditions, and what was counted of each.
    fn rules(&self) -> impl Iterator<Item = (&Rule, &Tree, &RuleCounts)> {
        let rules = self.coverage.run().rules().map(|(_, rule)| rule);
        let trees = self.coverage.trees().iter().map(|tree| &**tree);
        rules.zip(trees).zip(&self.counts).map(|((rule, tree), counts)| (rule, tree, counts))
    }
}

/// How many of some things were seen.
struct Share {
    seen: usize,
    total: usize,
}

/// The outcomes of a rule's comparisons, two each: whether it ever held, and whether it ever did not.
fn outcomes(tree: &Tree, counts: &RuleCounts) -> Share {
    let of = |(number, _): (usize, _)| {
        counts.nodes.get(number).map_or(0, |counts| usize::from(counts.held > 0) + usize::from(counts.failed > 0))
    };
    Share { seen: tree.leaves().map(of).sum(), total: 2 * tree.leaves().count() }
}

/// The values of a rule's lists: whether each ever fitted.
fn items(tree: &Tree, counts: &RuleCounts) -> Share {
    let seen = counts.items.iter().flatten().filter(|held| **held > 0).count();
    Share { seen, total: tree.leaves().map(|(_, leaf)| leaf.items.len()).sum() }
}

/// What is asked of a capture.
struct Asked<'c>(&'c Coverage);

impl Question for Asked<'_> {
    type Maker<'q>
        = Counting
    where
        Self: 'q;
    type Output = Vec<RuleCounts>;

    fn interest(&self) -> Box<dyn Interest> {
        Box::new(self.0.types())
    }

    fn is_ordered(&self) -> bool {
        self.0.run().is_ordered()
    }

    fn maker(&self) -> Counting {
        Counting(self.0.covering())
    }
}

struct Counting(Covering);

impl Maker for Counting {
    type Output = Vec<RuleCounts>;

    fn make(&mut self, batch: &Batch) -> Made<Vec<RuleCounts>> {
        // One row stands for the batch: with it the counts are taken.
        let mut selected = Selection::none(batch.len());
        selected.insert(0);
        Made { selected, output: self.0.batch(batch) }
    }
}

/// Adds up.
struct Taking {
    counts: Vec<RuleCounts>,
    damage: DamageReports,
}

impl Taker<Vec<RuleCounts>> for Taking {
    fn take(&mut self, _: usize, _: &Batch, made: &mut Made<Vec<RuleCounts>>, _: Range<usize>) -> ControlFlow<()> {
        let counts = std::mem::take(&mut made.output);
        self.counts.iter_mut().zip(&counts).for_each(|(all, more)| all.add(more));
        ControlFlow::Continue(())
    }

    fn damage(&mut self, capture: usize, file: &str, damage: &Damage) {
        self.damage.add(capture, file, damage);
    }
}
