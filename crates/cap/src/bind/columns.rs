//! The columns of what events are bound to, each described once for writing and reading.
//!
//! The values of a column stand by event; events that the view has no row of are passed over (their values mean
//! nothing).
//! `upper` is the same column of the view before, where there is one: views hardly differ.

use super::coder::{Coder, Last, LastOfType, Numbered, RECENT};
use super::layout::Layout;
use super::rows::RowEvents;
use crate::batch::NO_ROW as NO_PAIR;
use capture_batch::RowFlags;
use capture_event::code;
use std::hash::Hash;

/// No row.
pub(crate) const NO_ROW: i64 = -1;

/// Goes through the values of events that have rows. `predicted`: what the symbol 0 stands for, where it is known to be
/// the next one; `coded`: codes the value of an event.
fn by_row<C: Coder, S>(
    coder: &mut C,
    rows: &RowEvents,
    values: &mut [i64],
    mut state: S,
    predicted: impl Fn(&mut S, usize) -> i64,
    coded: impl Fn(&mut S, &mut C, usize, &mut i64),
) {
    let mut at = 0;
    while at < rows.len() {
        let zeros = coder.zeros(rows.len() - at);
        rows.each(at..at + zeros, values, |event, value| *value = predicted(&mut state, event));
        at += zeros;
        if let Some((event, value)) = rows.event(at).and_then(|event| Some((event, values.get_mut(event)?))) {
            coded(&mut state, coder, event, value);
        }
        at += 1;
    }
}

/// The value of an event in the view before; -1 if there is no such view, or the event has no value there.
fn above(values: Option<&[i64]>, event: usize) -> i64 {
    values.and_then(|values| values.get(event)).copied().unwrap_or(-1)
}

fn at(values: &[i64], event: usize) -> i64 {
    values.get(event).copied().unwrap_or(-1)
}

/// Marks of rows, [`NO_ROW`] for events that have none: as those of the last event of the same type.
pub(super) fn flags(coder: &mut impl Coder, layout: &impl Layout, values: &mut [i64]) {
    let (own, codes) = (values.get_mut(layout.carried()..), layout.codes().get(layout.carried()..));
    let (own, codes) = (own.unwrap_or_default(), codes.unwrap_or_default());
    // Hardly any row has a mark, and what comes before the first one predicts none.
    let unmarked = coder.zeros(own.len());
    let (unmarked, own) = own.split_at_mut(unmarked);
    unmarked.fill(0);
    let codes = codes.get(unmarked.len()..).unwrap_or_default();
    // Each of these has a mark, were it that it has no row.
    by_type(coder, &RowEvents::All(0..own.len()), codes, |_| 0, own);
}

/// Types of rows: as that of the last row whose event is stored with the same type.
pub(super) fn codes(coder: &mut impl Coder, layout: &impl Layout, rows: &RowEvents, values: &mut [i64]) {
    by_type(coder, rows, layout.codes(), i64::from, values);
}

/// Values as the last one of the same type. `first`: what is predicted for the first event of a type.
fn by_type(coder: &mut impl Coder, rows: &RowEvents, codes: &[u16], first: impl Fn(u16) -> i64, values: &mut [i64]) {
    let code = |event: usize| codes.get(event).copied().unwrap_or(0);
    let predicted = |last: &mut LastOfType, event| last.get(code(event));
    by_row(coder, rows, values, LastOfType::new(codes, first), predicted, |last, coder, event, value| {
        last.code(coder, code(event), value);
    });
}

/// Numbers of rows: one more than the last; 0 for those that have none. `before`: the last one before the batch.
pub(super) fn numbers(coder: &mut impl Coder, rows: &RowEvents, flags: &[i64], before: i64, values: &mut [i64]) {
    let uncounted = i64::from((RowFlags::UNKNOWN_CODE | RowFlags::NEWER).bits());
    let next = |last: i64, event| if at(flags, event) & uncounted == 0 { last.wrapping_add(1) } else { 0 };
    let keep = |last: &mut i64, value| {
        if value != 0 {
            *last = value;
        }
    };
    let predicted = |last: &mut i64, event| {
        let value = next(*last, event);
        keep(last, value);
        value
    };
    by_row(coder, rows, values, before, predicted, |last, coder, event, value| {
        coder.as_predicted(value, next(*last, event));
        keep(last, *value);
    });
}

/// Where a column of numbers of things is, beside the column itself.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'c> {
    /// The events that have one.
    pub(super) rows: &'c RowEvents,
    /// How many of these things have a number before the batch.
    pub(super) count: i64,
    /// The same column of the view before.
    pub(super) upper: Option<&'c [i64]>,
}

