//! Which events of a batch have a row in a view.

use super::columns::NO_ROW;
use std::ops::Range;

/// The events of a batch that have rows in a view, in order: those that stand in front for later ones have none, and as
/// a rule all others have one.
#[derive(Debug)]
pub enum RowEvents {
    /// All of these.
    All(Range<usize>),
    /// Each of these.
    Each(Vec<u32>),
}

impl RowEvents {
    /// Those that have marks.
    pub(super) fn of(flags: &[i64]) -> RowEvents {
        let first = flags.iter().position(|flags| *flags != NO_ROW).unwrap_or(flags.len());
        if flags.get(first..).is_some_and(|flags| !flags.contains(&NO_ROW)) {
            return RowEvents::All(first..flags.len());
        }
        RowEvents::Each((0..).zip(flags).filter(|(_, flags)| **flags != NO_ROW).map(|(event, _)| event).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            RowEvents::All(events) => events.len(),
            RowEvents::Each(events) => events.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The event of a row.
    #[inline]
    pub fn event(&self, row: usize) -> Option<usize> {
        match self {
            RowEvents::All(events) => events.start.checked_add(row).filter(|event| *event < events.end),
            RowEvents::Each(events) => events.get(row).map(|event| *event as usize),
        }
    }

    /// The row of an event, if it has one.
    #[inline]
    pub fn row(&self, event: usize) -> Option<usize> {
        match self {
            RowEvents::All(events) => event.checked_sub(events.start).filter(|_| event < events.end),
            RowEvents::Each(events) => events.binary_search(&(event as u32)).ok(),
        }
    }

    /// Whether an event has a row.
    pub(super) fn has(&self, event: usize) -> bool {
        self.row(event).is_some()
    }

    /// Those of these events, ascending, of which it is not as of the one before whether they have rows.
    pub(super) fn borders(&self, events: &[u32]) -> Vec<u32> {
        if let RowEvents::All(all) = self {
            let first = events.get(events.partition_point(|event| (*event as usize) < all.start));
            return first.copied().into_iter().collect();
        }
        let mut had = false;
        let is_border = |event: &&u32| std::mem::replace(&mut had, self.has(**event as usize)) != had;
        events.iter().filter(is_border).copied().collect()
    }

    /// The row of the first of these events, ascending, that has one, from an event on.
    pub(super) fn first_of(&self, events: &[u32], from: u32) -> Option<usize> {
        let next = events.get(events.partition_point(|event| *event < from)..).unwrap_or_default();
        match self {
            RowEvents::All(all) => {
                let event = next.get(next.partition_point(|event| (*event as usize) < all.start))?;
                (*event as usize).checked_sub(all.start)
            }
            RowEvents::Each(each) => next.iter().find_map(|event| each.binary_search(event).ok()),
        }
    }

    /// Goes through the events of some rows and their places in a list of what each event has.
    #[inline]
    pub(super) fn each(&self, rows: Range<usize>, values: &mut [i64], mut then: impl FnMut(usize, &mut i64)) {
        match self {
            RowEvents::All(events) => {
                let end = events.end.min(events.start.saturating_add(rows.end)).min(values.len());
                let start = events.start.saturating_add(rows.start);
                let values = values.get_mut(start..end).unwrap_or_default();
                (start..).zip(values).for_each(|(event, value)| then(event, value));
            }
            RowEvents::Each(events) => {
                for event in events.get(rows).unwrap_or_default() {
                    if let Some(value) = values.get_mut(*event as usize) {
                        then(*event as usize, value);
                    }
                }
            }
        }
    }

    /// Of a list of what each event has, leaves those that have rows what they have; others have [`NO_ROW`] then.
    pub(super) fn keep(&self, values: &mut [i64]) {
        let mut end = 0;
        self.runs(0..self.len(), |events| {
            values.get_mut(end..events.start).unwrap_or_default().fill(NO_ROW);
            end = events.end;
        });
        values.get_mut(end..).unwrap_or_default().fill(NO_ROW);
    }

    /// Goes through the events of some rows, as ranges of which each follows the one before.
    #[inline]
    pub(super) fn runs(&self, rows: Range<usize>, mut then: impl FnMut(Range<usize>)) {
        match self {
            RowEvents::All(events) => {
                let event = |row| events.start.saturating_add(row).min(events.end);
                then(event(rows.start)..event(rows.end));
            }
            RowEvents::Each(events) => {
                for event in events.get(rows).unwrap_or_default() {
                    then(*event as usize..*event as usize + 1);
                }
            }
        }
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let (all, each) = match self {
            RowEvents::All(events) => (events.clone(), &[][..]),
            RowEvents::Each(events) => (0..0, &events[..]),
        };
        all.chain(each.iter().map(|event| *event as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::RowEvents;

    #[test]
    fn rows_are_those_with_marks() {
        for flags in [&[][..], &[-1, -1], &[-1, 0, 4], &[0, -1, 0], &[-1, 3, 0, -1], &[7; 9]] {
            let events: Vec<usize> = (0..flags.len()).filter(|event| flags[*event] != -1).collect();
            let rows = RowEvents::of(flags);
            assert_eq!((rows.len(), rows.is_empty()), (events.len(), events.is_empty()), "{flags:?}");
            assert!(rows.iter().eq(events.iter().copied()), "{flags:?}");
            assert!((0..12).all(|row| rows.event(row) == events.get(row).copied()), "{flags:?}");
            for start in 0..events.len() {
                let (mut values, mut expected) = (vec![0; flags.len()], vec![0; flags.len()]);
                rows.each(start..events.len() - 1, &mut values, |event, value| *value = event as i64 + 1);
                events[start..events.len() - 1].iter().for_each(|event| expected[*event] = *event as i64 + 1);
                assert_eq!(values, expected, "{flags:?}");
                let mut run = Vec::new();
                rows.runs(start..events.len() - 1, |events| run.extend(events));
                assert_eq!(run, events[start..events.len() - 1], "{flags:?}");
                let mut kept = vec![7; flags.len()];
                rows.keep(&mut kept);
                assert!((0..flags.len()).all(|event| kept[event] == if rows.has(event) { 7 } else { -1 }), "{flags:?}");
            }
            let every: Vec<u32> = (0..flags.len() as u32).collect();
            for event in 0..flags.len() {
                assert_eq!(rows.has(event), events.contains(&event), "{flags:?}");
                assert_eq!(rows.row(event), events.iter().position(|other| *other == event), "{flags:?}");
                let next = events.iter().position(|other| *other >= event);
                assert_eq!(rows.first_of(&every, event as u32), next, "{flags:?}");
            }
            let has = |event: u32| rows.has(event as usize);
            let borders = every.iter().copied().filter(|event| has(*event) != (*event > 0 && has(event - 1)));
            assert_eq!(rows.borders(&every), borders.collect::<Vec<u32>>(), "{flags:?}");
        }
    }
}
