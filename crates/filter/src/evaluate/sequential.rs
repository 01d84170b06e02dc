//! Row by row, left to right.

use super::Selection;
use super::plan::Node;
use crate::Filter;
use crate::check::source::State;
use capture_batch::{Batch, Row};

/// Evaluates a filter as it is written: the reference.
pub struct Sequential {
    filter: Filter,
    state: State,
}

impl Sequential {
    pub(crate) fn new(filter: Filter) -> Self {
        let state = filter.plan().state();
        Sequential { filter, state }
    }

    /// Those of `rows` that match. Batches have to come in their order.
    pub fn select(&mut self, batch: &Batch, rows: &Selection) -> Selection {
        self.state.next_rows();
        let mut hits = Selection::none(batch.len());
        for row in rows.iter().filter_map(|index| batch.row(index)) {
            if matches(&self.filter, self.filter.written(), row, &mut self.state) {
                hits.insert(row.index);
            }
        }
        hits
    }
}

fn matches(filter: &Filter, number: usize, row: Row<'_>, state: &mut State) -> bool {
    let plan = filter.plan();
    match plan.nodes.get(number) {
        Some(Node::All(parts)) => parts.iter().all(|part| matches(filter, *part, row, state)),
        Some(Node::Any(parts)) => parts.iter().any(|part| matches(filter, *part, row, state)),
        Some(Node::Not(inner)) => !matches(filter, *inner, row, state),
        Some(Node::Test(test)) => plan.tests.get(*test).is_some_and(|test| test.holds(row, filter.env(), state)),
        None => false,
    }
}
