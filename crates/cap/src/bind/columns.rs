//! The columns of what events are bound to, each described once for writing and reading.
//!
//! The values of a column stand by event; events that the view has no row of are passed over (their values mean
//! nothing).
//! `upper` is the same column of the view before, where there is one: views hardly differ.

use super::coder::{Coder, Last, LastOfType, Numbered};
use super::layout::Layout;
use crate::batch::NO_ROW as NO_PAIR;
use capture_batch::RowFlags;
use capture_event::code;
use std::hash::Hash;

/// No row.
pub(crate) const NO_ROW: i64 = -1;

/// The events that have rows, by their flags.
pub(super) fn rows(flags: &[i64]) -> impl Iterator<Item = usize> {
    flags.iter().enumerate().filter(|(_, flags)| **flags != NO_ROW).map(|(event, _)| event)
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
    by_type(coder, codes.unwrap_or_default(), |_| 0, own.unwrap_or_default());
}

/// Types of rows: as that of the last row whose event is stored with the same type.
pub(super) fn codes(coder: &mut impl Coder, layout: &impl Layout, flags: &[i64], values: &mut [i64]) {
    let codes = layout.codes();
    if !flags.contains(&NO_ROW) {
        return by_type(coder, codes, i64::from, values);
    }
    let mut last = LastOfType::default();
    for event in rows(flags) {
        let (Some(value), Some(code)) = (values.get_mut(event), codes.get(event)) else { continue };
        last.code(coder, *code, (*code).into(), value);
    }
}

/// Values as the last one of the same type. `first`: what is predicted for the first event of a type.
fn by_type(coder: &mut impl Coder, codes: &[u16], first: impl Fn(u16) -> i64, values: &mut [i64]) {
    let mut last = LastOfType::default();
    let mut at = 0;
    while let (Some(rest), Some(codes)) = (values.get_mut(at..), codes.get(at..)) {
        let zeros = coder.zeros(rest.len());
        let as_before = rest.iter_mut().zip(codes).take(zeros);
        if last.is_empty() {
            as_before.for_each(|(value, code)| *value = first(*code));
        } else {
            as_before.for_each(|(value, code)| *value = last.get(*code, first(*code)));
        }
        let (Some(value), Some(code)) = (rest.get_mut(zeros), codes.get(zeros)) else { break };
        last.code(coder, *code, first(*code), value);
        at += zeros + 1;
    }
}

/// Numbers of rows: one more than the last; 0 for those that have none. `before`: the last one before the batch.
pub(super) fn numbers(coder: &mut impl Coder, flags: &[i64], before: i64, values: &mut [i64]) {
    let uncounted = i64::from((RowFlags::UNKNOWN_CODE | RowFlags::NEWER).bits());
    let mut last = before;
    for event in rows(flags) {
        let Some(value) = values.get_mut(event) else { continue };
        let is_counted = at(flags, event) & uncounted == 0;
        coder.as_predicted(value, if is_counted { last.wrapping_add(1) } else { 0 });
        if *value != 0 {
            last = *value;
        }
    }
}

/// Where a column of numbers of things is, beside the column itself.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'c> {
    /// The marks of the events.
    pub(super) flags: &'c [i64],
    /// How many of these things have a number before the batch.
    pub(super) count: i64,
    /// The same column of the view before.
    pub(super) upper: Option<&'c [i64]>,
}

/// Numbers of things: as the last one of the same context, which comes with a hint ([`Numbered::code`]); -1 as a rule
/// where there is no context.
fn numbered<K: Hash + Eq + Copy>(
    coder: &mut impl Coder,
    of: Numbers<'_>,
    context: impl Fn(usize) -> Option<(usize, K)>,
    values: &mut [i64],
) {
    let mut numbered = Numbered::new(of.count);
    for event in rows(of.flags) {
        let Some(value) = values.get_mut(event) else { continue };
        match context(event) {
            Some((hint, context)) => numbered.code(coder, (hint, (context, above(of.upper, event))), value),
            None => coder.as_predicted(value, -1),
        }
    }
}

/// What is numbered by thread: as the last one of the thread. Its versions; its quantities, which have numbers in a
/// batch.
pub(super) fn of_threads(coder: &mut impl Coder, layout: &impl Layout, of: Numbers<'_>, values: &mut [i64]) {
    let places = layout.places();
    let context = |event: usize| places.get(event).map(|place| (*place as usize, *place));
    numbered(coder, of, context, values);
}

