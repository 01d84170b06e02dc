//! What holds for threads, as where it changes: for most events it is what it was at the one before.

use super::coder::{Numbered, Take};
use super::columns::{NO_ROW, of_thread};
use super::layout::Layout;
use super::rows::RowEvents;

/// The numbers of what holds for threads in a batch.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Ascending by thread and event.
    all: Vec<Change>,
    /// Where those of each thread end among them.
    ends: Vec<usize>,
}

/// From an event of a thread on, another number holds for it.
#[derive(Debug, Clone, Copy)]
struct Change {
    place: u32,
    event: u32,
    number: i64,
}

/// What changes are read with.
pub(super) struct Of<'c, L> {
    pub(super) layout: &'c L,
    /// The events of each thread, ascending.
    pub(super) by_thread: Vec<&'c [u32]>,
    /// The events that have rows.
    pub(super) rows: &'c RowEvents,
    /// How many things have a number before the batch.
    pub(super) count: i64,
    /// The same of the view before, and the events that have rows there.
    pub(super) upper: Option<(&'c Changes, &'c RowEvents)>,
}

impl<L: Layout> Of<'_, L> {
    /// The number that an event has in the view before, [`NO_ROW`] if it has none.
    fn above(&self, place: u32, event: usize) -> i64 {
        self.upper.filter(|(_, rows)| rows.has(event)).map_or(NO_ROW, |(upper, _)| upper.at(place, event))
    }
}

impl Changes {
    /// Reads them. A row has the number that the one before of its thread has, unless its symbol is not 0, it is the
    /// first one of its thread, or the view before has a change between them.
    pub(super) fn read(coder: &mut Take, of: &Of<'_, impl Layout>) -> Changes {
        let mut asked = coder.marked(of.rows.len());
        for (place, events) in (0..).zip(&of.by_thread) {
            asked.extend(of.rows.first_of(events, 0));
            let Some((upper, upper_rows)) = of.upper else { continue };
            for change in upper.of(place) {
                asked.extend(of.rows.first_of(events, change.event));
            }
            for border in upper_rows.borders(events) {
                asked.extend(of.rows.first_of(events, border));
            }
        }
        asked.sort();
        asked.dedup();
        let (mut changes, mut numbered) = (Vec::new(), Numbered::new(of.count, of.by_thread.len()));
        for row in asked {
            let Some(event) = of.rows.event(row) else { continue };
            let Some(place) = of.layout.places().get(event).copied() else { continue };
            let mut number = NO_ROW;
            coder.pass_to(row);
            of_thread(&mut numbered, coder, place, of.above(place, event), &mut number);
            changes.push(Change { place, event: event as u32, number });
        }
        changes.sort_unstable_by_key(|change: &Change| (change.place, change.event));
        let (mut ends, mut end) = (Vec::with_capacity(of.by_thread.len()), 0);
        for place in 0..of.by_thread.len() {
            let behind = changes.get(end..).unwrap_or_default();
            end += behind.iter().take_while(|change| change.place as usize == place).count();
            ends.push(end);
        }
        Changes { all: changes, ends }
    }

    /// Those of a thread.
    fn of(&self, place: u32) -> &[Change] {
        let before = (place as usize).checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let (Some(start), Some(end)) = (before, self.ends.get(place as usize)) else { return &[] };
        self.all.get(start..*end).unwrap_or_default()
    }

    /// What holds for a thread at an event, [`NO_ROW`] before there is anything.
    pub(super) fn at(&self, place: u32, event: usize) -> i64 {
        let changes = self.of(place);
        let before = changes.partition_point(|change| change.event as usize <= event);
        before.checked_sub(1).and_then(|last| changes.get(last)).map_or(NO_ROW, |change| change.number)
    }

    /// What holds at each event that has a row, [`NO_ROW`] for others.
    pub(super) fn at_each(&self, of: &Of<'_, impl Layout>) -> Vec<i64> {
        let places = of.layout.places();
        let (mut values, mut now) = (Vec::with_capacity(places.len()), vec![NO_ROW; of.by_thread.len()]);
        let mut changes: Vec<&Change> = self.all.iter().collect();
        changes.sort_unstable_by_key(|change| change.event);
        let last = Change { place: u32::MAX, event: places.len() as u32, number: NO_ROW };
        for change in changes.into_iter().chain([&last]) {
            let until = places.get(values.len()..change.event as usize).unwrap_or_default();
            values.extend(until.iter().map(|place| now.get(*place as usize).copied().unwrap_or(NO_ROW)));
            if let Some(now) = now.get_mut(change.place as usize) {
                *now = change.number;
            }
        }
        of.rows.keep(&mut values);
        values
    }
}
