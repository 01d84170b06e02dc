//! The conditions on the object alone.

use super::super::memo::Memo;
use super::super::set::Set;
use super::combinations::Combinations;
use super::known::{Answers, Known, event, samples};
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Id, Needs, Object, Own, Row, Segment, Summary, Types};
use capture_event::EventInfo;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What one filter can select, given the object.
pub(super) struct OfObjects {
    /// The filter, and its conditions on the object alone.
    filter: usize,
    tests: Vec<usize>,
    /// The types of which it can select rows without an object.
    without_object: Types,
    /// The types of which it can select rows, by answers to `tests`.
    types: Combinations,
}

impl OfObjects {
    /// What a filter with these conditions on the object alone can select of events of these types.
    pub fn new(
        set: &Set,
        (filter, tests): (usize, Vec<usize>),
        samples: &Batch,
        types: Types,
        objects: &mut Objects,
    ) -> Self {
        let (mut without_object, mut states) = (Types::NONE, set.states());
        let mut known = Known::new(set, Default::default());
        for sample in samples.rows().filter(|sample| types.contains(sample.code())) {
            for number in &tests {
                known.given.insert(*number, objects.without_object(set, *number, sample, &mut states));
            }
            if known.may_select(filter, sample) {
                without_object.insert(sample.code());
            }
        }
        OfObjects { filter, tests, without_object, types: Combinations::default() }
    }

    /// Forgets the objects of a segment.
    pub fn end(&mut self) {
        self.types.end();
    }

    /// Whether the filter can select an event with this type and these parameters, of a thread, that failed to open an
    /// absolute path.
    pub fn wants_attempt(&self, set: &Set, objects: &Objects, (code, params): (u16, &[&[u8]])) -> bool {
        let batch = objects.attempt(set, code, params);
        let Some(row) = batch.row(0) else { return true };
        let (mut known, mut states) = (Known::new(set, Default::default()), set.states());
        for number in &self.tests {
            known.given.insert(*number, objects.of_attempt(set, *number, row, &mut states));
        }
        known.may_select(self.filter, row)
    }

    /// Whether the filter can select rows of a type with this object, of those types of which it can select any.
    pub fn wants(
        &mut self,
        (set, samples, objects): (&Set, &Batch, &mut Objects),
        types: Types,
        (code, object): (u16, Id<Object>),
        segment: &Arc<Segment>,
    ) -> bool {
        if object.is_none() {
            return self.without_object.contains(code);
        }
        if let Some(known) = self.types.of(object.index()) {
            return known.contains(code);
        }
        let answers = objects.answers(set, &self.tests, object, segment);
        let types = self.types.learn(Some(object.index()), answers, |answers| {
            let given = self.tests.iter().zip(answers).map(|(test, answer)| (*test, Answers::always(*answer)));
            Known::new(set, given.collect()).selectable(self.filter, samples, types)
        });
        types.contains(code)
    }
}

/// The conditions on the object alone of all filters, and their answers.
pub(super) struct Objects {
    /// By their numbers.
    tests: FxHashMap<usize, ObjectTest>,
    /// An event of each type with a thread.
    of_somebody: Batch,
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
        Objects { tests, of_somebody }
    }

    /// What conditions say of an object.
    fn answers(&mut self, set: &Set, tests: &[usize], object: Id<Object>, segment: &Arc<Segment>) -> Box<[bool]> {
        let answer = |number: &usize| {
            let Some(test) = self.tests.get_mut(number) else { return true };
            test.look_at(set, *number, &[object], segment);
            test.answers.get(object.index()).unwrap_or(true)
        };
        tests.iter().map(answer).collect()
    }

    /// What is known of a condition's answers for events of the type of a sample, which have no object.
    fn without_object(&mut self, set: &Set, number: usize, sample: Row<'_>, states: &mut [State]) -> Answers {
        let Some(test) = self.tests.get_mut(&number) else { return Answers::EITHER };
        // What an event tried to open is known when it is over.
        let is_over = !sample.info().is_some_and(EventInfo::is_enter);
        if test.beyond.contains(Needs::OPTIONS) || is_over && test.beyond.contains(Needs::REFERENCES) {
            return Answers::EITHER;
        }
        let rows = [Some(sample), self.of_somebody.row(sample.index)];
        test.without_object(set, number, rows.into_iter().flatten(), states)
    }

    /// An event of a thread without an object.
    fn attempt(&self, set: &Set, code: u16, params: &[&[u8]]) -> Batch {
        let mut batch = event(set.view, self.of_somebody.segment.clone(), code, params);
        batch.own = self.of_somebody.own.iter().take(1).copied().collect::<Vec<_>>().into();
        batch
    }

    /// What is known of a condition's answer for an event that failed to open an absolute path.
    fn of_attempt(&self, set: &Set, number: usize, row: Row<'_>, states: &mut [State]) -> Answers {
        // Options say more than the path.
        let knows_all = |test: &ObjectTest| !test.beyond.contains(Needs::OPTIONS);
        if !self.tests.get(&number).is_some_and(knows_all) {
            return Answers::EITHER;
        }
        states.iter_mut().for_each(State::next_rows);
        Answers::always(set.holds(number, row, states))
    }

    /// Forgets the objects of a segment.
    pub fn end(&mut self) {
        self.tests.values_mut().for_each(|test| test.answers.clear());
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
