//! Which events of a stored batch a question need not tell apart.

use crate::converter::rules::{Step, step};
use capture_batch::{Differ, UNLIKE, View};
use capture_cap::batch::{Late, OfType, Token};
use capture_event::code;
use rustc_hash::FxHashMap;

/// A number for each event of a batch, as [`capture_batch::LateParams::alike`] has one for each row.
pub(super) fn alike(late: &Late, view: View, differ: &dyn Fn(u16) -> Differ) -> Vec<u32> {
    let shown = late.view(view).codes();
    // The number of each type whose events are all alike.
    let (mut of_types, mut next) = (vec![UNLIKE; late.types().len()], 0);
    let mut in_params = Vec::new();
    for (place, (of_type, number)) in late.types().iter().zip(&mut of_types).enumerate() {
        match differ(of_type.code) {
            Differ::InNothing => {
                *number = next;
                next += 1;
            }
            Differ::InParams(params) if are_stored(late, view, of_type) => in_params.push((place, params)),
            Differ::InParams(_) | Differ::InMore => {}
        }
    }
    let of_type = |place: &u16| of_types.get(usize::from(*place)).copied().unwrap_or(UNLIKE);
    let mut numbers: Vec<u32> = late.type_places().iter().map(of_type).collect();
    for (place, params) in in_params {
        let Some(of_type) = late.types().get(place) else { continue };
        let (of_events, count) = by_params(late, place, of_type, &params);
        for (event, number) in of_type.rows.iter().zip(of_events) {
            if let Some(of_event) = numbers.get_mut(*event as usize) {
                *of_event = if number == UNLIKE { UNLIKE } else { next + number };
            }
        }
        next += count;
    }
    // A view may show another type than is stored.
    if !shown.iter().copied().eq(late.codes().iter().map(|code| i64::from(*code))) {
        for ((number, shown), stored) in numbers.iter_mut().zip(shown).zip(late.codes()) {
            if *shown != i64::from(*stored) {
                *number = UNLIKE;
            }
        }
    }
    numbers
}

/// Whether the view shows the parameters of all events of a type as they are stored.
fn are_stored(late: &Late, view: View, of_type: &OfType) -> bool {
    // An option may stand for the number of the call.
    let is_generic = matches!(of_type.code, code::GENERIC_E | code::GENERIC_X);
    let are_delivered = || {
        let is_delivered = |count: u16| step(of_type.code, count.into()) == Step::Deliver;
        match of_type.counts.same() {
            Some(count) => is_delivered(count),
            None => of_type.counts.iter().all(is_delivered),
        }
    };
    (view == View::Classic || are_delivered()) && !(is_generic && late.has_options(of_type.code))
}

/// A number from 0 for each event of a type, the same for those with the same values of some parameters; and how many
/// there are.
fn by_params(late: &Late, place: usize, of_type: &OfType, params: &[usize]) -> (Vec<u32>, u32) {
    let (mut numbers, mut count) = (vec![0; of_type.rows.len()], 1);
    for param in params {
        let mut known: FxHashMap<(u32, Token), u32> = FxHashMap::default();
        let mut last = None;
        for (number, token) in numbers.iter_mut().zip(late.tokens(place, *param)) {
            let Some(key) = token.map(|token| (*number, token)).filter(|_| *number != UNLIKE) else {
                *number = UNLIKE;
                continue;
            };
            *number = match last {
                Some((same, number)) if same == key => number,
                _ => {
                    let next = known.len() as u32;
                    *known.entry(key).or_insert(next)
                }
            };
            last = Some((key, *number));
        }
        count = known.len() as u32;
    }
    (numbers, count)
}
