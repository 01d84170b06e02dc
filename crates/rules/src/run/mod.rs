//! Rules over batches of events.
//!
//! [`Run`] says which rules are run and how; each thread asks it for a [`Runner`], which goes through batches and tells
//! which events fire which rules. [`Alerts`] makes texts of that, as Falco prints them.

mod alert;
mod config;
mod selection;

pub use alert::{AlertOptions, Alerts, Properties};
pub use config::Config;
pub use selection::{Choice, Selector};

use crate::rule_set::{Rule, RuleSet};
use capture_batch::{Batch, Id, Interest, Needs, Own, RowFlags, Segment, Summary, Types, View};
use capture_filter::{Columns, FilterInterest, Selection};
use std::sync::Arc;

/// What happens to an event for which several rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matching {
    /// The first rule alone fires, in the order of their definition.
    #[default]
    First,
    /// All fire.
    All,
}

/// Which rules are run, and how.
#[derive(Clone)]
pub struct Run {
    rules: RuleSet,
    /// The places of those that are run.
    chosen: Arc<[usize]>,
    matching: Matching,
}

/// An event that a rule fires for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fired {
    /// The row of the batch.
    pub row: usize,
    /// The place of the rule in its [`RuleSet`].
    pub rule: usize,
}

impl Run {
    /// A run of those rules that are switched on for it.
    pub fn new(rules: RuleSet, is_on: impl Fn(&Rule) -> bool, matching: Matching) -> Run {
        let chosen = rules.rules().iter().enumerate().filter(|(_, rule)| is_on(rule)).map(|(at, _)| at).collect();
        Run { rules, chosen, matching }
    }

    /// All rules, those that are not run too.
    pub fn rule_set(&self) -> &RuleSet {
        &self.rules
    }

    /// The rules that are run, and their places.
    pub fn rules(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.chosen.iter().filter_map(|at| Some((*at, self.rules.rules().get(*at)?)))
    }

    /// What batches have to hold.
    pub fn needs(&self) -> Needs {
        self.rules()
            .map(|(_, rule)| rule.filter.needs() | rule.format.needs())
            .fold(Needs::empty(), |all, one| all | one)
    }

    /// Whether a rule may fire or not because of events before: batches have to come in their order then, to one
    /// runner.
    pub fn is_ordered(&self) -> bool {
        self.rules().any(|(_, rule)| rule.filter.is_ordered())
    }

    /// Which rows may be wanted.
    pub fn interest(&self) -> Box<dyn Interest> {
        let each: Vec<FilterInterest> = self.rules().map(|(_, rule)| rule.filter.interest()).collect();
        let types = each.iter().map(Interest::types).fold(Types::NONE, |all, one| all | one);
        Box::new(AnyOf { each, types })
    }

    /// What runs the rules, at the start of a capture.
    pub fn runner(&self) -> Runner {
        let rules = self.rules().map(|(at, rule)| (at, rule.clone(), rule.filter.columns())).collect();
        Runner { rules, matching: self.matching }
    }
}

/// Runs rules, batch by batch.
pub struct Runner {
    rules: Vec<(usize, Rule, Columns)>,
    matching: Matching,
}

impl Runner {
    /// Which rules fire for which events of a batch: by event, then in the order of the rules.
    pub fn run(&mut self, batch: &Batch) -> Vec<Fired> {
        let flags: &[RowFlags] = &batch.flags;
        let unseen = RowFlags::NEVER_SHOWN | RowFlags::INTERNAL;
        let is_seen = |row: &usize| flags.get(*row).is_some_and(|flags| !flags.intersects(unseen));
        let (mut undecided, mut fired) = (Selection::with(batch.len(), is_seen), Vec::new());
        let codes: &[u16] = &batch.code;
        for (at, rule, columns) in &mut self.rules {
            // Falco works out from the condition which types of events a rule is shown.
            let is_shown = |row: &usize| codes.get(*row).is_some_and(|code| rule.event_types.contains(*code));
            let mut rows = undecided.clone();
            if batch.head.view == View::Exit {
                rows.keep(&Selection::with(batch.len(), |row| undecided.contains(*row) && is_shown(row)));
            }
            let hits = columns.select(batch, &rows);
            fired.extend(hits.iter().map(|row| Fired { row, rule: *at }));
            if self.matching == Matching::First {
                undecided.remove(&hits);
            }
        }
        fired.sort_unstable();
        fired
    }
}

/// The rows that any of several filters may select.
struct AnyOf {
    each: Vec<FilterInterest>,
    types: Types,
}

impl Interest for AnyOf {
    fn types(&self) -> Types {
        self.types
    }

    fn wants(&mut self, code: u16, own: Id<Own>, segment: &Arc<Segment>) -> bool {
        self.each.iter_mut().any(|one| one.types().contains(code) && one.wants(code, own, segment))
    }

    fn passes_over(
        &mut self,
        summary: &Summary,
        segment: &mut dyn FnMut() -> Option<Arc<Segment>>,
    ) -> Option<&'static str> {
        let mut why = None;
        for one in &mut self.each {
            why = Some(one.passes_over(summary, segment)?);
        }
        why
    }
}
