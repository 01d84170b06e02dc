//! The conditions on the thread alone, and of these, the ones on its program and container.

use super::super::memo::Memo;
use super::super::set::Set;
use super::known::samples;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Id, Own, Segment};
use std::sync::Arc;

/// The conditions on the thread alone of all filters, and their answers.
pub(super) struct Threads {
    tests: Vec<ThreadTest>,
    states: Vec<State>,
    /// An event of the segment that answers are for.
    sample: Option<Batch>,
}

struct ThreadTest {
    number: usize,
    /// By thread of the segment.
    answers: Memo,
}

impl Threads {
    /// `scopes`: what the conditions depend on.
    pub fn new(set: &Set, scopes: &[Scope]) -> Self {
        let tests = set.tests().filter(|(_, test)| scopes.contains(&test.scope));
        let tests = tests.map(|(number, _)| ThreadTest { number, answers: Memo::default() }).collect();
        Threads { tests, states: set.states(), sample: None }
    }

    /// Their numbers.
    pub fn tests(&self) -> impl Iterator<Item = usize> {
        self.tests.iter().map(|test| test.number)
    }

    /// Turns to the threads of a segment.
    pub fn begin(&mut self, set: &Set, segment: &Arc<Segment>) {
        self.tests.iter_mut().for_each(|test| test.answers.clear());
        self.sample = Some(samples(set.view, segment.clone(), 1));
    }

    /// Turns away from the segment.
    pub fn end(&mut self) {
        self.sample = None;
    }

    /// Turns to the programs of a segment, as if each were a thread's, unless that was done already.
    pub fn begin_programs(&mut self, set: &Set, segment: &Segment) {
        if self.sample.is_some() {
            return;
        }
        let programs = Segment::default();
        for place in 0..segment.programs.len() as u32 {
            segment.programs.get(Id::new(place)).and_then(|own| programs.owns.push(own.clone()));
        }
        for place in 0..segment.containers.len() as u32 {
            segment.containers.get(Id::new(place)).and_then(|container| programs.containers.push(container.clone()));
        }
        self.begin(set, &Arc::new(programs));
    }

    /// The answers of some of the conditions, by their places, for a thread of the segment; [`Id::NONE`] for none.
    pub fn answers(&mut self, set: &Set, places: &[usize], own: Id<Own>) -> Box<[bool]> {
        places.iter().map(|place| self.holds(set, *place, own)).collect()
    }

    fn holds(&mut self, set: &Set, place: usize, own: Id<Own>) -> bool {
        let Threads { tests, states, sample } = self;
        let (Some(test), Some(sample)) = (tests.get_mut(place), sample) else { return false };
        let mut compute = || {
            sample.own = vec![own].into();
            sample.row(0).is_some_and(|row| set.holds(test.number, row, states))
        };
        if own.is_none() { compute() } else { test.answers.get_or(own.index(), compute) }
    }
}
