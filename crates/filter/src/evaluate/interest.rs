//! Which rows a filter can select at all, as far as their types and threads tell.
//!
//! Conditions on the type are decided for each type, and so are those on the object for types that have nothing to do
//! with descriptors: such events have no object. Conditions on the thread alone are decided once a thread. What is left
//! may hold or not.

use super::plan::Node;
use crate::Filter;
use crate::check::Test;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{
    Batch, Differ, Head, Id, Interest, NO_TYPE, Needs, Object, Own, ParamSlice, Row, RowFlags, RowHeader, RowOption,
    Segment, SourceInfo, Summary, Types, View,
};
use capture_event::tables::syscall;
use capture_event::{Dialect, EventInfo, Source, code, option};
use std::cell::OnceCell;
use std::ops::BitOr;
use std::sync::{Arc, Weak};

/// The rows that a filter can select.
pub struct FilterInterest {
    filter: Filter,
    /// The types of which any row can be selected.
    types: Types,
    /// The conditions on the thread alone, by their numbers.
    own_tests: Vec<usize>,
    /// The types of which rows can be selected, for each combination of answers to `own_tests` that was met.
    by_answers: Vec<(Box<[bool]>, Types)>,
    /// For every thread of the segment which of them holds, plus one; 0 if that is not known yet.
    by_own: Vec<u32>,
    segment: Weak<Segment>,
    /// The types of which rows without a thread can be selected.
    without_thread: Types,
    /// The conditions on the object alone.
    objects: ObjectTests,
    /// The calls of which events without a type of their own can be selected.
    calls: OnceCell<Vec<u16>>,
}

impl FilterInterest {
    pub(crate) fn new(filter: Filter) -> Self {
        let tests = filter.plan().tests.iter().enumerate();
        let own_tests = tests.filter(|(_, test)| test.scope == Scope::Own).map(|(number, _)| number).collect();
        let types = selectable(&filter, &[], &[]);
        let (by_answers, by_own, segment) = (Vec::new(), Vec::new(), Weak::new());
        let objects = ObjectTests::new(&filter);
        let mut new = FilterInterest {
            filter,
            types,
            own_tests,
            by_answers,
            by_own,
            segment,
            without_thread: types,
            objects,
            calls: OnceCell::new(),
        };
        let answers = new.answers_for(Id::NONE, &Arc::default());
        let selected = selectable(&new.filter, &new.own_tests, &answers);
        for info in new.filter.view().events().filter(|info| may_be_of_nobody(info)) {
            if !selected.contains(info.code) {
                new.without_thread.remove(info.code);
            }
        }
        new
    }

    /// The types of which rows with this thread can be selected.
    fn types_of(&mut self, own: Id<Own>, segment: &Arc<Segment>) -> Types {
        if !std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(segment)) {
            self.segment = Arc::downgrade(segment);
            self.by_own.clear();
        }
        if own.index() >= self.by_own.len() {
            self.by_own.resize(own.index() + 1, 0);
        }
        let known = self.by_own.get(own.index()).and_then(|known| known.checked_sub(1));
        if let Some((_, types)) = known.and_then(|known| self.by_answers.get(known as usize)) {
            return *types;
        }
        let answers = self.answers_for(own, segment);
        let met = self.by_answers.iter().position(|(other, _)| *other == answers);
        let index = met.unwrap_or_else(|| {
            let types = selectable(&self.filter, &self.own_tests, &answers);
            self.by_answers.push((answers, types));
            self.by_answers.len() - 1
        });
        if let Some(known) = self.by_own.get_mut(own.index()) {
            *known = u32::try_from(index + 1).unwrap_or(0);
        }
        self.by_answers.get(index).map_or(Types::ALL, |(_, types)| *types)
    }

    fn answers_for(&self, own: Id<Own>, segment: &Arc<Segment>) -> Box<[bool]> {
        let mut sample = samples(self.filter.view(), segment.clone(), 1);
        sample.own = vec![own].into();
        let mut state = self.filter.plan().state();
        let tests = self.own_tests.iter().filter_map(|&number| self.filter.plan().tests.get(number));
        let row = sample.row(0);
        tests.map(|test| row.is_some_and(|row| test.holds(row, self.filter.env(), &mut state))).collect()
    }
}

