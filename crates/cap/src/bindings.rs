//! Writes batches together with what their events are bound to.

use crate::batch::{BatchHead, Events, put};
use crate::bind::{self, VIEWS, Values};
use crate::column::{Columns, Packer};
use crate::entities::{Entities, Finder, Names};
use crate::follow::Bound;
use crate::strings::Interned;
use crate::summaries::{Numbers, Summaries};
use capture_batch::{Batch, NOT_STORED};

/// What is bound to the events of a file, while it is written.
#[derive(Default)]
pub(crate) struct Bindings {
    /// The number of the segment.
    segment: u64,
    entities: Entities,
    names: [Names; VIEWS.len()],
    /// Events that later ones may need, and their numbers, ascending.
    kept: Events,
    kept_numbers: Vec<u64>,
    /// By view: the number of the last row that has one.
    last: [u64; VIEWS.len()],
    /// Of the batches of the segment.
    summaries: Summaries,
}

impl Bindings {
    /// The next segment has no interned values yet. Gives the summaries of the last one, unless it has no batches.
    pub(crate) fn next_segment(&mut self, packer: &mut Packer) -> Option<Vec<u8>> {
        self.segment += 1;
        (self.entities, self.names) = Default::default();
        let mut summaries = std::mem::take(&mut self.summaries);
        (!summaries.is_empty()).then(|| summaries.encode(packer))
    }

    /// A batch of events, and the new interned values that go in front of it, if there are any.
    pub(crate) fn encode(
        &mut self,
        bound: &mut Bound,
        strings: &mut Interned,
        packer: &mut Packer,
    ) -> (Option<Vec<u8>>, Vec<u8>) {
        let Bound { first, events, batches, awaited } = bound;
        let first = *first;
        let carried = self.needed(batches, first);
        let kept = self.still_awaited(awaited, events, first);
        events.put_in_front(&self.kept, &carried);
        let in_front = |stored: u64| carried.iter().position(|row| self.kept_numbers.get(*row) == Some(&stored));
        let event_of = |stored: u64| match stored.checked_sub(first) {
            Some(own) => Some(carried.len() + usize::try_from(own).ok()?),
            None => in_front(stored),
        };
        let layout = events.layout(carried.len());
        let before = self.entities.counts();
        let mut values: Vec<Values> = Vec::new();
        for ((batch, names), last) in batches.iter().zip(&mut self.names).zip(&mut self.last) {
            let mut finder = Finder::new(&mut self.entities, names, &batch.segment);
            values.push(Values::of(batch, &layout, event_of, *last, &mut finder));
            *last = batch.num.iter().rev().copied().find(|num| *num != 0).unwrap_or(*last);
        }
        // Numbers of objects that events are bound to follow one another.
        let mut summaries: [Numbers; VIEWS.len()] = Default::default();
        for ((summary, values), batch) in summaries.iter_mut().zip(&values).zip(batches.iter()) {
            *summary = values.summary(&layout);
            bind::add_further(summary, batch, events, event_of, &mut self.entities);
        }
        self.summaries.push(summaries.map(Numbers::sorted));
        let entities = self.entities.encode(self.segment, strings, packer);
        let shared = strings.strings().len();
        let head = BatchHead { segment: self.segment, first, carried: carried.len(), strings: shared, before };
        let mut columns = Columns::new(packer);
        put(events, &mut columns, strings);
        head.put(&mut columns);
        let mut upper: Option<Values> = None;
        for (view, mut values) in (0..).zip(values) {
            let fd_param = |event| events.fd_param(event);
            bind::put(view, &mut values, upper.as_ref(), &before, &layout, fd_param, &mut columns);
            upper = Some(values);
        }
        strings.truncate(shared);
        (self.kept, self.kept_numbers) = kept;
        (entities, columns.finish())
    }

    /// The kept events that a view needs in this batch, by their places.
    fn needed(&self, batches: &[Batch], first: u64) -> Vec<usize> {
        let taken = batches.iter().flat_map(|batch| batch.taken_from.iter());
        let earlier = taken.filter(|number| **number != NOT_STORED && **number < first);
        let mut places: Vec<usize> =
            earlier.filter_map(|number| self.kept_numbers.binary_search(number).ok()).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The events up to these, the first of which has the number `first`, that later ones may need, and their numbers.
    fn still_awaited(&self, awaited: &[u64], events: &Events, first: u64) -> (Events, Vec<u64>) {
        let mut numbers = awaited.to_vec();
        numbers.sort_unstable();
        let earlier = |number: &u64| self.kept_numbers.binary_search(number).ok();
        let own = |number: &u64| {
            let place = usize::try_from(number.checked_sub(first)?).ok()?;
            Some(place).filter(|place| *place < events.len())
        };
        numbers.retain(|number| earlier(number).is_some() || own(number).is_some());
        let mut kept = Events::default();
        kept.extend_from(&self.kept, &numbers.iter().filter_map(earlier).collect::<Vec<_>>());
        kept.extend_from(events, &numbers.iter().filter_map(own).collect::<Vec<_>>());
        (kept, numbers)
    }
}
