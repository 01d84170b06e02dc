//! Which rows filters can select at all, as far as their types, threads and objects tell.
//!
//! Conditions on the type are decided for each type, and so are those on the object for types that have nothing to do
//! with descriptors: such events have no object. Conditions on the thread alone are decided once a thread, those on the
//! object alone, of a single filter, once an object, or once a path that calls failed to open. What is left may hold or
//! not.

mod attempts;
mod combinations;
mod known;
mod objects;
mod threads;

use super::set::Set;
use crate::check::scope::Scope;
use attempts::Attempts;
use capture_batch::{Batch, Id, Interest, NO_TYPE, Object, Own, Segment, Summary, Types};
use capture_event::tables::syscall;
use capture_event::{Dialect, EventInfo, Source, code};
use combinations::Combinations;
use known::{Answers, Known, generic_samples, samples};
use objects::{Objects, OfObjects};
use std::cell::OnceCell;
use std::ops::BitOr;
use std::sync::{Arc, Weak};
use threads::Threads;

/// The rows that filters of a set can select.
pub struct FilterInterest {
    set: Arc<Set>,
    filters: Vec<OfFilter>,
    /// The types of which any filter can select any row.
    types: Types,
    /// The types of which rows without a thread can be selected.
    without_thread: Types,
    /// An event of each type.
    samples: Batch,
    threads: Threads,
    programs: Threads,
    objects: Objects,
    /// What is selected given the object, if there is one filter and it asks for that.
    of_objects: Option<OfObjects>,
    attempts: Attempts,
    /// The segment that what is known of threads and objects belongs to.
    segment: Weak<Segment>,
    /// For every thread of the segment, the types of which any filter can select rows; `None` if it is not known yet.
    by_own: Vec<Option<Types>>,
    /// For every call, whether any filter can select events of it that have no type of their own; `None` if it is not
    /// known yet.
    by_call: Vec<Option<bool>>,
    /// The filter that wanted the last batch: it may well want the next one.
    wanting: usize,
}

/// What one filter can select.
struct OfFilter {
    /// The types of which it can select any row.
    types: Types,
    /// The types of which it can select rows without a thread.
    without_thread: Types,
    /// What it can select of threads, and, more roughly, of programs.
    of_threads: OfThreads,
    of_programs: OfThreads,
    /// The types of which it can select rows with any program of the segment; `None` if that is not known yet.
    with_programs: Option<Types>,
    /// Its conditions on the object alone.
    object_tests: Vec<usize>,
    /// The calls of which it can select events without a type of their own.
    calls: OnceCell<Vec<u16>>,
}

/// What one filter can select, given the thread.
struct OfThreads {
    /// Its conditions on the thread alone: their places among all of them.
    tests: Vec<usize>,
    /// The types of which rows can be selected, by answers to `tests`.
    types: Combinations,
}

/// Why a filter can select nothing of a batch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Types,
    Threads,
    Objects,
}

impl FilterInterest {
    /// The rows of a set's filters, if each is shown events of these types alone.
    pub(super) fn new(set: Arc<Set>, shown: &[Types]) -> Self {
        let count = set.view.events().count();
        let samples = samples(set.view, Arc::default(), count);
        let mut threads = Threads::new(&set, &[Scope::Program, Scope::Own]);
        let (programs, mut objects) = (Threads::new(&set, &[Scope::Program]), Objects::new(&set, count));
        threads.begin(&set, &Arc::default());
        let shown = |at: usize| shown.get(at).copied().unwrap_or(Types::NONE);
        let filters: Vec<OfFilter> = (0..set.filters.len())
            .map(|at| OfFilter::new(&set, at, &samples, (&mut threads, &programs), shown(at)))
            .collect();
        // Of many filters it would take as long as evaluating them.
        let only = filters.first().filter(|only| filters.len() == 1 && !only.object_tests.is_empty());
        let of_objects = only
            .filter(|_| !set.filters.iter().any(|filter| filter.is_ordered()))
            .map(|only| OfObjects::new(&set, (0, only.object_tests.clone()), &samples, only.types, &mut objects));
        let all = |types: fn(&OfFilter) -> Types| filters.iter().map(types).fold(Types::NONE, Types::bitor);
        FilterInterest {
            types: all(|filter| filter.types),
            without_thread: all(|filter| filter.without_thread),
            set,
            filters,
            samples,
            threads,
            programs,
            objects,
            of_objects,
            attempts: Attempts::default(),
            segment: Weak::new(),
            by_own: Vec::new(),
            by_call: vec![None; usize::from(syscall::COUNT)],
            wanting: 0,
        }
    }

