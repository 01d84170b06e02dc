//! Who, when and what of the events of a batch, for the predictions of what they are bound to.

use crate::batch::has_exit;
use rustc_hash::FxHashMap;

/// No event.
pub(crate) const NO_EVENT: usize = usize::MAX;

/// The events of a batch: those that stand in front for later ones, then its own.
#[derive(Default)]
pub struct Layout {
    /// How many stand in front.
    pub(crate) carried: usize,
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

/// No pair.
const NONE: u32 = u32::MAX;

impl Layout {
    /// An empty one with room for so many events, of which so many stand in front.
    pub(crate) fn new(carried: usize, events: usize) -> Layout {
        Layout {
            carried,
            codes: Vec::with_capacity(events),
            times: Vec::with_capacity(events),
            places: Vec::with_capacity(events),
            pairs: Vec::with_capacity(events),
            ..Layout::default()
        }
    }

    /// That of a batch that was read.
    pub(crate) fn of(carried: usize, codes: Vec<u16>, times: Vec<u64>, places: Vec<u32>, pairs: Vec<u32>) -> Layout {
        Layout { carried, codes, times, places, pairs, ..Layout::default() }
    }

    /// Appends an event.
    pub(crate) fn push(&mut self, ts: u64, tid: i64, code: u16) {
        let event = self.codes.len() as u32;
        let next = self.threads.len() as u32;
        let place = *self.threads.entry(tid).or_insert(next);
        if place == next {
            self.calls.push(NONE);
        }
        let mut pair = NONE;
        if let Some(call) = self.calls.get_mut(place as usize) {
            let of_call = self.codes.get(*call as usize).and_then(|enter| enter.checked_add(1));
            if of_call == Some(code) {
                pair = std::mem::replace(call, NONE);
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

    /// How many events there are, those in front included.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    pub(crate) fn code(&self, event: usize) -> u16 {
        self.codes.get(event).copied().unwrap_or(0)
    }

    pub(crate) fn ts(&self, event: usize) -> u64 {
        self.times.get(event).copied().unwrap_or(0)
    }

    pub(crate) fn place(&self, event: usize) -> usize {
        self.places.get(event).copied().unwrap_or(0) as usize
    }

    /// How many threads there are.
    pub(crate) fn places(&self) -> usize {
        self.places.iter().copied().max().map_or(0, |most| most as usize + 1)
    }

    pub(crate) fn pair(&self, event: usize) -> usize {
        self.pairs.get(event).copied().filter(|pair| *pair != NONE).map_or(NO_EVENT, |pair| pair as usize)
    }
}
