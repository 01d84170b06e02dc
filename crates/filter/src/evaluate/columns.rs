//! Condition by condition over all rows that are still undecided.
//!
//! A condition of a conjunction sees the rows for which those before it hold, one of a disjunction the rows for which
//! those before it do not: just the rows that [`super::Sequential`] would show it, in the same order. So conditions that
//! remember earlier rows give the same answers as well.
//!
//! What depends on a thread, an object or a type alone is computed once for each and kept as long as batches of the same
//! segment follow each other.

use super::Selection;
use super::plan::Node;
use crate::Filter;
use crate::check::Test;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Row, Segment};
use capture_event::code;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Weak};

/// Evaluates a filter batch by batch.
pub struct Columns {
    filter: Filter,
    state: State,
    /// For each condition, what is known of it.
    answers: Vec<Answers>,
    /// The segment that answers by id belong to.
    segment: Weak<Segment>,
}

/// Answers of one condition.
#[derive(Default)]
struct Answers {
    /// By number: of a type, a thread, an object, a quantity. 0 is not known, 1 no, 2 yes.
    by_number: Vec<u8>,
    /// By thread and lineage.
    by_actor: FxHashMap<(usize, usize), bool>,
}

/// What an answer is kept under.
enum Key {
    Number(usize),
    Actor(usize, usize),
}

impl Columns {
    pub(crate) fn new(filter: Filter) -> Self {
        let state = filter.plan().state();
        let answers = filter.plan().tests.iter().map(|_| Answers::default()).collect();
        Columns { filter, state, answers, segment: Weak::new() }
    }

    /// Those of `rows` that match. If the filter [is ordered](Filter::is_ordered), batches have to come in their order.
    pub fn select(&mut self, batch: &Batch, rows: &Selection) -> Selection {
        self.next_batch(batch);
        let filter = self.filter.clone();
        self.node(&filter, &filter.plan().arranged, batch, rows)
    }

    /// Drops what holds for earlier batches only.
    fn next_batch(&mut self, batch: &Batch) {
        self.state.next_rows();
        let same_segment = std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(&batch.segment));
        for (test, answers) in self.filter.plan().tests.iter().zip(&mut self.answers) {
            let keep = match test.scope {
                Scope::Nothing | Scope::Type => true,
                Scope::Own | Scope::Object | Scope::Actor => same_segment,
                Scope::Live | Scope::Row | Scope::Order => false,
            };
            if !keep {
                answers.by_number.clear();
                answers.by_actor.clear();
            }
        }
        self.segment = Arc::downgrade(&batch.segment);
    }

    fn node(&mut self, filter: &Filter, node: &Node, batch: &Batch, rows: &Selection) -> Selection {
        match node {
            Node::Test(number) => self.test(filter, *number, batch, rows),
            Node::Not(inner) => {
                let mut rest = rows.clone();
                rest.remove(&self.node(filter, inner, batch, rows));
                rest
            }
            Node::All(parts) => {
                let mut left = rows.clone();
                for part in parts {
                    if left.is_empty() {
                        break;
                    }
                    left = self.node(filter, part, batch, &left);
                }
                left
            }
            Node::Any(parts) => {
                let (mut undecided, mut hits) = (rows.clone(), Selection::none(rows.len()));
                for part in parts {
                    if undecided.is_empty() {
                        break;
                    }
                    let more = self.node(filter, part, batch, &undecided);
                    undecided.remove(&more);
                    hits.add(&more);
                }
                hits
            }
        }
    }

    fn test(&mut self, filter: &Filter, number: usize, batch: &Batch, rows: &Selection) -> Selection {
        let mut hits = Selection::none(rows.len());
        let (Some(test), Some(answers)) = (filter.plan().tests.get(number), self.answers.get_mut(number)) else {
            return hits;
        };
        for row in rows.iter().filter_map(|index| batch.row(index)) {
            if answers.get(test, row, || test.holds(row, filter.env(), &mut self.state)) {
                hits.insert(row.index);
            }
        }
        hits
    }
}

impl Answers {
    /// The answer for a row, computed if it is not known.
    fn get(&mut self, test: &Test, row: Row<'_>, compute: impl FnOnce() -> bool) -> bool {
        match key(test.scope, row) {
            None => compute(),
            Some(Key::Actor(own, lineage)) => *self.by_actor.entry((own, lineage)).or_insert_with(compute),
            Some(Key::Number(number)) => {
                if number >= self.by_number.len() {
                    self.by_number.resize(number + 1, 0);
                }
                let Some(known) = self.by_number.get_mut(number) else { return compute() };
                if *known == 0 {
                    *known = 1 + u8::from(compute());
                }
                *known == 2
            }
        }
    }
}

/// What the answer for a row is kept under; `None`: it is computed for this row. That also goes for rows without the
/// thing that the condition depends on.
fn key(scope: Scope, row: Row<'_>) -> Option<Key> {
    let batch = row.batch;
    match scope {
        Scope::Nothing => Some(Key::Number(0)),
        Scope::Type => says_its_type(row.code()).then(|| Key::Number(usize::from(row.code()))),
        Scope::Own => batch.own.get(row.index).filter(|id| !id.is_none()).map(|id| Key::Number(id.index())),
        Scope::Object => batch.object.get(row.index).filter(|id| !id.is_none()).map(|id| Key::Number(id.index())),
        Scope::Live => {
            batch.live.get(row.index).filter(|&&live| live != u32::MAX).map(|&live| Key::Number(live as usize))
        }
        Scope::Actor => {
            let own = batch.own.get(row.index).filter(|id| !id.is_none())?;
            let lineage = batch.lineage.get(row.index)?;
            Some(Key::Actor(own.index(), lineage.index()))
        }
        Scope::Row | Scope::Order => None,
    }
}

/// Whether the code says which type an event is of; others say it in their parameters.
pub(super) fn says_its_type(code: u16) -> bool {
    !matches!(code, code::GENERIC_E | code::GENERIC_X | code::ASYNCEVENT_E | code::PLUGINEVENT_E)
}
