//! The conditions on the object alone.

use super::super::memo::Memo;
use super::super::set::Set;
use super::known::{Answers, Known, samples};
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Id, Needs, Object, Own, Row, Segment, Summary, Types};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Weak};

/// The conditions on the object alone of all filters, and their answers.
pub(super) struct Objects {
    /// By their numbers.
    tests: FxHashMap<usize, ObjectTest>,
    /// An event of each type with a thread.
    of_somebody: Batch,
    segment: Weak<Segment>,
}

struct ObjectTest {
    /// What it looks at where an event has no object.
    beyond: Needs,
    /// By object of the segment.
    answers: Memo,
    /// For events without an object, without a thread and with one, by the place of their type among the samples.
    without_object: FxHashMap<usize, Answers>,
}

impl Objects {
    pub fn new(set: &Set, count: usize) -> Self {
        let tests = set.tests().filter(|(_, test)| test.scope == Scope::Object).map(|(number, test)| {
            let (answers, without_object) = (Memo::default(), FxHashMap::default());
            (number, ObjectTest { beyond: test.looks_beyond_the_object(set.view), answers, without_object })
        });
        let tests: FxHashMap<_, _> = tests.collect();
        let segment = Arc::new(Segment::default());
        let somebody = segment.owns.push(Own::default()).unwrap_or(Id::NONE);
        let mut of_somebody = samples(set.view, segment, if tests.is_empty() { 0 } else { count });
        of_somebody.own.iter_mut().for_each(|own| *own = somebody);
        Objects { tests, of_somebody, segment: Weak::new() }
    }

    /// Whether no row of these types of a batch can be selected by a filter with these conditions on the object, since
    /// what rows worked on rules it out.
    pub fn rule_out(
        &mut self,
        set: &Set,
        (filter, tests): (usize, &[usize]),
        samples: &Batch,
        types: Types,
        summary: &Summary,
        segment: &Arc<Segment>,
    ) -> bool {
        if !std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(segment)) {
            self.segment = Arc::downgrade(segment);
            self.tests.values_mut().for_each(|test| test.answers.clear());
        }
        let mut found = Vec::with_capacity(tests.len());
        for number in tests {
            let Some(test) = self.tests.get_mut(number) else { return false };
            test.look_at(set, *number, &summary.objects, segment);
            test.look_at(set, *number, &summary.attempted, segment);
            found.push((*number, test.found(&summary.objects), test.found(&summary.attempted)));
        }
        let mut known = Known::new(set, found.iter().map(|(number, of_objects, _)| (*number, *of_objects)).collect());
        let mut states = set.states();
        samples.rows().filter(|row| types.contains(row.code())).all(|row| {
            let is_bare = summary.without_object.contains(row.code());
            let is_named = !summary.unnamed.contains(row.code());
            for (number, of_objects, of_attempted) in &found {
                let mut answers = *of_objects;
                if let Some(test) = self.tests.get_mut(number).filter(|_| is_bare) {
                    let rows = [Some(row), self.of_somebody.row(row.index)];
                    let bare = test.without_object(set, *number, rows.into_iter().flatten(), &mut states);
                    answers = match test.beyond {
                        Needs::REFERENCES if is_named => of_objects.or(bare).or(*of_attempted),
                        beyond if beyond.is_empty() => of_objects.or(bare),
                        _ => Answers::EITHER,
                    };
                }
                known.given.insert(*number, answers);
            }
            !known.may_select(filter, row)
        })
    }
}

impl ObjectTest {
    /// Computes what is not known yet of these objects.
    fn look_at(&mut self, set: &Set, number: usize, objects: &[Id<Object>], segment: &Arc<Segment>) {
        let mut evaluator = None;
        for id in objects {
            self.answers.get_or(id.index(), || {
                let (sample, states) =
                    evaluator.get_or_insert_with(|| (samples(set.view, segment.clone(), 1), set.states()));
                sample.object = vec![*id].into();
                states.iter_mut().for_each(State::next_rows);
                sample.row(0).is_some_and(|row| set.holds(number, row, states))
            });
        }
    }

    /// What is known for events without an object: of the type of these samples, of which one has a thread.
    fn without_object<'r>(
        &mut self,
        set: &Set,
        number: usize,
        samples: impl Iterator<Item = Row<'r>>,
        states: &mut [State],
    ) -> Answers {
        let mut samples = samples.peekable();
        let place = samples.peek().map_or(0, |sample| sample.index);
        let mut answer = |sample| {
            states.iter_mut().for_each(State::next_rows);
            Answers::always(set.holds(number, sample, states))
        };
        let known = self.without_object.entry(place);
        *known.or_insert_with(|| samples.fold(Answers::NONE, |all, sample| all.or(answer(sample))))
    }

    /// What is known for events that work on one of these.
    fn found(&self, objects: &[Id<Object>]) -> Answers {
        objects.iter().fold(Answers::NONE, |all, id| {
            all.or(self.answers.get(id.index()).map_or(Answers::EITHER, Answers::always))
        })
    }
}
