//! Who, when and what of the events of a batch, for the predictions of what they are bound to.

use crate::batch::{NO_ROW, has_exit};
use rustc_hash::FxHashMap;

/// No event.
pub(crate) const NO_EVENT: usize = usize::MAX;

/// The events of a batch: those that stand in front for later ones, then its own.
pub trait Layout {
    /// How many stand in front.
    fn carried(&self) -> usize;

    /// How many there are, those in front included.
    fn events(&self) -> usize;

    /// The stored type of an event.
    fn code(&self, event: usize) -> u16;

    /// The time of an event, ns since the epoch.
    fn ts(&self, event: usize) -> u64;

    /// The thread of an event: a number of its own in the batch.
    fn place(&self, event: usize) -> usize;

    /// How many threads there are.
    fn places(&self) -> usize;

    /// The enter event of an exit event; the largest number if there is none.
    fn pair(&self, event: usize) -> usize;
}

/// Events that are being written.
#[derive(Default)]
pub(crate) struct Listed {
    carried: usize,
    codes: Vec<u16>,
    times: Vec<u64>,
    /// For each its thread, by the order of their first events.
    places: Vec<u32>,
    threads: FxHashMap<i64, u32>,
    /// For each exit event its enter event.
    pairs: Vec<u32>,
    /// For each thread the call that it is in.
    calls: Vec<u32>,
}

impl Listed {
    /// An empty list with room for so many events, of which so many stand in front.
    pub(crate) fn new(carried: usize, events: usize) -> Listed {
        Listed {
            carried,
            codes: Vec::with_capacity(events),
            times: Vec::with_capacity(events),
            places: Vec::with_capacity(events),
            pairs: Vec::with_capacity(events),
            ..Listed::default()
        }
    }

    /// Appends an event.
    pub(crate) fn push(&mut self, ts: u64, tid: i64, code: u16) {
        let event = self.codes.len() as u32;
        let next = self.threads.len() as u32;
        let place = *self.threads.entry(tid).or_insert(next);
        if place == next {
            self.calls.push(NO_ROW);
        }
        let mut pair = NO_ROW;
        if let Some(call) = self.calls.get_mut(place as usize) {
            let of_call = self.codes.get(*call as usize).and_then(|enter| enter.checked_add(1));
            if of_call == Some(code) {
                pair = std::mem::replace(call, NO_ROW);
            }
            if has_exit(code) {
                *call = event;
            }
        }
        self.codes.push(code);
        self.times.push(ts);
        self.places.push(place);
        self.pairs.push(pair);
    }
}

impl Layout for Listed {
    fn carried(&self) -> usize {
        self.carried
    }

    fn events(&self) -> usize {
        self.codes.len()
    }

    fn code(&self, event: usize) -> u16 {
        self.codes.get(event).copied().unwrap_or(0)
    }

    fn ts(&self, event: usize) -> u64 {
        self.times.get(event).copied().unwrap_or(0)
    }

    fn place(&self, event: usize) -> usize {
        self.places.get(event).copied().unwrap_or(0) as usize
    }

    fn places(&self) -> usize {
        self.calls.len()
    }

    fn pair(&self, event: usize) -> usize {
        pair_of(&self.pairs, event)
    }
}

/// The event that such a list names for an event: [`NO_ROW`] stands for none there.
pub(crate) fn pair_of(pairs: &[u32], event: usize) -> usize {
    pairs.get(event).copied().filter(|pair| *pair != NO_ROW).map_or(NO_EVENT, |pair| pair as usize)
}
