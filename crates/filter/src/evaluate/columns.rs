//! Condition by condition over all rows that are still undecided.
//!
//! A condition of a conjunction sees the rows for which those before it hold, one of a disjunction the rows for which
//! those before it do not: just the rows that [`super::Sequential`] would show it, in the same order. So conditions
//! that remember earlier rows give the same answers as well.
//!
//! What depends on a thread, an object or a type alone is computed once for each and kept as long as batches of the
//! same segment follow each other. What depends on parameters is computed once for each of their values, where a batch
//! is stored: its columns tell which rows have the same.

use super::Selection;
use super::plan::Node;
use crate::Filter;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Differ, Id, Lineage, NO_ROW, Own, Segment, UNLIKE};
use capture_event::code;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
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
    /// By number: of a type, a thread, an object, a quantity, a value. 0 is not known, 1 no, 2 yes.
    by_number: Vec<u8>,
    /// By type, for events without an object; [`ASK`] for types of which each has to be asked.
    without_object: Vec<u8>,
    /// By thread and lineage.
    by_actor: FxHashMap<(usize, usize), bool>,
}

/// In place of an answer: it depends on more.
const ASK: u8 = 3;

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
                Scope::Live | Scope::Params | Scope::Row | Scope::Order => false,
            };
            if !keep {
                answers.by_number.clear();
                answers.by_actor.clear();
            } else if test.scope == Scope::Type {
                answers.by_number.truncate(CODES);
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
        let (Some(test), Some(answers)) = (filter.plan().tests.get(number), self.answers.get_mut(number)) else {
            return Selection::none(rows.len());
        };
        let state = &mut self.state;
        let holds = |index| batch.row(index).is_some_and(|row| test.holds(row, filter.env(), state));
        match test.scope {
            Scope::Nothing => answers.by_number(rows, |_| Some(0), holds),
            Scope::Type => answers.by_number(rows, types(batch), holds),
            Scope::Own => answers.by_number(rows, numbers_of(&batch.own), holds),
            Scope::Object => answers.by_object(rows, batch, holds),
            Scope::Live => {
                let lives: &[u32] = &batch.live;
                let number = |index: usize| lives.get(index).filter(|live| **live != NO_ROW).map(|live| *live as usize);
                answers.by_number(rows, number, holds)
            }
            Scope::Actor => answers.by_actor(rows, &batch.own, &batch.lineage, holds),
            Scope::Params => {
                let Some(late) = &batch.late_params else { return rows.filter(holds) };
                let alike = late.alike(&|code| test.differ(filter.view(), code));
                let number = |index: usize| alike.get(index).filter(|number| **number != UNLIKE);
                answers.by_number(rows, |index| number(index).map(|number| *number as usize), holds)
            }
            Scope::Row | Scope::Order => rows.filter(holds),
        }
    }
}

/// The numbers of what rows have; `None` for those that have nothing.
fn numbers_of<T>(ids: &[Id<T>]) -> impl Fn(usize) -> Option<usize> {
    |index| ids.get(index).filter(|id| !id.is_none()).map(|id| id.index())
}

/// Codes are less than this. Greater numbers stand for types that codes do not tell, and mean something else in each
/// batch.
const CODES: usize = 1 << 16;

/// The types of rows as numbers; `None` for those that have to be asked for theirs.
fn types(batch: &Batch) -> impl Fn(usize) -> Option<usize> {
    let codes: &[u16] = &batch.code;
    let alike: OnceCell<Vec<u32>> = OnceCell::new();
    let other = move |index: usize| {
        let late = batch.late_params.as_ref()?;
        // Calls without a type of their own: the numbers of the call in the schema and in the kernel.
        let differ = |code| match code {
            code::GENERIC_E | code::GENERIC_X => Differ::InParams(vec![0, 1]),
            _ => Differ::InMore,
        };
        let number = *alike.get_or_init(|| late.alike(&differ)).get(index)?;
        (number != UNLIKE).then_some(CODES + number as usize)
    };
    move |index| {
        codes.get(index).and_then(|code| if says_its_type(*code) { Some((*code).into()) } else { other(index) })
    }
}

impl Answers {
    /// The rows for which a condition holds that depends on one thing. `number`: of what the row has; without one, the
    /// condition is computed for the row.
    fn by_number(
        &mut self,
        rows: &Selection,
        number: impl Fn(usize) -> Option<usize>,
        mut compute: impl FnMut(usize) -> bool,
    ) -> Selection {
        rows.filter(|index| match number(index) {
            None => compute(index),
            Some(number) => known(&mut self.by_number, number, || compute(index)),
        })
    }

    /// The same for one that depends on the object. Events that have nothing to do with descriptors have none, and are
    /// all alike.
    fn by_object(&mut self, rows: &Selection, batch: &Batch, mut compute: impl FnMut(usize) -> bool) -> Selection {
        let (number, codes, view) = (numbers_of(&batch.object), &*batch.code, batch.head.view);
        let has_none = |code: &u16| view.event(*code).is_some_and(|info| !info.is_about_fds());
        rows.filter(|index| match number(index) {
            Some(number) => known(&mut self.by_number, number, || compute(index)),
            None => {
                // Whether there can be one depends on the type: what is not known is looked up once.
                let Some(code) = codes.get(index) else { return compute(index) };
                let place = usize::from(*code);
                if place >= self.without_object.len() {
                    self.without_object.resize(place + 1, 0);
                }
                match self.without_object.get_mut(place) {
                    Some(answer) => {
                        if *answer == 0 {
                            *answer = if !has_none(code) { ASK } else { 1 + u8::from(compute(index)) };
                        }
                        if *answer == ASK { compute(index) } else { *answer == 2 }
                    }
                    None => compute(index),
                }
            }
        })
    }

    /// The same for one that depends on thread and lineage.
    fn by_actor(
        &mut self,
        rows: &Selection,
        owns: &[Id<Own>],
        lineages: &[Id<Lineage>],
        mut compute: impl FnMut(usize) -> bool,
    ) -> Selection {
        rows.filter(|index| {
            let own = owns.get(index).filter(|id| !id.is_none());
            match own.zip(lineages.get(index)) {
                None => compute(index),
                Some((own, lineage)) => {
                    *self.by_actor.entry((own.index(), lineage.index())).or_insert_with(|| compute(index))
                }
            }
        })
    }
}

/// The answer with a number, computed if it is not known.
#[inline]
fn known(answers: &mut Vec<u8>, number: usize, compute: impl FnOnce() -> bool) -> bool {
    if number >= answers.len() {
        answers.resize(number + 1, 0);
    }
    match answers.get_mut(number) {
        Some(known) => {
            if *known == 0 {
                *known = 1 + u8::from(compute());
            }
            *known == 2
        }
        None => compute(),
    }
}

/// Whether the code says which type an event is of; others say it in their parameters.
pub(super) fn says_its_type(code: u16) -> bool {
    !matches!(code, code::GENERIC_E | code::GENERIC_X | code::ASYNCEVENT_E | code::PLUGINEVENT_E)
}