/// Numbers of things: as the last one of the same context, which comes with one of so many hints ([`Numbered::code`]);
/// -1 as a rule where there is no context.
fn numbered<K: Hash + Eq + Copy>(
    coder: &mut impl Coder,
    of: Numbers<'_>,
    hints: usize,
    context: impl Fn(usize) -> Option<(usize, K)>,
    values: &mut [i64],
) {
    let Some(upper) = of.upper else {
        return in_context(coder, of.rows, Numbered::new(of.count, hints), context, values);
    };
    let context = |event| context(event).map(|(hint, context)| (hint, (context, at(upper, event))));
    in_context(coder, of.rows, Numbered::new(of.count, hints), context, values);
}

/// The same, where a context is all that they have in common.
fn in_context<K: Hash + Eq + Copy>(
    coder: &mut impl Coder,
    rows: &RowEvents,
    numbered: Numbered<K>,
    context: impl Fn(usize) -> Option<(usize, K)>,
    values: &mut [i64],
) {
    let predicted =
        |numbered: &mut Numbered<_>, event| context(event).map_or(-1, |context| numbered.predicted(context));
    by_row(coder, rows, values, numbered, predicted, |numbered, coder, event, value| match context(event) {
        Some(context) => numbered.code(coder, context, value),
        None => coder.as_predicted(value, -1),
    });
}

/// What is numbered by thread: as the last one of the thread. Its versions; its quantities, which have numbers in a
/// batch.
pub(super) fn of_threads(coder: &mut impl Coder, layout: &impl Layout, of: Numbers<'_>, values: &mut [i64]) {
    let mut numbered = Numbered::new(of.count, layout.threads());
    for event in of.rows.iter() {
        if let (Some(place), Some(value)) = (layout.places().get(event), values.get_mut(event)) {
            of_thread(&mut numbered, coder, *place, above(of.upper, event), value);
        }
    }
}

/// The same for one event.
pub(super) fn of_thread(
    numbered: &mut Numbered<(u32, i64)>,
    coder: &mut impl Coder,
    place: u32,
    upper: i64,
    value: &mut i64,
) {
    numbered.code(coder, (place as usize, (place, upper)), value);
}

/// Ancestors and leaders: as the last ones of the same version of a thread.
pub(super) fn lineages(coder: &mut impl Coder, owns: &[i64], of: Numbers<'_>, values: &mut [i64]) {
    let context = |event| Some(at(owns, event)).map(|own| (own as usize, own));
    numbered(coder, of, RECENT, context, values);
}

/// Objects: as the last one that the number of a descriptor stood for in the thread.
pub(super) fn objects(coder: &mut impl Coder, layout: &impl Layout, fds: &[i64], of: Numbers<'_>, values: &mut [i64]) {
    let places = layout.places();
    let context = |event: usize| {
        let fd = Some(at(fds, event)).filter(|fd| *fd != -1)?;
        let place = *places.get(event)?;
        Some(((place as usize).wrapping_mul(31).wrapping_add(fd as usize), (place, fd)))
    };
    numbered(coder, of, RECENT, context, values);
}

/// Numbers of descriptors: as `said`, which is what the view before has; for the first one as the event's parameter
/// says, else as that of the enter event, else -1.
pub(super) fn fds(coder: &mut impl Coder, rows: &RowEvents, said: &[i64], values: &mut [i64]) {
    let predicted = |(): &mut (), event| at(said, event);
    by_row(coder, rows, values, (), predicted, |(), coder, event, value| coder.as_predicted(value, at(said, event)));
}

/// Latencies, ns: since the enter event, for exits; that of the thread's last call, for context switches; else 0.
pub(super) fn latencies(coder: &mut impl Coder, layout: &impl Layout, rows: &RowEvents, values: &mut [i64]) {
    let mut of_thread = vec![(0u64, 0i64); layout.threads()];
    let (codes, times, places, pairs) = (layout.codes(), layout.times(), layout.places(), layout.pairs());
    for event in rows.iter() {
        let (Some(value), Some(code), Some(place)) = (values.get_mut(event), codes.get(event), places.get(event))
        else {
            continue;
        };
        let Some((entered, last)) = of_thread.get_mut(*place as usize) else { continue };
        let ts = times.get(event).copied().unwrap_or(0);
        let is_switch = matches!(*code, code::SCHEDSWITCH_1_E | code::SCHEDSWITCH_6_E);
        let predicted = match code % 2 {
            _ if is_switch => *last,
            0 => 0,
            _ => match pairs.get(event).filter(|enter| **enter != NO_PAIR) {
                None if *entered == 0 => 0,
                None => ts.wrapping_sub(*entered) as i64,
                Some(enter) => ts.wrapping_sub(times.get(*enter as usize).copied().unwrap_or(0)) as i64,
            },
        };
        coder.as_predicted(value, predicted);
        if !is_switch {
            *last = *value;
            if code.is_multiple_of(2) {
                *entered = ts;
            }
        }
    }
}

