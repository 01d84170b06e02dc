//! Quantities of threads: each as what changed since the last ones of its thread.

use super::coder::{Coder, Numbered, RECENT};
use super::layout::Layout;
use super::rows::RowEvents;
use crate::entities::{place_number, place_of};
use capture_batch::{Id, Live};
use rustc_hash::FxHashMap;

/// How many numbers there are beside the standard streams.
pub(crate) const NUMBERS: usize = 9;

/// The quantities of a row, with objects by their numbers in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Quantities {
    pub(crate) numbers: [i64; NUMBERS],
    pub(crate) streams: [i64; 3],
}

impl Quantities {
    /// `stream`: the number of an object in the file.
    pub(crate) fn of(live: &Live, stream: impl FnMut(Id<capture_batch::Object>) -> i64) -> Quantities {
        let numbers = [
            live.vm_size.into(),
            live.vm_rss.into(),
            live.vm_swap.into(),
            live.pf_major as i64,
            live.pf_minor as i64,
            live.fd_limit,
            live.fd_open as i64,
            live.threads as i64,
            live.children as i64,
        ];
        Quantities { numbers, streams: live.std.map(stream) }
    }

    /// As a batch has them.
    pub(crate) fn live(&self) -> Live {
        let [vm_size, vm_rss, vm_swap, pf_major, pf_minor, fd_limit, fd_open, threads, children] = self.numbers;
        Live {
            vm_size: vm_size as u32,
            vm_rss: vm_rss as u32,
            vm_swap: vm_swap as u32,
            pf_major: pf_major as u64,
            pf_minor: pf_minor as u64,
            fd_limit,
            fd_open: fd_open as u64,
            threads: threads as u64,
            children: children as u64,
            std: self.streams.map(place_of),
            fd_types: Id::NONE,
        }
    }
}

/// Which quantities hold for each event, by their numbers in the batch ([`super::columns::NO_ROW`] for none), and what
/// they are.
#[derive(Clone, Copy)]
pub(crate) struct Lives<'l> {
    pub(crate) of_events: &'l [i64],
    pub(crate) all: &'l [Quantities],
}

impl<'l> Lives<'l> {
    fn at(&self, event: usize) -> Option<&'l Quantities> {
        self.all.get(usize::try_from(*self.of_events.get(event)?).ok()?)
    }
}

/// The quantities, in the order of their numbers, each at the first row that it holds for: numbers as differences to
/// the thread's last ones, and to what changed since these in the view before; streams by what they were last.
/// `objects`: how many objects have a number before the batch. `given`: all of them, or none when they are read.
pub(super) fn quantities<C: Coder>(
    coders: &mut [C; NUMBERS + 1],
    layout: &impl Layout,
    rows: &RowEvents,
    (of_events, objects): (&[i64], i64),
    upper: Option<Lives<'_>>,
    given: &[Quantities],
) -> Vec<Quantities> {
    let mut all: Vec<Quantities> = Vec::with_capacity(given.len());
    // By thread: its last quantities, and those of the view before at that moment.
    let mut of_thread: FxHashMap<u32, (usize, Quantities)> = FxHashMap::default();
    let mut streams = Numbered::new(objects, RECENT);
    let [number_coders @ .., stream_coder] = coders;
    let places = layout.places();
    for event in rows.iter() {
        let number = of_events.get(event).and_then(|number| usize::try_from(*number).ok());
        let Some(number) = number.filter(|number| *number <= all.len()) else { continue };
        let above = upper.and_then(|upper| upper.at(event)).copied().unwrap_or_default();
        let place = places.get(event).copied().unwrap_or(0);
        if number == all.len() {
            let mut next = given.get(number).copied().unwrap_or_default();
            let base = of_thread.get(&place).and_then(|(last, above)| Some((all.get(*last)?, *above)));
            let (last, above_last) = base.map_or_else(Default::default, |(last, above)| (*last, above));
            let changed = above.numbers.iter().zip(above_last.numbers).map(|(now, then)| now.wrapping_sub(then));
            let predicted = last.numbers.iter().zip(changed).map(|(last, changed)| last.wrapping_add(changed));
            for ((coder, value), predicted) in number_coders.iter_mut().zip(&mut next.numbers).zip(predicted) {
                coder.near(value, predicted);
            }
            for (which, (stream, above)) in next.streams.iter_mut().zip(above.streams).enumerate() {
                let hint = (place as usize).wrapping_mul(3) + which;
                streams.code(stream_coder, (hint, (place, which, above)), stream);
            }
            all.push(next);
        }
        of_thread.insert(place, (number, above));
    }
    all
}

/// The number of a row's quantities; [`super::columns::NO_ROW`] for none.
pub(crate) fn number_of(live: u32) -> i64 {
    place_number(Id::<()>::new(live))
}