    /// The types of which a filter can select any row.
    pub fn types_of(&self, filter: usize) -> Types {
        self.filters.get(filter).map_or(Types::NONE, |filter| filter.types)
    }

    #[inline]
    fn is_of(&self, segment: &Arc<Segment>) -> bool {
        std::ptr::eq(self.segment.as_ptr(), Arc::as_ptr(segment))
    }

    /// Forgets threads and objects of other segments.
    fn turn_to(&mut self, segment: &Arc<Segment>) {
        if self.is_of(segment) {
            return;
        }
        self.segment = Arc::downgrade(segment);
        self.threads.begin(&self.set, segment);
        self.programs.end();
        self.objects.end();
        self.of_objects.iter_mut().for_each(OfObjects::end);
        self.by_own.clear();
        for filter in &mut self.filters {
            filter.of_threads.types.end();
            filter.of_programs.types.end();
            filter.with_programs = None;
        }
    }

    /// The types of which a filter can select rows with any program that the segment has; all of them if it is not
    /// known which these are.
    fn types_of_programs(&mut self, at: usize, segment: &Arc<Segment>) -> Types {
        let FilterInterest { set, filters, samples, programs, .. } = self;
        let Some(filter) = filters.get_mut(at).filter(|filter| !filter.of_programs.tests.is_empty()) else {
            return Types::ALL;
        };
        if let Some(known) = filter.with_programs {
            return known;
        }
        let count = segment.programs.len();
        let mut types = if count == 0 { Types::ALL } else { Types::NONE };
        programs.begin_programs(set, segment);
        for place in 0..count as u32 {
            types = types | filter.of_programs.types(set, at, samples, programs, (Id::new(place), filter.types));
        }
        filter.with_programs = Some(types);
        types
    }

    /// The types of which any filter can select rows with this thread, which was not met yet in its segment.
    fn types_of_thread(&mut self, own: Id<Own>, segment: &Arc<Segment>) -> Types {
        self.turn_to(segment);
        if own.index() >= self.by_own.len() {
            self.by_own.resize(own.index() + 1, None);
        }
        let FilterInterest { set, filters, samples, threads, .. } = self;
        let of_filter = |(at, filter): (usize, &mut OfFilter)| {
            filter.of_threads.types(set, at, samples, threads, (own, filter.types))
        };
        let types = filters.iter_mut().enumerate().map(of_filter).fold(Types::NONE, Types::bitor);
        if let Some(known) = self.by_own.get_mut(own.index()) {
            *known = Some(types);
        }
        types
    }

    /// Whether any filter can select events of a call, which was not met yet, that have no type of their own.
    fn may_select_call(&mut self, call: u16) -> bool {
        let generic = [code::GENERIC_E, code::GENERIC_X];
        let has_generic = |filter: &OfFilter| generic.iter().any(|code| filter.types.contains(*code));
        let mut filters = (0..).zip(&self.filters).filter(|(_, filter)| has_generic(filter));
        let wants = filters.any(|(at, _)| may_select_call(&self.set, at, call));
        if let Some(known) = self.by_call.get_mut(usize::from(call)) {
            *known = Some(wants);
        }
        wants
    }

