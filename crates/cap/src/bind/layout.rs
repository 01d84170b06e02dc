//! Who, when and what of the events of a batch, for the predictions of what they are bound to.

use crate::batch::{NO_ROW, has_exit};
use rustc_hash::FxHashMap;

/// The events of a batch: those that stand in front for later ones, then its own. All lists are by event.
pub trait Layout {
    /// How many stand in front.
    fn carried(&self) -> usize;

    /// The stored types.
    fn codes(&self) -> &[u16];

    /// The times, ns since the epoch.
    fn times(&self) -> &[u64];

    /// The threads: each has a number of its own in the batch.
    fn places(&self) -> &[u32];

    /// How many threads there are.
    fn threads(&self) -> usize;

    /// The enter events of exit events; [`crate::batch::NO_ROW`] for others.
    fn pairs(&self) -> &[u32];

    /// How many events there are, those in front included.
    fn events(&self) -> usize {
        self.codes().len()
    }

    /// The time of an event, ns since the epoch.
    fn ts(&self, event: usize) -> u64 {
        self.times().get(event).copied().unwrap_or(0)
    }
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

    fn codes(&self) -> &[u16] {
        &self.codes
    }

    fn times(&self) -> &[u64] {
        &self.times
    }

    fn places(&self) -> &[u32] {
        &self.places
    }

    fn threads(&self) -> usize {
        self.calls.len()
    }

    fn pairs(&self) -> &[u32] {
        &self.pairs
    }
}