/// The calls, by the schema's numbers, of which an event that has no type of its own may be selected.
pub(crate) fn generic_calls(filter: &Filter) -> Vec<u16> {
    let ids = (0..syscall::COUNT).filter(|id| syscall::by_id(*id, Dialect::Newest).is_some());
    if filter.plan().is_ordered() {
        return ids.collect();
    }
    let mut known = Known { filter, tests: &[], answers: &[], state: filter.plan().state() };
    let mut may_hold = |id: &u16| {
        let sample = generic_samples(filter.view(), *id);
        sample.rows().any(|row| known.of(&filter.plan().arranged, row).may_hold)
    };
    ids.filter(|id| may_hold(id)).collect()
}

impl Interest for FilterInterest {
    fn types(&self) -> Types {
        self.types
    }

    #[inline]
    fn wants(&mut self, code: u16, own: Id<Own>, segment: &Arc<Segment>) -> bool {
        if own.is_none() {
            return self.without_thread.contains(code);
        }
        self.own_tests.is_empty() || self.types_of(own, segment).contains(code)
    }

    fn passes_over(
        &mut self,
        summary: &Summary,
        segment: &mut dyn FnMut() -> Option<Arc<Segment>>,
    ) -> Option<&'static str> {
        let mut left = self.types.and(summary.types);
        if left.contains(code::GENERIC_E) || left.contains(code::GENERIC_X) {
            let wanted = self.calls.get_or_init(|| generic_calls(&self.filter));
            if !summary.calls.iter().any(|call| *call == Summary::ANY_CALL || wanted.contains(call)) {
                [code::GENERIC_E, code::GENERIC_X].into_iter().for_each(|code| left.remove(code));
            }
        }
        if left.is_empty() {
            return Some(NO_TYPE);
        }
        if self.filter.plan().is_ordered() || self.own_tests.is_empty() && self.objects.is_empty() {
            return None;
        }
        let segment = segment()?;
        if !self.own_tests.is_empty() {
            let without_thread = self.without_thread.and(summary.without_own);
            let of_own = |own: &Id<Own>| self.types_of(*own, &segment);
            left = left.and(summary.owns.iter().map(of_own).fold(without_thread, Types::bitor));
        }
        if left.is_empty() {
            return Some("no event is of a thread that is looked for");
        }
        let nothing_found = self.objects.rule_out(&self.filter, left, summary, &segment);
        nothing_found.then_some("no event works on what is looked for")
    }
}

/// Whether an event of this type without a thread says nothing of any. Others, such as those that tell of containers,
/// answer for what they tell of.
fn may_be_of_nobody(info: &EventInfo) -> bool {
    info.source == Source::Syscall || matches!(info.code, code::SCHEDSWITCH_6_E | code::PROCINFO_E)
}

/// What is known of a condition's answers for some events.
#[derive(Clone, Copy)]
struct Answers {
    may_hold: bool,
    may_fail: bool,
}

impl Answers {
    const EITHER: Answers = Answers { may_hold: true, may_fail: true };

    /// That of no event.
    const NONE: Answers = Answers { may_hold: false, may_fail: false };

    fn always(answer: bool) -> Self {
        Answers { may_hold: answer, may_fail: !answer }
    }

    /// What is known of events of which some have these answers, and some those.
    fn or(self, other: Answers) -> Self {
        Answers { may_hold: self.may_hold || other.may_hold, may_fail: self.may_fail || other.may_fail }
    }
}

/// The types of which an event may be selected, given the answers to some conditions; all of them if conditions depend
/// on the events before.
fn selectable(filter: &Filter, tests: &[usize], answers: &[bool]) -> Types {
    let answers: Vec<Answers> = answers.iter().map(|answer| Answers::always(*answer)).collect();
    let plan = filter.plan();
    if plan.is_ordered() {
        return Types::ALL;
    }
    let view = filter.view();
    let mut known = Known { filter, tests, answers: &answers, state: plan.state() };
    let mut types = Types::NONE;
    for row in samples(view, Arc::default(), view.events().count()).rows() {
        if known.of(&plan.arranged, row).may_hold {
            types.insert(row.code());
        }
    }
    types
}

