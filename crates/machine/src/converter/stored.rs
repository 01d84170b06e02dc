//! The enter events that wait for their exit.

use super::{Place, Value};
use bytes::Bytes;
use capture_scap::{EventBlock, Span};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// An enter event kept for its exit event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    /// Its type.
    pub(super) code: u16,
    params: SmallVec<[Value; 6]>,
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

/// The enter event of each thread: one, the newest.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    by_tid: FxHashMap<i64, Held>,
    /// The chunk being read.
    chunk: Bytes,
    chunk_id: Option<u64>,
}

impl Store {
    /// To be called with every event: when its chunk is a new one, what waits in the old one is copied out of it.
    pub(super) fn follow(&mut self, event: &EventBlock<'_>) {
        if self.chunk_id == Some(event.chunk_id) {
            return;
        }
        for held in self.by_tid.values_mut().filter(|held| held.copy.is_none()) {
            held.detach(&self.chunk);
        }
        self.chunk = event.chunk.clone();
        self.chunk_id = Some(event.chunk_id);
    }

    /// Keeps an event as it is after `params` were converted.
    pub(super) fn put(&mut self, event: &EventBlock<'_>, code: u16, params: &[Value]) {
        self.by_tid.insert(event.tid, Held { code, params: SmallVec::from_slice(params), copy: None });
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