    /// Why a filter can select nothing of a batch; `None` if it may.
    fn rules_out(&mut self, at: usize, looked_at: &mut LookedAt<'_>) -> Option<Why> {
        let (summary, filter) = (looked_at.summary, self.filters.get(at)?);
        let mut left = filter.types.and(summary.types);
        if left.contains(code::GENERIC_E) || left.contains(code::GENERIC_X) {
            let wanted = filter.calls.get_or_init(|| generic_calls(&self.set, at));
            if !summary.calls.iter().any(|call| *call == Summary::ANY_CALL || wanted.contains(call)) {
                [code::GENERIC_E, code::GENERIC_X].into_iter().for_each(|code| left.remove(code));
            }
        }
        if left.is_empty() {
            return Some(Why::Types);
        }
        let is_ordered = self.set.filters.get(at).is_none_or(|filter| filter.is_ordered());
        if is_ordered || filter.of_threads.tests.is_empty() && filter.object_tests.is_empty() {
            return None;
        }
        let segment = looked_at.segment()?;
        self.turn_to(&segment);
        let of_programs = self.types_of_programs(at, &segment);
        let FilterInterest { set, filters, samples, threads, objects, .. } = self;
        let filter = filters.get_mut(at)?;
        if !filter.of_threads.tests.is_empty() {
            let mut found = filter.without_thread.and(summary.without_own);
            // Threads are many, and are looked at only if their programs do not tell.
            left = left.and(found | of_programs);
            for own in &summary.owns {
                if found.and(left) == left {
                    break;
                }
                found = found | filter.of_threads.types(set, at, samples, threads, (*own, filter.types));
            }
            left = left.and(found);
        }
        if left.is_empty() {
            return Some(Why::Threads);
        }
        let tests = &*filter.object_tests;
        let nothing_found = !tests.is_empty() && objects.rule_out(set, (at, tests), samples, left, summary, &segment);
        nothing_found.then_some(Why::Objects)
    }
}

/// A batch that may be passed over.
struct LookedAt<'s> {
    summary: &'s Summary,
    load: &'s mut dyn FnMut() -> Option<Arc<Segment>>,
    segment: OnceCell<Option<Arc<Segment>>>,
}

impl LookedAt<'_> {
    /// The values that the summary names.
    fn segment(&mut self) -> Option<Arc<Segment>> {
        self.segment.get_or_init(&mut self.load).clone()
    }
}

impl OfFilter {
    fn new(set: &Set, at: usize, samples: &Batch, (threads, programs): (&mut Threads, &Threads), shown: Types) -> Self {
        let asked = set.tests_of(at);
        let is_on_object = |number: &usize| set.test(*number).is_some_and(|test| test.scope == Scope::Object);
        let object_tests = asked.iter().copied().filter(is_on_object).collect();
        let types = Known::new(set, Default::default()).selectable(at, samples, shown);
        let of_threads = |all: &Threads| {
            let tests = all.tests().enumerate().filter(|(_, test)| asked.contains(test));
            OfThreads { tests: tests.map(|(place, _)| place).collect(), types: Combinations::default() }
        };
        let mut new = OfFilter {
            types,
            without_thread: types,
            of_threads: of_threads(threads),
            of_programs: of_threads(programs),
            with_programs: None,
            object_tests,
            calls: OnceCell::new(),
        };
        let selected = new.of_threads.types(set, at, samples, threads, (Id::NONE, types));
        for info in set.view.events().filter(|info| may_be_of_nobody(info)) {
            if !selected.contains(info.code) {
                new.without_thread.remove(info.code);
            }
        }
        new
    }
}