/// The conditions on the object alone.
struct ObjectTests {
    /// Their numbers.
    tests: Vec<usize>,
    /// What each looks at where an event has no object.
    beyond: Vec<Needs>,
    /// An event of each type.
    samples: Batch,
    /// The answers of each to these, without a thread and with one.
    without_object: Vec<Vec<Answers>>,
    /// For each, and every object of the segment: 0 is not known, 1 no, 2 yes.
    answers: Vec<Vec<u8>>,
    segment: Weak<Segment>,
}

impl ObjectTests {
    fn new(filter: &Filter) -> Self {
        let (view, plan) = (filter.view(), filter.plan());
        let tests = plan.tests.iter().enumerate().filter(|(_, test)| test.scope == Scope::Object);
        let (tests, beyond): (Vec<usize>, Vec<Needs>) =
            tests.map(|(number, test)| (number, test.looks_beyond_the_object(view))).unzip();
        let answers = vec![Vec::new(); tests.len()];
        let count = if tests.is_empty() { 0 } else { view.events().count() };
        let samples = samples(view, Arc::default(), count);
        let without_object = without_object(filter, &tests, &samples);
        ObjectTests { tests, beyond, samples, without_object, answers, segment: Weak::new() }
    }

    fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether no row of these types of a batch can be selected, since what rows worked on rules it out.
    fn rule_out(&mut self, filter: &Filter, types: Types, summary: &Summary, segment: &Arc<Segment>) -> bool {
        if self.is_empty() {
            return false;
        }
        self.look_at(filter, &summary.objects, segment);
        self.look_at(filter, &summary.attempted, segment);
        let all = |objects: &[_]| self.answers.iter().map(|answers| found(answers, objects)).collect::<Vec<_>>();
        let (of_objects, of_attempted) = (all(&summary.objects), all(&summary.attempted));
        self.samples.rows().zip(&self.without_object).filter(|(row, _)| types.contains(row.code())).all(
            |(row, bare)| {
                let mut given = of_objects.clone();
                if summary.without_object.contains(row.code()) {
                    let is_named = !summary.unnamed.contains(row.code());
                    for ((answers, beyond), (bare, attempted)) in
                        given.iter_mut().zip(&self.beyond).zip(bare.iter().zip(&of_attempted))
                    {
                        *answers = match *beyond {
                            Needs::REFERENCES if is_named => answers.or(*bare).or(*attempted),
                            beyond if beyond.is_empty() => answers.or(*bare),
                            _ => Answers::EITHER,
                        };
                    }
                }
                let state = filter.plan().state();
                let mut known = Known { filter, tests: &self.tests, answers: &given, state };
                !known.of(&filter.plan().arranged, row).may_hold
            },
        )
    }

    /// Computes what is not known yet of these objects.
    fn look_at(&mut self, filter: &Filter, objects: &[Id<Object>], segment: &Arc<Segment>) {
        if !std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(segment)) {
            self.segment = Arc::downgrade(segment);
            self.answers.iter_mut().for_each(Vec::clear);
        }
        let most = objects.iter().map(|id| id.index() + 1).max().unwrap_or(0);
        let mut sample = samples(filter.view(), segment.clone(), 1);
        let mut state = filter.plan().state();
        for (answers, number) in self.answers.iter_mut().zip(&self.tests) {
            if answers.len() < most {
                answers.resize(most, 0);
            }
            let Some(test) = filter.plan().tests.get(*number) else { continue };
            for id in objects {
                let Some(answer) = answers.get_mut(id.index()).filter(|answer| **answer == 0) else { continue };
                sample.object = vec![*id].into();
                state.next_rows();
                *answer = 1 + u8::from(sample.row(0).is_some_and(|row| test.holds(row, filter.env(), &mut state)));
            }
        }
    }
}