/// The enter events that rows took parameters from ([`NO_ROW`] for none): that whose exit the event is, unless a mark
/// says that there is none.
pub(super) fn taken(coder: &mut impl Coder, layout: &impl Layout, rows: &RowEvents, flags: &[i64], values: &mut [i64]) {
    let pairs = layout.pairs();
    for event in rows.iter() {
        let Some(value) = values.get_mut(event) else { continue };
        let is_unpaired = at(flags, event) & i64::from(RowFlags::UNPAIRED.bits()) != 0;
        let pair = pairs.get(event).filter(|enter| **enter != NO_PAIR && !is_unpaired);
        coder.as_predicted(value, pair.map_or(-1, |enter| i64::from(*enter)));
    }
}

/// What a parameter refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reference {
    pub(crate) event: usize,
    pub(crate) param: i64,
    pub(crate) item: i64,
    /// 0 an object, 1 a name, 2 a container.
    pub(crate) kind: i64,
    pub(crate) number: i64,
}

/// The columns of references: how many each row has, then of each its parameter, item, kind and number.
pub(super) struct ReferenceCoders<C> {
    pub(super) counts: C,
    pub(super) params: C,
    pub(super) items: C,
    pub(super) kinds: C,
    pub(super) numbers: C,
}

/// References, ascending by event. `own_object`: the number of the object of an event.
pub(super) fn references(
    coders: &mut ReferenceCoders<impl Coder>,
    layout: &impl Layout,
    rows: &RowEvents,
    own_object: impl Fn(usize) -> i64,
    given: &[Reference],
) -> Vec<Reference> {
    let mut given = given.iter().peekable();
    let (params, kinds, numbers, all) = Default::default();
    let mut state = ReferenceState { own_object, places: layout.places(), params, kinds, numbers, all };
    let codes = layout.codes();
    let mut counts = LastOfType::new(codes, |_| 0);
    let code = |event: usize| codes.get(event).copied().unwrap_or(0);
    let (mut at, mut own) = (0, Vec::new());
    while at < rows.len() {
        // Where it is known beforehand which rows have as many as the last one of their type, most have none.
        let alike = at..at + coders.counts.zeros(rows.len() - at);
        at = alike.end + 1;
        rows.runs(alike, |events| {
            for (event, code) in events.clone().zip(codes.get(events).unwrap_or_default()) {
                let count = counts.get(*code);
                if count != 0 {
                    state.of_event(coders, (event, *code), count, &[]);
                }
            }
        });
        let Some(event) = rows.event(at - 1) else { break };
        own.clear();
        own.extend(std::iter::from_fn(|| given.next_if(|reference| reference.event <= event)).copied());
        let mut count = own.len() as i64;
        counts.code(&mut coders.counts, code(event), &mut count);
        state.of_event(coders, (event, code(event)), count, &own);
    }
    state.all
}

/// What predicts references, and those that there were.
struct ReferenceState<'c, O> {
    own_object: O,
    places: &'c [u32],
    params: Last<(u16, i64)>,
    kinds: Last<(u16, i64)>,
    numbers: Last<(u16, i64, u32)>,
    all: Vec<Reference>,
}

impl<O: Fn(usize) -> i64> ReferenceState<'_, O> {
    /// Those of an event of a type: so many. `given`: what they are, where they are written.
    fn of_event(
        &mut self,
        coders: &mut ReferenceCoders<impl Coder>,
        (event, code): (usize, u16),
        count: i64,
        given: &[Reference],
    ) {
        let mut before = Reference { param: -1, ..Reference::default() };
        for nth in 0..count {
            if coders.params.is_over() {
                break;
            }
            let mut next = given.get(nth as usize).copied().unwrap_or_default();
            next.event = event;
            let hint = usize::from(code).wrapping_mul(16);
            let context = (hint + nth.min(8) as usize, (code, nth.min(8)));
            self.params.code(&mut coders.params, context, 0, &mut next.param);
            let item = if next.param == before.param { before.item.wrapping_add(1) } else { 0 };
            coders.items.near(&mut next.item, item);
            let hint = hint.wrapping_add(next.param as usize);
            self.kinds.code(&mut coders.kinds, (hint, (code, next.param)), 0, &mut next.kind);
            if next.kind == 0 {
                coders.numbers.as_predicted(&mut next.number, (self.own_object)(event));
            } else {
                let place = self.places.get(event).copied().unwrap_or(0);
                let hint = hint.wrapping_add((place as usize).wrapping_mul(31));
                self.numbers.code(&mut coders.numbers, (hint, (code, next.param, place)), 0, &mut next.number);
            }
            before = next;
            self.all.push(next);
        }
    }
}
