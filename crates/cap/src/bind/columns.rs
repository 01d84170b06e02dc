//! The columns of what events are bound to, each described once for writing and reading.
//!
//! The values of a column stand by event; events that the view has no row of are passed over (their values mean
//! nothing).
//! `upper` is the same column of the view before, where there is one: views hardly differ.

use super::coder::{Coder, Last, LastOfType, Numbered};
use super::layout::{Layout, NO_EVENT};
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
    let mut last = LastOfType::default();
    for (event, value) in values.iter_mut().enumerate().skip(layout.carried()) {
        last.code(coder, layout.code(event), 0, value);
    }
}

/// Types of rows: as that of the last row whose event is stored with the same type.
pub(super) fn codes(coder: &mut impl Coder, layout: &impl Layout, flags: &[i64], values: &mut [i64]) {
    let mut last = LastOfType::default();
    for event in rows(flags) {
        let Some(value) = values.get_mut(event) else { continue };
        last.code(coder, layout.code(event), layout.code(event).into(), value);
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

/// Numbers of things: as the last one of the same context; -1 as a rule where there is no context.
fn numbered<K: Hash + Eq>(
    coder: &mut impl Coder,
    of: Numbers<'_>,
    context: impl Fn(usize) -> Option<K>,
    values: &mut [i64],
) {
    let mut numbered = Numbered::new(of.count);
    for event in rows(of.flags) {
        let Some(value) = values.get_mut(event) else { continue };
        match context(event) {
            Some(context) => numbered.code(coder, (context, above(of.upper, event)), value),
            None => coder.as_predicted(value, -1),
        }
    }
}

/// What is numbered by thread: as the last one of the thread. Its versions; its quantities, which have numbers in a batch.
pub(super) fn of_threads(coder: &mut impl Coder, layout: &impl Layout, of: Numbers<'_>, values: &mut [i64]) {
    numbered(coder, of, |event| Some(layout.place(event)), values);
}

/// Ancestors and leaders: as the last ones of the same version of a thread.
pub(super) fn lineages(coder: &mut impl Coder, owns: &[i64], of: Numbers<'_>, values: &mut [i64]) {
    numbered(coder, of, |event| Some(at(owns, event)), values);
}

/// Objects: as the last one that the number of a descriptor stood for in the thread.
pub(super) fn objects(coder: &mut impl Coder, layout: &impl Layout, fds: &[i64], of: Numbers<'_>, values: &mut [i64]) {
    let fd = |event| Some(at(fds, event)).filter(|fd| *fd != -1);
    numbered(coder, of, |event| Some((layout.place(event), fd(event)?)), values);
}

/// Numbers of descriptors: as in the view before; in the first one as the event's parameter says (`param`), else as that
/// of the enter event, else -1.
pub(super) fn fds(
    coder: &mut impl Coder,
    layout: &impl Layout,
    flags: &[i64],
    param: impl Fn(usize) -> Option<i64>,
    upper: Option<&[i64]>,
    values: &mut [i64],
) {
    for event in rows(flags) {
        let of_enter = || Some(layout.pair(event)).filter(|enter| *enter != NO_EVENT).and_then(&param);
        let predicted = match upper {
            Some(_) => above(upper, event),
            None => param(event).or_else(of_enter).unwrap_or(-1),
        };
        let Some(value) = values.get_mut(event) else { continue };
        coder.as_predicted(value, predicted);
    }
}

/// Latencies, ns: since the enter event, for exits; that of the thread's last call, for context switches; else 0.
pub(super) fn latencies(coder: &mut impl Coder, layout: &impl Layout, flags: &[i64], values: &mut [i64]) {
    let mut of_thread = vec![(0u64, 0i64); layout.places()];
    for event in rows(flags) {
        let (Some(value), Some((entered, last))) = (values.get_mut(event), of_thread.get_mut(layout.place(event)))
        else {
            continue;
        };
        let (code, ts) = (layout.code(event), layout.ts(event));
        let is_switch = matches!(code, code::SCHEDSWITCH_1_E | code::SCHEDSWITCH_6_E);
        let predicted = match code % 2 {
            _ if is_switch => *last,
            0 => 0,
            _ => match layout.pair(event) {
                NO_EVENT if *entered == 0 => 0,
                NO_EVENT => ts.wrapping_sub(*entered) as i64,
                enter => ts.wrapping_sub(layout.ts(enter)) as i64,
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
    for event in rows(flags) {
        let Some(value) = values.get_mut(event) else { continue };
        let is_unpaired = at(flags, event) & i64::from(RowFlags::UNPAIRED.bits()) != 0;
        let pair = layout.pair(event);
        let predicted = if is_unpaired || pair == NO_EVENT { -1 } else { pair as i64 };
        coder.as_predicted(value, predicted);
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
    for event in rows(flags) {
        let code = layout.code(event);
        let mut own = Vec::new();
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
            params.code(&mut coders.params, (code, nth.min(8)), 0, &mut next.param);
            let item = if next.param == before.param { before.item.wrapping_add(1) } else { 0 };
            coders.items.near(&mut next.item, item);
            kinds.code(&mut coders.kinds, (code, next.param), 0, &mut next.kind);
            if next.kind == 0 {
                coders.numbers.as_predicted(&mut next.number, at(objects, event));
            } else {
                numbers.code(&mut coders.numbers, (code, next.param, layout.place(event)), 0, &mut next.number);
            }
            before = next;
            all.push(next);
        }
    }
    all
}