/// Ancestors and leaders: as the last ones of the same version of a thread.
pub(super) fn lineages(coder: &mut impl Coder, owns: &[i64], of: Numbers<'_>, values: &mut [i64]) {
    let context = |event| Some(at(owns, event)).map(|own| (own as usize, own));
    numbered(coder, of, context, values);
}

/// Objects: as the last one that the number of a descriptor stood for in the thread.
pub(super) fn objects(coder: &mut impl Coder, layout: &impl Layout, fds: &[i64], of: Numbers<'_>, values: &mut [i64]) {
    let places = layout.places();
    let context = |event: usize| {
        let fd = Some(at(fds, event)).filter(|fd| *fd != -1)?;
        let place = *places.get(event)?;
        Some(((place as usize).wrapping_mul(31).wrapping_add(fd as usize), (place, fd)))
    };
    numbered(coder, of, context, values);
}

/// Numbers of descriptors: as in the view before; in the first one as the event's parameter says (`param`), else as
/// that of the enter event, else -1.
pub(super) fn fds(
    coder: &mut impl Coder,
    layout: &impl Layout,
    flags: &[i64],
    param: impl Fn(usize) -> Option<i64>,
    upper: Option<&[i64]>,
    values: &mut [i64],
) {
    let pairs = layout.pairs();
    let said = |event: usize| {
        let of_enter = || pairs.get(event).filter(|enter| **enter != NO_PAIR).and_then(|enter| param(*enter as usize));
        param(event).or_else(of_enter).unwrap_or(-1)
    };
    as_said(coder, flags, |event| if upper.is_some() { above(upper, event) } else { said(event) }, values);
}

/// Values as something else says.
pub(super) fn as_said(coder: &mut impl Coder, flags: &[i64], said: impl Fn(usize) -> i64, values: &mut [i64]) {
    for event in rows(flags) {
        let Some(value) = values.get_mut(event) else { continue };
        coder.as_predicted(value, said(event));
    }
}

/// Latencies, ns: since the enter event, for exits; that of the thread's last call, for context switches; else 0.
pub(super) fn latencies(coder: &mut impl Coder, layout: &impl Layout, flags: &[i64], values: &mut [i64]) {
    let mut of_thread = vec![(0u64, 0i64); layout.threads()];
    let (codes, times, places, pairs) = (layout.codes(), layout.times(), layout.places(), layout.pairs());
    for event in rows(flags) {
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
pub(super) fn taken(coder: &mut impl Coder, layout: &impl Layout, flags: &[i64], values: &mut [i64]) {
    let pairs = layout.pairs();
    for event in rows(flags) {
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

/// References, ascending by event.
pub(super) fn references(
    coders: &mut ReferenceCoders<impl Coder>,
    layout: &impl Layout,
    flags: &[i64],
    objects: &[i64],
    given: &[Reference],
) -> Vec<Reference> {
    let (mut all, mut given) = (Vec::new(), given.iter().peekable());
    let (mut counts, mut params, mut kinds, mut numbers) =
        (LastOfType::default(), Last::default(), Last::default(), Last::default());
    let (codes, places) = (layout.codes(), layout.places());
    let mut own = Vec::new();
    for event in rows(flags) {
        let code = codes.get(event).copied().unwrap_or(0);
        own.clear();
        while let Some(reference) = given.next_if(|reference| reference.event <= event) {
            own.push(*reference);
        }
        let mut count = own.len() as i64;
        counts.code(&mut coders.counts, code, 0, &mut count);
        let mut before = Reference { param: -1, ..Reference::default() };
        for nth in 0..count {
            if coders.params.is_over() {
                break;
            }
            let mut next = own.get(nth as usize).copied().unwrap_or_default();
            next.event = event;
            let hint = usize::from(code).wrapping_mul(16);
            params.code(&mut coders.params, (hint + nth.min(8) as usize, (code, nth.min(8))), 0, &mut next.param);
            let item = if next.param == before.param { before.item.wrapping_add(1) } else { 0 };
            coders.items.near(&mut next.item, item);
            let hint = hint.wrapping_add(next.param as usize);
            kinds.code(&mut coders.kinds, (hint, (code, next.param)), 0, &mut next.kind);
            if next.kind == 0 {
                coders.numbers.as_predicted(&mut next.number, at(objects, event));
            } else {
                let place = places.get(event).copied().unwrap_or(0);
                let hint = hint.wrapping_add((place as usize).wrapping_mul(31));
                numbers.code(&mut coders.numbers, (hint, (code, next.param, place)), 0, &mut next.number);
            }
            before = next;
            all.push(next);
        }
    }
    all
}
