//! Why a rule fires for an event, or does not.

use super::{Examiner, Item, Kind, Leaf, Seen, Tree};
use crate::rule_set::Rule;
use crate::run::{Matching, Run, Runner, UNSEEN};
use capture_batch::{Batch, Needs, Row, RowFlags};
use capture_filter::{Env, Filter, Format, Selection};
use std::sync::Arc;

/// Looks for an event, and says what becomes of a rule's condition.
pub struct Explainer {
    run: Run,
    /// The place of the rule.
    rule: usize,
    /// The event's number.
    event: u64,
    tree: Arc<Tree>,
    runner: Runner,
    examiner: Examiner,
    formats: Vec<Vec<(String, Format)>>,
}

/// What becomes of a rule's condition for an event.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The row of the batch.
    pub row: usize,
    /// Whether the event only takes a number and is shown to no rule.
    pub is_hidden: bool,
    /// Whether the rule is shown events of this type.
    pub is_shown: bool,
    /// The rule before it that fired for the event, if one alone does: its place.
    pub shadowed_by: Option<usize>,
    /// For each node of its tree.
    pub verdicts: Vec<Verdict>,
}

/// What becomes of a node.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Whether it is evaluated when the rule is run.
    pub is_reached: bool,
    /// Whether it holds; `None` if that depends on earlier events that it would have to have seen.
    pub holds: Option<bool>,
    /// The values of the fields that it compares; `None` for a missing one.
    pub values: Vec<(String, Option<String>)>,
    /// Of a list, the values that fit, by their places.
    pub items: Vec<usize>,
}

impl Explanation {
    /// Whether the rule fires for the event.
    pub fn fires(&self) -> bool {
        !self.is_hidden && self.is_shown && self.shadowed_by.is_none() && self.holds() == Some(true)
    }

    /// Whether the condition holds.
    pub fn holds(&self) -> Option<bool> {
        self.verdicts.first()?.holds
    }
}

impl Explainer {
    /// Looks at the rule with this place, as it is run among others.
    pub fn new(run: Run, rule: usize, event: u64) -> Option<Explainer> {
        let own = run.rule(rule)?;
        let tree = Arc::new(Tree::new(own));
        let view = own.filter.view();
        let format = |operand: &String| Some((operand.clone(), Format::compile(&format!("%{operand}"), view).ok()?));
        let of_node = |kind: &Kind| match kind {
            Kind::Check(leaf) => leaf.operands.iter().filter_map(format).collect(),
            _ => Vec::new(),
        };
        let formats = tree.nodes.iter().map(|node| of_node(&node.kind)).collect();
        let (runner, examiner) = (run.runner(), Examiner::new(view, vec![tree.clone()]));
        Some(Explainer { run, rule, event, tree, runner, examiner, formats })
    }

    /// The condition.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// What batches have to hold.
    pub fn needs(&self) -> Needs {
        self.run.needs() | self.own().map_or(Needs::empty(), |rule| rule.filter.needs() | rule.format.needs())
    }

    /// Whether batches have to come in their order.
    pub fn is_ordered(&self) -> bool {
        self.run.is_ordered() || self.own().is_some_and(|rule| rule.filter.is_ordered())
    }

    /// Goes through a batch; says what it is about if the event is in it.
    pub fn batch(&mut self, batch: &Batch, env: &Env) -> Option<Explanation> {
        let is_it = |row: &usize| {
            let header = batch.header(*row);
            header.is_some_and(|header| header.num == self.event && !header.flags.contains(RowFlags::REPEATED))
        };
        let found = (0..batch.len()).find(is_it);
        if found.is_none() && !self.is_ordered() {
            return None;
        }
        let before = self.fired_before(batch);
        let rows = Selection::with(batch.len(), |row| {
            let header = batch.header(*row);
            header.is_some_and(|header| !header.flags.intersects(UNSEEN) && self.is_shown(header.code))
                && !before.iter().any(|(earlier, _)| earlier == row)
        });
        let seen = self.examiner.on(batch).rule(0, &rows);
        let row = batch.row(found?)?;
        Some(Explanation {
            row: row.index,
            is_hidden: row.flags().intersects(UNSEEN),
            is_shown: self.is_shown(row.code()),
            shadowed_by: before.iter().find(|(earlier, _)| *earlier == row.index).map(|(_, rule)| *rule),
            verdicts: self.verdicts(row, &seen, env),
        })
    }

