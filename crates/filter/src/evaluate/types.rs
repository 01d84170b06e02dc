//! Which event types a filter can select at all.
//!
//! Conditions on the type are decided for each type, and so are those on the object for types that have nothing to do
//! with descriptors: such events have no object. What is left may hold or not.

use super::plan::{Node, Plan};
use crate::Env;
use crate::check::scope::Scope;
use crate::check::source::State;
use capture_batch::{Batch, Head, Row, RowFlags, RowHeader, Segment, SourceInfo, Types, View};
use capture_event::EventInfo;
use capture_event::schema::events;
use std::sync::Arc;

/// What is known of a condition's answers for all events of a type.
#[derive(Clone, Copy)]
struct Answers {
    may_hold: bool,
    may_fail: bool,
}

impl Answers {
    const EITHER: Answers = Answers { may_hold: true, may_fail: true };

    fn always(answer: bool) -> Self {
        Answers { may_hold: answer, may_fail: !answer }
    }
}

/// The types of which an event may be selected; all of them if conditions depend on the events before.
pub(crate) fn selectable(plan: &Plan, view: View, env: &Env) -> Types {
    if plan.is_ordered() {
        return Types::ALL;
    }
    let samples = samples(view);
    let mut types = Types::NONE;
    let mut state = plan.state();
    for row in samples.rows() {
        if answers(&plan.arranged, plan, row, env, &mut state).may_hold {
            types.insert(row.header.code);
        }
    }
    types
}

fn answers(node: &Node, plan: &Plan, sample: Row<'_>, env: &Env, state: &mut State) -> Answers {
    let mut of = |node: &Node| answers(node, plan, sample, env, state);
    match node {
        Node::Not(inner) => {
            let inner = of(inner);
            Answers { may_hold: inner.may_fail, may_fail: inner.may_hold }
        }
        Node::All(parts) => parts.iter().map(of).fold(Answers::always(true), |all, part| Answers {
            may_hold: all.may_hold && part.may_hold,
            may_fail: all.may_fail || part.may_fail,
        }),
        Node::Any(parts) => parts.iter().map(of).fold(Answers::always(false), |any, part| Answers {
            may_hold: any.may_hold || part.may_hold,
            may_fail: any.may_fail && part.may_fail,
        }),
        Node::Test(number) => match plan.tests.get(*number) {
            Some(test) if is_decided(test.scope, sample) => Answers::always(test.holds(sample, env, state)),
            _ => Answers::EITHER,
        },
    }
}

/// Whether what is of this scope is the same for all events of the sample's type.
fn is_decided(scope: Scope, sample: Row<'_>) -> bool {
    match scope {
        Scope::Nothing => true,
        Scope::Type => super::columns::says_its_type(sample.header.code),
        Scope::Object => !sample.info().is_some_and(EventInfo::is_about_fds),
        Scope::Own | Scope::Actor | Scope::Live | Scope::Row | Scope::Order => false,
    }
}

/// An event of every type, without parameters, thread and object.
fn samples(view: View) -> Batch {
    let head = Head { view, source: Arc::new(SourceInfo::default()), first_ts: 0, ts_before: 0 };
    let mut batch = Batch::new(head, Arc::new(Segment::default()));
    for info in events(view.dialect()) {
        batch.push_unbound(RowHeader { num: 0, ts: 0, tid: 0, cpu: 0, code: info.code, flags: RowFlags::empty() });
    }
    batch
}