impl OfThreads {
    /// The types of which filter `at` can select rows with a thread of the segment ([`Id::NONE`] for none), of those of
    /// which it can select any.
    fn types(
        &mut self,
        set: &Set,
        at: usize,
        samples: &Batch,
        threads: &mut Threads,
        (own, of_any): (Id<Own>, Types),
    ) -> Types {
        if self.tests.is_empty() {
            return of_any;
        }
        if let Some(known) = self.types.of(own.index()) {
            return *known;
        }
        let answers = threads.answers(set, &self.tests, own);
        let thread = (!own.is_none()).then(|| own.index());
        self.types.learn(thread, answers, |answers| {
            let numbers: Vec<usize> = threads.tests().collect();
            let tests = self.tests.iter().filter_map(|place| numbers.get(*place).copied());
            let given = tests.zip(answers.iter().map(|answer| Answers::always(*answer))).collect();
            Known::new(set, given).selectable(at, samples, of_any)
        })
    }
}

/// The calls, by the schema's numbers, of which a filter may select an event that has no type of its own.
pub(super) fn generic_calls(set: &Set, filter: usize) -> Vec<u16> {
    let ids = (0..syscall::COUNT).filter(|id| syscall::by_id(*id, Dialect::Newest).is_some());
    ids.filter(|id| may_select_call(set, filter, *id)).collect()
}

/// Whether a filter may select an event of a call that has no type of its own.
fn may_select_call(set: &Set, filter: usize, id: u16) -> bool {
    let mut known = Known::new(set, Default::default());
    let is_ordered = set.filters.get(filter).is_none_or(|filter| filter.is_ordered());
    is_ordered || generic_samples(set.view, id).rows().any(|row| known.may_select(filter, row))
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
        match self.by_own.get(own.index()) {
            Some(Some(types)) if self.is_of(segment) => types.contains(code),
            _ => self.types_of_thread(own, segment).contains(code),
        }
    }

    fn tells_threads_apart(&self) -> bool {
        self.filters.iter().any(|filter| !filter.of_threads.tests.is_empty())
    }

    fn tells_objects_apart(&self) -> bool {
        self.of_objects.is_some()
    }

    fn wants_object(&mut self, code: u16, object: Id<Object>, segment: &Arc<Segment>) -> bool {
        self.turn_to(segment);
        let FilterInterest { set, filters, samples, objects, of_objects, .. } = self;
        let (Some(of_objects), Some(filter)) = (of_objects, filters.first()) else { return true };
        of_objects.wants((set, samples, objects), filter.types, (code, object), segment)
    }

    fn wants_attempt(&mut self, code: u16, path: &[u8], params: &[&[u8]]) -> bool {
        let FilterInterest { set, objects, of_objects, attempts, .. } = self;
        let Some(of_objects) = of_objects else { return true };
        attempts.wants((code, path), || of_objects.wants_attempt(set, objects, (code, params)))
    }

    #[inline]
    fn wants_call(&mut self, call: u16) -> bool {
        match self.by_call.get(usize::from(call)) {
            None => true,
            Some(Some(wants)) => *wants,
            Some(None) => self.may_select_call(call),
        }
    }

    fn passes_over(
        &mut self,
        summary: &Summary,
        segment: &mut dyn FnMut() -> Option<Arc<Segment>>,
    ) -> Option<&'static str> {
        let mut looked_at = LookedAt { summary, load: segment, segment: OnceCell::new() };
        let (count, mut why) = (self.filters.len(), Why::Types);
        for at in (self.wanting..count).chain(0..self.wanting) {
            match self.rules_out(at, &mut looked_at) {
                Some(reason) => why = why.max(reason),
                None => {
                    self.wanting = at;
                    return None;
                }
            }
        }
        Some(match why {
            Why::Types => NO_TYPE,
            Why::Threads => "no event is of a thread that is looked for",
            Why::Objects => "no event works on what is looked for",
        })
    }
}

/// Whether an event of this type without a thread says nothing of any. Others, such as those that tell of containers,
/// answer for what they tell of.
fn may_be_of_nobody(info: &EventInfo) -> bool {
    let tells_of_users =
        matches!(info.code, code::USER_ADDED_E | code::USER_DELETED_E | code::GROUP_ADDED_E | code::GROUP_DELETED_E);
    info.source == Source::Syscall || tells_of_users || matches!(info.code, code::SCHEDSWITCH_6_E | code::PROCINFO_E)
}
