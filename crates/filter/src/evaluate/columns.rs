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
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Id, Lineage, Own, Segment};
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
        let state = &mut self.state;
        let mut holds = |index| batch.row(index).is_some_and(|row| test.holds(row, filter.env(), state));
        let hits_of = &mut hits;
        match test.scope {
            Scope::Nothing => answers.by_number(rows, |_| Some(0), holds, hits_of),
            Scope::Type => {
                let codes: &[u16] = &batch.code;
                let number =
                    |index: usize| codes.get(index).filter(|code| says_its_type(**code)).map(|code| (*code).into());
                answers.by_number(rows, number, holds, hits_of);
            }
            Scope::Own => answers.by_number(rows, numbers_of(&batch.own), holds, hits_of),
            Scope::Object => answers.by_number(rows, numbers_of(&batch.object), holds, hits_of),
            Scope::Live => {
                let lives: &[u32] = &batch.live;
                let number =
                    |index: usize| lives.get(index).filter(|live| **live != u32::MAX).map(|live| *live as usize);
                answers.by_number(rows, number, holds, hits_of);
            }
            Scope::Actor => answers.by_actor(rows, &batch.own, &batch.lineage, holds, hits_of),
            Scope::Row | Scope::Order => rows.iter().filter(|index| holds(*index)).for_each(|index| hits.insert(index)),
        }
        hits
    }
}

/// The numbers of what rows have; `None` for those that have nothing.
fn numbers_of<T>(ids: &[Id<T>]) -> impl Fn(usize) -> Option<usize> {
    |index| ids.get(index).filter(|id| !id.is_none()).map(|id| id.index())
}

impl Answers {
    /// Adds the rows for which a condition holds that depends on one thing. `number`: of what the row has; without one, the
    /// condition is computed for the row.
    fn by_number(
        &mut self,
        rows: &Selection,
        number: impl Fn(usize) -> Option<usize>,
        mut compute: impl FnMut(usize) -> bool,
        hits: &mut Selection,
    ) {
        for index in rows.iter() {
            let holds = match number(index) {
                None => compute(index),
                Some(number) => {
                    if number >= self.by_number.len() {
                        self.by_number.resize(number + 1, 0);
                    }
                    match self.by_number.get_mut(number) {
                        Some(known) => {
                            if *known == 0 {
                                *known = 1 + u8::from(compute(index));
                            }
                            *known == 2
                        }
                        None => compute(index),
                    }
                }
            };
            if holds {
                hits.insert(index);
            }
        }
    }

    /// The same for one that depends on thread and lineage.
    fn by_actor(
        &mut self,
        rows: &Selection,
        owns: &[Id<Own>],
        lineages: &[Id<Lineage>],
        mut compute: impl FnMut(usize) -> bool,
        hits: &mut Selection,
    ) {
        for index in rows.iter() {
            let own = owns.get(index).filter(|id| !id.is_none());
            let holds = match own.zip(lineages.get(index)) {
                None => compute(index),
                Some((own, lineage)) => {
                    *self.by_actor.entry((own.index(), lineage.index())).or_insert_with(|| compute(index))
                }
            };
            if holds {
                hits.insert(index);
            }
        }
    }
}

/// Whether the code says which type an event is of; others say it in their parameters.
pub(super) fn says_its_type(code: u16) -> bool {
    !matches!(code, code::GENERIC_E | code::GENERIC_X | code::ASYNCEVENT_E | code::PLUGINEVENT_E)
}