    fn own(&self) -> Option<&Rule> {
        self.run.rule(self.rule)
    }

    fn is_shown(&self, code: u16) -> bool {
        self.own().is_some_and(|rule| self.run.types_shown(rule).contains(code))
    }

    /// The rows for which a rule before this one fired, so that this one cannot; and which rule.
    fn fired_before(&mut self, batch: &Batch) -> Vec<(usize, usize)> {
        if self.run.matching() == Matching::All {
            return Vec::new();
        }
        let fired = self.runner.run(batch).into_iter().filter(|fired| fired.rule < self.rule);
        fired.map(|fired| (fired.row, fired.rule)).collect()
    }

    fn verdicts(&mut self, row: Row<'_>, seen: &[Option<Seen>], env: &Env) -> Vec<Verdict> {
        let mut verdicts = vec![Verdict::default(); self.tree.nodes.len()];
        // Parts come after what they are parts of.
        for (number, node) in self.tree.nodes.iter().enumerate().rev() {
            let seen = seen.get(number).and_then(Option::as_ref);
            let is_reached = seen.is_some_and(|seen| seen.rows.contains(row.index));
            let mut verdict = Verdict { is_reached, ..Verdict::default() };
            let was = seen.map(|seen| seen.hits.contains(row.index)).filter(|_| is_reached);
            let parts = || node.parts.iter().map(|part| verdicts.get(*part).and_then(|part| part.holds));
            verdict.holds = was.or_else(|| match &node.kind {
                Kind::All | Kind::Macro(_) => decided(parts(), false),
                Kind::Any => decided(parts(), true),
                Kind::Not => decided(parts(), true).map(|holds| !holds),
                Kind::Check(leaf) => holds(&leaf.filter, row),
            });
            if let (Kind::Check(leaf), Some(formats)) = (&node.kind, self.formats.get_mut(number)) {
                verdict.values = values(formats, row, env);
                verdict.items = if verdict.holds == Some(true) { items(leaf, row) } else { Vec::new() };
            }
            if let Some(place) = verdicts.get_mut(number) {
                *place = verdict;
            }
        }
        verdicts
    }
}

/// What one part that is `decisive` decides; else all have to be known.
fn decided(parts: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut all = Some(!decisive);
    for part in parts {
        match part {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}

/// Whether a comparison holds for a row, unless that depends on rows before.
fn holds(filter: &Filter, row: Row<'_>) -> Option<bool> {
    let mut alone = Selection::none(row.batch.len());
    alone.insert(row.index);
    (!filter.is_ordered()).then(|| !filter.columns().select(row.batch, &alone).is_empty())
}

/// The values of a list that fit.
fn items(leaf: &Leaf, row: Row<'_>) -> Vec<usize> {
    let fits = |(at, item): (usize, &Item)| (holds(&item.filter, row) == Some(true)).then_some(at);
    leaf.items.iter().enumerate().filter_map(fits).collect()
}

/// The values of fields. Those that depend on rows before are not known.
fn values(formats: &mut [(String, Format)], row: Row<'_>, env: &Env) -> Vec<(String, Option<String>)> {
    let known = formats.iter_mut().filter(|(_, format)| !format.is_ordered(env));
    let value = |(operand, format): &mut (String, Format)| {
        let mut value = Vec::new();
        let is_there = format.render(row, env, &mut value);
        (operand.clone(), is_there.then(|| String::from_utf8_lossy(&value).into_owned()))
    };
    known.map(value).collect()
}
