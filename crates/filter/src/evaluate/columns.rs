//! Condition by condition over all rows that are still undecided.
//!
//! A condition of a conjunction sees the rows for which those before it hold, one of a disjunction the rows for which
//! those before it do not: just the rows that [`super::Sequential`] would show it, in the same order. So conditions
//! that remember earlier rows give the same answers as well.
//!
//! What depends on a thread, an object or a type alone is computed once for each and kept as long as batches of the
//! same segment follow each other. What depends on parameters is computed once for each of their values, where a batch
//! is stored: its columns tell which rows have the same.
//!
//! Filters of one [set](super::FilterSet) share all that. What several of them ask is kept for the rows that it was
//! asked of, and only other rows are looked at by whoever asks next.

use super::Selection;
use super::memo::Memo;
use super::plan::Node;
use super::set::Set;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Alike, Batch, Differ, Id, LateParams, Lineage, NO_ROW, Own, Segment};
use capture_event::code;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::sync::{Arc, Weak};

/// Evaluates filters batch by batch.
pub struct Columns {
    set: Arc<Set>,
    /// One for each filter.
    states: Vec<State>,
    /// For each condition, what is known of it.
    answers: Vec<Answers>,
    /// What is kept of each node while a batch is worked on.
    kept: Vec<Kept>,
    /// The segment that answers by id belong to.
    segment: Weak<Segment>,
}

/// Answers of one condition.
#[derive(Default)]
struct Answers {
    /// By number: of a type, a thread, an object, a quantity, a value.
    by_number: Memo,
    /// By type: whether its events have no object.
    is_objectless: Memo,
    /// By type, for events of such types.
    without_object: Memo,
    /// By thread and lineage.
    by_actor: FxHashMap<(usize, usize), bool>,
}

/// What is kept of a node's answers for a batch.
enum Kept {
    /// Nothing: it is asked once.
    Never,
    /// Nothing yet.
    Nothing,
    /// The rows that are known, and those of them for which it holds.
    Known { rows: Selection, hits: Selection },
}

impl Columns {
    pub(super) fn new(set: Arc<Set>) -> Self {
        let kept = |is_worth| if is_worth { Kept::Nothing } else { Kept::Never };
        let kept = set.worth_keeping().into_iter().map(kept).collect();
        let answers = set.tests().map(|_| Answers::default()).collect();
        Columns { states: set.states(), answers, kept, segment: Weak::new(), set }
    }

    /// Those of `rows` that the first filter selects, see [`Columns::on`].
    pub fn select(&mut self, batch: &Batch, rows: &Selection) -> Selection {
        self.on(batch).select(0, rows)
    }

    /// Begins with a batch. If a filter [is ordered](crate::Filter::is_ordered), batches have to come in their order.
    pub fn on<'b>(&mut self, batch: &'b Batch) -> OnBatch<'_, 'b> {
        self.next_batch(batch);
        OnBatch { columns: self, batch }
    }

    /// Drops what holds for earlier batches only.
    fn next_batch(&mut self, batch: &Batch) {
        self.states.iter_mut().for_each(State::next_rows);
        for kept in self.kept.iter_mut().filter(|kept| matches!(kept, Kept::Known { .. })) {
            *kept = Kept::Nothing;
        }
        let same_segment = std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(&batch.segment));
        for ((_, test), answers) in self.set.tests().zip(&mut self.answers) {
            let keep = match test.scope {
                Scope::Nothing | Scope::Code | Scope::Type => true,
                Scope::Program | Scope::Own | Scope::Object | Scope::Actor => same_segment,
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
}

/// Evaluates filters over one batch.
pub struct OnBatch<'c, 'b> {
    columns: &'c mut Columns,
    batch: &'b Batch,
}

impl OnBatch<'_, '_> {
    /// Those of `rows` that a filter of the set selects. Ask each filter once a batch: what is selected by one that is
    /// ordered depends on the rows that it was shown.
    pub fn select(&mut self, filter: usize, rows: &Selection) -> Selection {
        let set = self.columns.set.clone();
        match set.roots.get(filter) {
            Some(root) => self.node(&set, *root, rows),
            None => Selection::none(rows.len()),
        }
    }

    fn node(&mut self, set: &Set, number: usize, rows: &Selection) -> Selection {
        let unknown = match self.columns.kept.get(number) {
            Some(Kept::Known { rows: known, .. }) => {
                let mut unknown = rows.clone();
                unknown.remove(known);
                unknown
            }
            Some(Kept::Nothing) => rows.clone(),
            Some(Kept::Never) | None => return self.compute(set, number, rows),
        };
        if !unknown.is_empty() {
            let hits = self.compute(set, number, &unknown);
            self.keep(number, unknown, hits);
        }
        let mut found = rows.clone();
        match self.columns.kept.get(number) {
            Some(Kept::Known { hits, .. }) => found.keep(hits),
            _ => found = Selection::none(rows.len()),
        }
        found
    }

    fn keep(&mut self, number: usize, more: Selection, more_hits: Selection) {
        match self.columns.kept.get_mut(number) {
            Some(Kept::Known { rows, hits }) => {
                rows.add(&more);
                hits.add(&more_hits);
            }
            Some(kept) => *kept = Kept::Known { rows: more, hits: more_hits },
            None => {}
        }
    }

    fn compute(&mut self, set: &Set, number: usize, rows: &Selection) -> Selection {
        match set.nodes.get(number) {
            Some(Node::Test(number)) => self.test(set, *number, rows),
            Some(Node::Not(inner)) => {
                let mut rest = rows.clone();
                rest.remove(&self.node(set, *inner, rows));
                rest
            }
            Some(Node::All(parts)) => {
                let mut left = rows.clone();
                for part in parts {
                    if left.is_empty() {
                        break;
                    }
                    left = self.node(set, *part, &left);
                }
                left
            }
            Some(Node::Any(parts)) => {
                let (mut undecided, mut hits) = (rows.clone(), Selection::none(rows.len()));
                for part in parts {
                    if undecided.is_empty() {
                        break;
                    }
                    let more = self.node(set, *part, &undecided);
                    undecided.remove(&more);
                    hits.add(&more);
                }
                hits
            }
            None => Selection::none(rows.len()),
        }
    }

    fn test(&mut self, set: &Set, number: usize, rows: &Selection) -> Selection {
        let Columns { states, answers, .. } = &mut *self.columns;
        let (Some(test), Some(answers)) = (set.test(number), answers.get_mut(number)) else {
            return Selection::none(rows.len());
        };
        let batch = self.batch;
        let holds = |index| batch.row(index).is_some_and(|row| set.holds(number, row, states));
        match test.scope {
            Scope::Nothing => answers.by_number(rows, |_| Some(0), holds),
            Scope::Code => {
                let codes: &[u16] = &batch.code;
                answers.by_number(rows, |index| codes.get(index).map(|code| (*code).into()), holds)
            }
            Scope::Type => answers.by_number(rows, types(batch), holds),
            Scope::Program | Scope::Own => answers.by_number(rows, numbers_of(&batch.own), holds),
            Scope::Object => answers.by_object(rows, batch, holds),
            Scope::Live => {
                let lives: &[u32] = &batch.live;
                let number = |index: usize| lives.get(index).filter(|live| **live != NO_ROW).map(|live| *live as usize);
                answers.by_number(rows, number, holds)
            }
            Scope::Actor => answers.by_actor(rows, &batch.own, &batch.lineage, holds),
            Scope::Params => {
                let late = batch.late_params.as_ref().filter(|_| rows.count() > batch.len() / FEW);
                let Some(late) = late else { return rows.filter(holds) };
                by_group(&**late, &|code| test.differ(set.view, code), rows, holds)
            }
            Scope::Row | Scope::Order => rows.filter(holds),
        }
    }
}

/// Of a batch, one row in so many is asked by itself rather than to find out which rows are alike.
const FEW: usize = 64;

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
    let groups: OnceCell<Vec<u32>> = OnceCell::new();
    let other = move |index: usize| {
        let late = batch.late_params.as_ref()?;
        // Calls without a type of their own: the numbers of the call in the schema and in the kernel.
        let differ = |code| match code {
            code::GENERIC_E | code::GENERIC_X => Differ::InParams(vec![0, 1]),
            _ => Differ::InMore,
        };
        let number = *groups.get_or_init(|| numbers(&**late, &differ, codes.len())).get(index)?;
        (number != UNKNOWN).then_some(CODES + number as usize)
    };
    move |index| {
        codes.get(index).and_then(|code| if says_its_type(*code) { Some((*code).into()) } else { other(index) })
    }
}

