//! What is known of the answers of conditions for all events of a type.

use super::super::columns::says_its_type;
use super::super::plan::Node;
use super::super::set::Set;
use crate::check::Test;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{
    Batch, Differ, Head, ParamSlice, Row, RowFlags, RowHeader, RowOption, Segment, SourceInfo, Types, View,
};
use capture_event::{EventInfo, code, option};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What is known of a condition's answers for some events.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    pub may_hold: bool,
    pub may_fail: bool,
}

impl Answers {
    pub const EITHER: Answers = Answers { may_hold: true, may_fail: true };

    /// That of no event.
    pub const NONE: Answers = Answers { may_hold: false, may_fail: false };

    pub fn always(answer: bool) -> Self {
        Answers { may_hold: answer, may_fail: !answer }
    }

    /// What is known of events of which some have these answers, and some those.
    pub fn or(self, other: Answers) -> Self {
        Answers { may_hold: self.may_hold || other.may_hold, may_fail: self.may_fail || other.may_fail }
    }
}

/// What is known of all events of a type.
pub(super) struct Known<'s> {
    set: &'s Set,
    /// Conditions whose answers are given.
    pub given: FxHashMap<usize, Answers>,
    states: Vec<State>,
}

impl<'s> Known<'s> {
    pub fn new(set: &'s Set, given: FxHashMap<usize, Answers>) -> Self {
        Known { set, given, states: set.states() }
    }

    /// The types among `within` of which a filter may select an event; all of them if it depends on the events before.
    pub fn selectable(&mut self, filter: usize, samples: &Batch, within: Types) -> Types {
        if self.set.filters.get(filter).is_none_or(|filter| filter.is_ordered()) {
            return within;
        }
        let mut types = Types::NONE;
        for row in samples.rows().filter(|row| within.contains(row.code())) {
            if self.may_select(filter, row) {
                types.insert(row.code());
            }
        }
        types
    }

    /// Whether a filter may select an event of the sample's type.
    pub fn may_select(&mut self, filter: usize, sample: Row<'_>) -> bool {
        self.set.roots.get(filter).is_none_or(|root| self.of(*root, sample).may_hold)
    }

    fn of(&mut self, number: usize, sample: Row<'_>) -> Answers {
        match self.set.nodes.get(number) {
            Some(Node::Not(inner)) => {
                let inner = self.of(*inner, sample);
                Answers { may_hold: inner.may_fail, may_fail: inner.may_hold }
            }
            Some(Node::All(parts)) => parts.iter().fold(Answers::always(true), |all, part| {
                let part = self.of(*part, sample);
                Answers { may_hold: all.may_hold && part.may_hold, may_fail: all.may_fail || part.may_fail }
            }),
            Some(Node::Any(parts)) => parts.iter().fold(Answers::always(false), |any, part| {
                let part = self.of(*part, sample);
                Answers { may_hold: any.may_hold || part.may_hold, may_fail: any.may_fail && part.may_fail }
            }),
            Some(Node::Test(number)) => self.of_test(*number, sample),
            None => Answers::EITHER,
        }
    }

    fn of_test(&mut self, number: usize, sample: Row<'_>) -> Answers {
        if let Some(answers) = self.given.get(&number) {
            return *answers;
        }
        match self.set.test(number) {
            Some(test) if is_decided(test, sample) => Answers::always(self.set.holds(number, sample, &mut self.states)),
            _ => Answers::EITHER,
        }
    }
}

/// Whether a condition's answer is the same for all events of the sample's type.
fn is_decided(test: &Test, sample: Row<'_>) -> bool {
    match test.scope {
        Scope::Nothing | Scope::Code => true,
        Scope::Type => says_its_type(sample.code()) || sample.param_count() > 0,
        Scope::Object => !sample.info().is_some_and(EventInfo::is_about_fds),
        Scope::Params => test.differ(sample.view(), sample.code()) == Differ::InNothing,
        Scope::Program | Scope::Own | Scope::Actor | Scope::Live | Scope::Row | Scope::Order => false,
    }
}

/// An event of each of the first `count` types, without parameters, thread and object.
pub(super) fn samples(view: View, segment: Arc<Segment>, count: usize) -> Batch {
    let mut batch = Batch::with_capacity(head(view), segment, count);
    view.events().take(count).for_each(|info| batch.push_unbound(header(info.code)));
    batch
}

/// The two events of a call without a type of its own, as recorders write them.
pub(super) fn generic_samples(view: View, id: u16) -> Batch {
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

/// An event of a type with these parameters.
pub(super) fn event(view: View, segment: Arc<Segment>, code: u16, params: &[&[u8]]) -> Batch {
    let mut batch = Batch::new(head(view), segment);
    let mut start = 0;
    for param in params {
        let len = param.len() as u32;
        batch.params.push(ParamSlice { chunk: 0, start, len });
        start += len;
    }
    batch.chunks.push(params.concat().into());
    batch.push_unbound(header(code));
    batch
}

fn head(view: View) -> Head {
    Head { view, source: Arc::new(SourceInfo::default()), first_ts: 0, ts_before: 0 }
}

fn header(code: u16) -> RowHeader {
    RowHeader { num: 0, ts: 0, tid: 0, cpu: 0, code, flags: RowFlags::empty() }
}
