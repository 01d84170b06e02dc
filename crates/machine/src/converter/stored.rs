//! The enter events that wait for their exit.

use super::{Place, Value};
use bytes::Bytes;
use capture_event::code;
use capture_scap::{EventBlock, Span};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::VecDeque;

/// An enter event kept for its exit event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    /// Its type.
    pub(super) code: u16,
    params: SmallVec<[Value; 6]>,
    /// The number it goes by.
    pub(super) number: u64,
    /// How many events came before it.
    at: u64,
    /// Its bytes, once they were copied out of their chunk; until then they are in the chunk being read.
    pub(super) copy: Option<Bytes>,
}

impl Held {
    /// Parameter `i` as a value of the exit event; `None` when there is none.
    pub(super) fn param(&self, i: u8) -> Option<Value> {
        let value = *self.params.get(usize::from(i))?;
        let place = match value.place {
            Place::Event if self.copy.is_some() => Place::Extra,
            place => place,
        };
        Some(Value { place, ..value })
    }

    /// Copies the parameters out of their chunk.
    fn detach(&mut self, chunk: &[u8]) {
        let mut copy = Vec::new();
        for value in self.params.iter_mut().filter(|value| value.place == Place::Event) {
            let start = u32::try_from(copy.len()).unwrap_or(u32::MAX);
            copy.extend_from_slice(value.span.of(chunk));
            value.span.start = start;
        }
        self.copy = Some(Bytes::from(copy));
    }
}

/// How many events the enter event of a thread that exited is kept for. Its exit event will not come, but the
/// reference implementation would take it for that of whoever gets the thread's id.
const KEPT_AFTER_EXIT: u64 = 1 << 16;

/// The enter event of each thread: one, the newest.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    by_tid: FxHashMap<i64, Held>,
    /// Threads that exited, and how many events came before that.
    exited: VecDeque<(u64, i64)>,
    /// How many events came.
    events: u64,
    /// The chunk being read.
    chunk: Bytes,
    chunk_id: Option<u64>,
}

impl Store {
    /// To be called with every event.
    pub(super) fn follow(&mut self, event: &EventBlock<'_>) {
        self.events += 1;
        if matches!(event.code, code::PROCEXIT_E | code::PROCEXIT_1_E) {
            self.exited.push_back((self.events, event.tid));
        }
        self.forget_exited();
        if self.chunk_id != Some(event.chunk_id) {
            self.begin_chunk(event);
        }
    }

    fn forget_exited(&mut self) {
        while let Some(&(at, tid)) = self.exited.front()
            && self.events - at > KEPT_AFTER_EXIT
        {
            self.exited.pop_front();
            if self.by_tid.get(&tid).is_some_and(|held| held.at < at) {
                self.by_tid.remove(&tid);
            }
        }
    }

    /// The next event is in another chunk, whatever its number. What waits in this one is copied out of it.
    pub(super) fn end_chunk(&mut self) {
        for held in self.by_tid.values_mut().filter(|held| held.copy.is_none()) {
            held.detach(&self.chunk);
        }
        (self.chunk, self.chunk_id) = Default::default();
    }

    fn begin_chunk(&mut self, event: &EventBlock<'_>) {
        self.end_chunk();
        self.chunk = event.chunk.clone();
        self.chunk_id = Some(event.chunk_id);
    }

    /// Keeps an event, which goes by a number, as it is after `params` were converted.
    pub(super) fn put(&mut self, event: &EventBlock<'_>, number: u64, code: u16, params: &[Value]) {
        let held = Held { code, params: SmallVec::from_slice(params), number, at: self.events, copy: None };
        self.by_tid.insert(event.tid, held);
    }

    /// The numbers of all that are kept.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.by_tid.values().map(|held| held.number)
    }

    pub(super) fn get(&self, tid: i64) -> Option<&Held> {
        self.by_tid.get(&tid)
    }

    pub(super) fn forget(&mut self, tid: i64) {
        self.by_tid.remove(&tid);
    }
}

impl From<Span> for Value {
    fn from(span: Span) -> Self {
        Value { place: Place::Event, span }
    }
}
