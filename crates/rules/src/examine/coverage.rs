//! How often each part of conditions held, and how often not.

use super::{Examiner, Tree};
use crate::run::{Run, Shown};
use capture_batch::{Batch, Types};
use std::ops::BitOr;
use std::sync::Arc;

/// What is counted: each rule that is run, as if it were the only one.
pub struct Coverage {
    run: Run,
    trees: Vec<Arc<Tree>>,
    types: Vec<Types>,
}

/// How often something held, and how often it did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// For so many events it was asked and held.
    pub held: u64,
    /// For so many it was asked and did not.
    pub failed: u64,
}

/// What was counted of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// For each node of its tree.
    pub nodes: Vec<Counts>,
    /// For each node, how often each value of its list held; nothing where there is no list.
    pub items: Vec<Vec<u64>>,
}

impl Coverage {
    /// Counts for the rules of a run.
    pub fn new(run: Run) -> Coverage {
        let trees = run.rules().map(|(_, rule)| Arc::new(Tree::new(rule))).collect();
        let types = run.rules().map(|(_, rule)| run.types_shown(rule)).collect();
        Coverage { run, trees, types }
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The conditions of the rules that are run, in their order.
    pub fn trees(&self) -> &[Arc<Tree>] {
        &self.trees
    }

    /// The types of events that any rule is shown.
    pub fn types(&self) -> Types {
        self.types.iter().copied().fold(Types::NONE, Types::bitor)
    }

    /// What counts, at the start of a capture.
    pub fn covering(&self) -> Covering {
        let examiner = Examiner::new(self.run.view(), self.trees.clone());
        Covering { shown: Shown::new(self.types.iter().copied()), examiner, rules: self.trees.len() }
    }
}

/// Counts, batch by batch.
pub struct Covering {
    shown: Shown,
    examiner: Examiner,
    rules: usize,
}

impl Covering {
    /// The counts of a batch: for each rule, and nothing for one that was shown no event.
    pub fn batch(&mut self, batch: &Batch) -> Vec<RuleCounts> {
        let (shown, mut on) = (self.shown.rows(batch), self.examiner.on(batch));
        let mut of_rule = |at: usize| {
            let Some(rows) = shown.of(at) else { return RuleCounts::default() };
            let mut counts = RuleCounts::default();
            for (number, seen) in on.rule(at, rows).iter().enumerate() {
                let held = seen.as_ref().map_or(0, |seen| seen.hits.count() as u64);
                let asked = seen.as_ref().map_or(0, |seen| seen.rows.count() as u64);
                counts.nodes.push(Counts { held, failed: asked - held });
                let hits = seen.as_ref().map(|seen| &seen.hits).filter(|hits| !hits.is_empty());
                counts.items.push(hits.map_or_else(Vec::new, |hits| on.items(at, number, hits)));
            }
            counts
        };
        (0..self.rules).map(&mut of_rule).collect()
    }
}

impl RuleCounts {
    /// Adds other counts of the same rule.
    pub fn add(&mut self, other: &RuleCounts) {
        self.nodes.resize(self.nodes.len().max(other.nodes.len()), Counts::default());
        for (all, more) in self.nodes.iter_mut().zip(&other.nodes) {
            all.held += more.held;
            all.failed += more.failed;
        }
        self.items.resize(self.items.len().max(other.items.len()), Vec::new());
        for (all, more) in self.items.iter_mut().zip(&other.items) {
            all.resize(all.len().max(more.len()), 0);
            all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
        }
    }

    /// For how many events the whole held.
    pub fn alerts(&self) -> u64 {
        self.nodes.first().map_or(0, |whole| whole.held)
    }
}
