//! What becomes of each part of a rule's condition: for one event ([`Explainer`]), or counted over captures
//! ([`Covering`]).
//!
//! A [`Tree`] has a filter for each comparison of a condition. They are evaluated as the condition is written, from
//! left to right, and each sees the events for which those before it leave it open: just as when the rule is run.

mod coverage;
mod explain;
mod tree;

pub use coverage::{Counts, Coverage, Covering, RuleCounts};
pub use explain::{Explainer, Explanation, Verdict};
pub use tree::{Item, Kind, Leaf, Node, Tree};

use capture_batch::{Batch, View};
use capture_filter::{Columns, Filter, FilterSet, OnBatch, Selection};
use std::collections::HashMap;
use std::sync::Arc;

/// Evaluates conditions node by node.
struct Examiner {
    rules: Vec<(Arc<Tree>, Vec<LeafAt>)>,
    columns: Columns,
}

/// Which filters of the set belong to a node.
#[derive(Default, Clone)]
struct LeafAt {
    leaf: Option<usize>,
    items: Vec<usize>,
}

/// What became of a node.
struct Seen {
    /// The rows that it was asked for.
    rows: Selection,
    /// Those of them for which it holds.
    hits: Selection,
}

impl Examiner {
    /// Evaluates these conditions.
    fn new(view: View, trees: Vec<Arc<Tree>>) -> Self {
        let mut filters = Filters::default();
        let with_filters = |tree: Arc<Tree>| {
            let at = filters.add_all(&tree);
            (tree, at)
        };
        let rules = trees.into_iter().map(with_filters).collect();
        Examiner { rules, columns: FilterSet::new(view, filters.all).columns() }
    }

    /// Begins with a batch.
    fn on<'b>(&mut self, batch: &'b Batch) -> Examining<'_, 'b> {
        Examining { rules: &self.rules, columns: self.columns.on(batch) }
    }
}

/// Filters, each once; those that depend on the order of events stay apart.
#[derive(Default)]
struct Filters {
    all: Vec<Filter>,
    by_text: HashMap<String, usize>,
}

impl Filters {
    /// Adds those of a condition; says for each of its nodes which they are.
    fn add_all(&mut self, tree: &Tree) -> Vec<LeafAt> {
        let mut at = vec![LeafAt::default(); tree.nodes.len()];
        for (number, leaf) in tree.leaves() {
            let items = leaf.items.iter().map(|item| self.add(&item.filter.expr().to_string(), &item.filter)).collect();
            if let Some(at) = at.get_mut(number) {
                *at = LeafAt { leaf: Some(self.add(&leaf.text, &leaf.filter)), items };
            }
        }
        at
    }

    fn add(&mut self, text: &str, filter: &Filter) -> usize {
        let next = self.all.len();
        let known = match filter.is_ordered() {
            true => next,
            false => *self.by_text.entry(text.to_owned()).or_insert(next),
        };
        if known == next {
            self.all.push(filter.clone());
        }
        known
    }
}

/// Evaluates conditions node by node over one batch.
struct Examining<'e, 'b> {
    rules: &'e [(Arc<Tree>, Vec<LeafAt>)],
    columns: OnBatch<'e, 'b>,
}

impl Examining<'_, '_> {
    /// What becomes of each node of a rule that is shown these rows; `None` of those that are asked for no row.
    fn rule(&mut self, rule: usize, rows: &Selection) -> Vec<Option<Seen>> {
        let Some((tree, at)) = self.rules.get(rule) else { return Vec::new() };
        let mut seen: Vec<Option<Seen>> = tree.nodes.iter().map(|_| None).collect();
        self.node(tree, at, 0, rows, &mut seen);
        seen
    }

    /// For how many of these rows a list's values hold, each alone.
    fn items(&mut self, rule: usize, node: usize, rows: &Selection) -> Vec<u64> {
        let at = self.rules.get(rule).and_then(|(_, at)| at.get(node));
        let items = at.map_or(&[][..], |at| &at.items);
        items.iter().map(|item| self.columns.select(*item, rows).count() as u64).collect()
    }

    fn node(
        &mut self,
        tree: &Tree,
        at: &[LeafAt],
        number: usize,
        rows: &Selection,
        seen: &mut [Option<Seen>],
    ) -> Selection {
        let Some(node) = tree.nodes.get(number).filter(|_| !rows.is_empty()) else {
            return Selection::none(rows.len());
        };
        let hits = match &node.kind {
            Kind::Check(_) => match at.get(number).and_then(|at| at.leaf) {
                Some(leaf) => self.columns.select(leaf, rows),
                None => Selection::none(rows.len()),
            },
            Kind::All | Kind::Macro(_) => {
                node.parts.iter().fold(rows.clone(), |left, part| self.node(tree, at, *part, &left, seen))
            }
            Kind::Any | Kind::Not => {
                let mut undecided = rows.clone();
                for part in &node.parts {
                    let hits = self.node(tree, at, *part, &undecided, seen);
                    undecided.remove(&hits);
                }
                match node.kind {
                    Kind::Not => undecided,
                    _ => {
                        let mut hits = rows.clone();
                        hits.remove(&undecided);
                        hits
                    }
                }
            }
        };
        if let Some(seen) = seen.get_mut(number) {
            *seen = Some(Seen { rows: rows.clone(), hits: hits.clone() });
        }
        hits
    }
}