/// In place of the number of a group: the row is of none.
const UNKNOWN: u32 = u32::MAX;

/// For each of `len` rows the number of its group.
fn numbers(late: &dyn LateParams, differ: &dyn Fn(u16) -> Differ, len: usize) -> Vec<u32> {
    let (mut numbers, mut next) = (vec![UNKNOWN; len], 0);
    late.alike(differ, &mut |alike| {
        let Alike::Group(group) = alike else { return };
        for row in group {
            if let Some(of_row) = numbers.get_mut(row as usize) {
                *of_row = next;
            }
        }
        next += 1;
    });
    numbers
}

/// The rows for which a condition holds: one of each group is asked, and each that is of none.
fn by_group(
    late: &dyn LateParams,
    differ: &dyn Fn(u16) -> Differ,
    rows: &Selection,
    mut holds: impl FnMut(usize) -> bool,
) -> Selection {
    let mut hits = Selection::none(rows.len());
    late.alike(differ, &mut |alike| match alike {
        Alike::Group(group) => {
            let mut asked = group.map(|row| row as usize).filter(|row| rows.contains(*row));
            if let Some(first) = asked.next().filter(|first| holds(*first)) {
                hits.insert(first);
                asked.for_each(|row| hits.insert(row));
            }
        }
        Alike::Others(others) => {
            let asked = others.map(|row| row as usize).filter(|row| rows.contains(*row));
            asked.filter(|row| holds(*row)).for_each(|row| hits.insert(row));
        }
    });
    hits
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
            Some(number) => self.by_number.get_or(number, || compute(index)),
        })
    }

    /// The same for one that depends on the object. Events that have nothing to do with descriptors have none, and are
    /// all alike.
    fn by_object(&mut self, rows: &Selection, batch: &Batch, mut compute: impl FnMut(usize) -> bool) -> Selection {
        let (number, codes, view) = (numbers_of(&batch.object), &*batch.code, batch.head.view);
        let has_none = |code: u16| view.event(code).is_some_and(|info| !info.is_about_fds());
        rows.filter(|index| match number(index) {
            Some(number) => self.by_number.get_or(number, || compute(index)),
            None => match codes.get(index).copied() {
                Some(code) if self.is_objectless.get_or(code.into(), || has_none(code)) => {
                    self.without_object.get_or(code.into(), || compute(index))
                }
                _ => compute(index),
            },
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

/// Whether the code says which type an event is of; others say it in their parameters.
pub(super) fn says_its_type(code: u16) -> bool {
    !matches!(code, code::GENERIC_E | code::GENERIC_X | code::ASYNCEVENT_E | code::PLUGINEVENT_E)
}
