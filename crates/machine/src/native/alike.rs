//! Which events of a stored batch a question need not tell apart.

use crate::converter::rules::{Step, step};
use capture_batch::{Alike, Differ, View};
use capture_cap::batch::{Late, OfType, Token};
use capture_event::code;
use rustc_hash::FxHashMap;

/// Shows the rows of a batch, as [`capture_batch::LateParams::alike`] does. `row`: that of an event, if it has one.
pub(super) fn alike(
    late: &Late,
    view: View,
    differ: &dyn Fn(u16) -> Differ,
    row: impl Fn(u32) -> Option<u32>,
    see: &mut dyn FnMut(Alike<'_>),
) {
    let (shown, stored) = (late.view(view).codes(), late.codes());
    let are_shown = shown == stored;
    // A view may show another type than is stored.
    let is_shown = |event: &u32| are_shown || shown.get(*event as usize) == stored.get(*event as usize);
    for (place, of_type) in late.types().iter().enumerate() {
        let events = || late.of_type(of_type).iter().copied();
        match differ(of_type.code) {
            Differ::InNothing => {
                see(Alike::Group(&mut events().filter(is_shown).filter_map(&row)));
                if !are_shown {
                    see(Alike::Others(&mut events().filter(|event| !is_shown(event)).filter_map(&row)));
                }
            }
            Differ::InParams(params) if are_stored(late, view, of_type) => {
                let (numbers, count) = by_params(late, place, of_type, &params);
                let (mut rows, mut known) = (Vec::with_capacity(numbers.len()), Vec::with_capacity(numbers.len()));
                let mut others = Vec::new();
                for (event, number) in events().zip(numbers) {
                    let Some(row) = row(event) else { continue };
                    if number != UNKNOWN && is_shown(&event) {
                        rows.push(row);
                        known.push(number);
                    } else {
                        others.push(row);
                    }
                }
                each_group(&rows, &known, count as usize, |group| see(Alike::Group(&mut group.iter().copied())));
                see(Alike::Others(&mut others.into_iter()));
            }
            Differ::InParams(_) | Differ::InMore => see(Alike::Others(&mut events().filter_map(&row))),
        }
    }
}

/// Groups rows by numbers, of which each stands for a group, and is less than `count`.
fn each_group(rows: &[u32], numbers: &[u32], count: usize, mut see: impl FnMut(&[u32])) {
    let mut places = vec![0; count];
    for number in numbers {
        if let Some(place) = places.get_mut(*number as usize) {
            *place += 1;
        }
    }
    let mut end = 0;
    for place in &mut places {
        let len = std::mem::replace(place, end);
        end += len;
    }
    let mut sorted = vec![0; end];
    for (row, number) in rows.iter().zip(numbers) {
        if let Some(place) = places.get_mut(*number as usize)
            && let Some(at) = sorted.get_mut(*place)
        {
            *at = *row;
            *place += 1;
        }
    }
    // Each place is the end of its group now.
    let mut start = 0;
    for end in places {
        see(sorted.get(start..end).unwrap_or_default());
        start = end;
    }
}

/// In place of a number: it is not known which others an event is like.
const UNKNOWN: u32 = u32::MAX;

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
    let (mut numbers, mut count) = (vec![0; of_type.len()], 1);
    for param in params {
        let mut known: FxHashMap<(u32, Token), u32> = FxHashMap::default();
        let mut last = None;
        for (number, token) in numbers.iter_mut().zip(late.tokens(place, *param)) {
            let Some(key) = token.map(|token| (*number, token)).filter(|_| *number != UNKNOWN) else {
                *number = UNKNOWN;
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

#[cfg(test)]
mod tests {
    use super::each_group;

    #[test]
    fn rows_of_one_number_are_a_group() {
        let mut groups = Vec::new();
        each_group(&[1, 2, 3, 4, 5], &[2, 0, 2, 0, 2], 4, |group| groups.push(group.to_vec()));
        assert_eq!(groups, [&[2, 4][..], &[], &[1, 3, 5], &[]]);
    }
}
