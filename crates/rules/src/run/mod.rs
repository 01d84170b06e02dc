//! Rules over batches of events.
//!
//! [`Run`] says which rules are run and how; each thread asks it for a [`Runner`], which goes through batches and tells
//! which events fire which rules. [`AlertPrinter`] prints that as Falco does.

mod alert;
mod config;
mod rows;
mod selection;

pub use alert::{AlertOptions, AlertPrinter, Properties};
pub use config::Config;
pub use selection::{Choice, Selector};

use crate::rule_set::{Rule, RuleSet};
use capture_batch::{Batch, Interest, Needs, Types, View};
use capture_filter::{Columns, FilterSet, Selection};
pub(crate) use rows::{Shown, UNSEEN};
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
    /// Their conditions.
    filters: FilterSet,
    /// The types of the events that each of them can hold for.
    types: Arc<[Types]>,
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
        let view = rules.view();
        let on: Vec<(usize, &Rule)> = rules.rules().iter().enumerate().filter(|(_, rule)| is_on(rule)).collect();
        let filters = FilterSet::new(view, on.iter().map(|(_, rule)| rule.filter.clone()).collect());
        let of_rules: Vec<Types> = on.iter().map(|(_, rule)| types_shown(view, rule)).collect();
        let interest = filters.interest(&of_rules);
        let types = (0..on.len()).map(|at| interest.types_of(at)).collect();
        let chosen = on.iter().map(|(at, _)| *at).collect();
        Run { chosen, matching, filters, types, rules }
    }

    /// All rules, those that are not run too.
    pub fn rule_set(&self) -> &RuleSet {
        &self.rules
    }

    /// The rule with this place, run or not.
    pub fn rule(&self, place: usize) -> Option<&Rule> {
        self.rules.rules().get(place)
    }

    /// The rules that are run, and their places.
    pub fn rules(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.chosen.iter().filter_map(|place| Some((*place, self.rule(*place)?)))
    }

    /// The view that the rules are for.
    pub fn view(&self) -> View {
        self.rules.view()
    }

    /// What happens to an event for which several rules hold.
    pub fn matching(&self) -> Matching {
        self.matching
    }

    /// The types of the events that a rule is shown.
    pub fn types_shown(&self, rule: &Rule) -> Types {
        types_shown(self.view(), rule)
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
        Box::new(self.filters.interest(&self.types))
    }

    /// What runs the rules, at the start of a capture.
    pub fn runner(&self) -> Runner {
        let shown = Shown::new(self.types.iter().copied());
        Runner { rules: self.chosen.clone(), shown, columns: self.filters.columns(), matching: self.matching }
    }
}

/// The types of the events that a rule is shown: Falco works them out from its condition.
fn types_shown(view: View, rule: &Rule) -> Types {
    if view == View::Exit { rule.event_types.types() } else { Types::ALL }
}

/// Runs rules, batch by batch.
pub struct Runner {
    rules: Arc<[usize]>,
    shown: Shown,
    columns: Columns,
    matching: Matching,
}

impl Runner {
    /// Which rules fire for which events of a batch: by event, then in the order of the rules.
    pub fn run(&mut self, batch: &Batch) -> Vec<Fired> {
        let (shown, mut columns) = (self.shown.rows(batch), self.columns.on(batch));
        let (mut decided, mut fired) = (Selection::none(batch.len()), Vec::new());
        for (at, rule) in self.rules.iter().enumerate() {
            let Some(rows) = shown.of(at) else { continue };
            let hits = if decided.is_empty() {
                columns.select(at, rows)
            } else {
                let mut undecided = rows.clone();
                undecided.remove(&decided);
                columns.select(at, &undecided)
            };
            if hits.is_empty() {
                continue;
            }
            fired.extend(hits.iter().map(|row| Fired { row, rule: *rule }));
            if self.matching == Matching::First {
                decided.add(&hits);
            }
        }
        fired.sort_unstable();
        fired
    }
}