/// The answers of conditions to each of these events, which have no object. It may matter whether there is a thread.
fn without_object(filter: &Filter, tests: &[usize], samples: &Batch) -> Vec<Vec<Answers>> {
    let segment = Arc::new(Segment::default());
    let somebody = segment.owns.push(Own::default()).unwrap_or(Id::NONE);
    let mut of_somebody = self::samples(filter.view(), segment, samples.len());
    of_somebody.own.iter_mut().for_each(|own| *own = somebody);
    let (plan, mut state) = (filter.plan(), filter.plan().state());
    let mut answers = |row: Row<'_>, number: &usize| {
        let Some(test) = plan.tests.get(*number) else { return Answers::EITHER };
        [Some(row), of_somebody.row(row.index)].into_iter().flatten().fold(Answers::NONE, |answers, row| {
            state.next_rows();
            answers.or(Answers::always(test.holds(row, filter.env(), &mut state)))
        })
    };
    samples.rows().map(|row| tests.iter().map(|number| answers(row, number)).collect()).collect()
}

/// What is known of a condition, given its answers by object, for events that work on one of these.
fn found(answers: &[u8], objects: &[Id<Object>]) -> Answers {
    objects.iter().fold(Answers::NONE, |all, id| {
        all.or(answers.get(id.index()).map_or(Answers::EITHER, |answer| Answers::always(*answer == 2)))
    })
}

/// What is known of all events of a type.
struct Known<'f> {
    filter: &'f Filter,
    /// Conditions whose answers are given.
    tests: &'f [usize],
    answers: &'f [Answers],
    state: State,
}

impl Known<'_> {
    fn of(&mut self, node: &Node, sample: Row<'_>) -> Answers {
        match node {
            Node::Not(inner) => {
                let inner = self.of(inner, sample);
                Answers { may_hold: inner.may_fail, may_fail: inner.may_hold }
            }
            Node::All(parts) => parts.iter().fold(Answers::always(true), |all, part| {
                let part = self.of(part, sample);
                Answers { may_hold: all.may_hold && part.may_hold, may_fail: all.may_fail || part.may_fail }
            }),
            Node::Any(parts) => parts.iter().fold(Answers::always(false), |any, part| {
                let part = self.of(part, sample);
                Answers { may_hold: any.may_hold || part.may_hold, may_fail: any.may_fail && part.may_fail }
            }),
            Node::Test(number) => self.of_test(*number, sample),
        }
    }

    fn of_test(&mut self, number: usize, sample: Row<'_>) -> Answers {
        let given = self.tests.iter().zip(self.answers).find(|&(&test, _)| test == number);
        if let Some((_, answer)) = given {
            return *answer;
        }
        match self.filter.plan().tests.get(number) {
            Some(test) if is_decided(test, sample) => {
                Answers::always(test.holds(sample, self.filter.env(), &mut self.state))
            }
            _ => Answers::EITHER,
        }
    }
}

/// Whether a condition's answer is the same for all events of the sample's type.
fn is_decided(test: &Test, sample: Row<'_>) -> bool {
    match test.scope {
        Scope::Nothing => true,
        Scope::Type => super::columns::says_its_type(sample.code()) || sample.param_count() > 0,
        Scope::Object => !sample.info().is_some_and(EventInfo::is_about_fds),
        Scope::Params => test.differ(sample.view(), sample.code()) == Differ::InNothing,
        Scope::Own | Scope::Actor | Scope::Live | Scope::Row | Scope::Order => false,
    }
}

/// An event of each of the first `count` types, without parameters, thread and object.
fn samples(view: View, segment: Arc<Segment>, count: usize) -> Batch {
    let mut batch = Batch::with_capacity(head(view), segment, count);
    view.events().take(count).for_each(|info| batch.push_unbound(header(info.code)));
    batch
}

/// The two events of a call without a type of its own, as recorders write them.
fn generic_samples(view: View, id: u16) -> Batch {
    let mut batch = Batch::new(head(view), Arc::default());
    batch.chunks.push(id.to_le_bytes().to_vec().into());
    for (row, code) in [code::GENERIC_E, code::GENERIC_X].into_iter().enumerate() {
        let value = ParamSlice { chunk: 0, start: 0, len: 2 };
        batch.params.push(value);
        batch.options.push(RowOption { row: row as u32, code: option::CALL, value });
        batch.push_unbound(header(code));
    }
    batch
}

fn head(view: View) -> Head {
    Head { view, source: Arc::new(SourceInfo::default()), first_ts: 0, ts_before: 0 }
}

fn header(code: u16) -> RowHeader {
    RowHeader { num: 0, ts: 0, tid: 0, cpu: 0, code, flags: RowFlags::empty() }
}
