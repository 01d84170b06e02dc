//! The enter events that wait for their exit.

use super::{Extra, Place, Value};
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
    buffer: Extra,
}

impl Held {
    /// Parameter `i` as a value of the exit event; `None` when there is none.
    pub(super) fn param(&self, i: u8) -> Option<Value> {
        let value = *self.params.get(usize::from(i))?;
        let place = if value.place == Place::Event { Place::Extra } else { value.place };
        Some(Value { place, ..value })
    }

    /// The buffer of its parameters.
    pub(super) fn buffer(&self) -> &Extra {
        &self.buffer
    }

    /// Copies the parameters out of their chunk.
    fn detach(&mut self) {
        if self.buffer.chunk_id.is_none() {
            return;
        }
        let mut copy = Vec::new();
        for value in self.params.iter_mut().filter(|value| value.place == Place::Event) {
            let start = u32::try_from(copy.len()).unwrap_or(u32::MAX);
            copy.extend_from_slice(value.span.of(&self.buffer.bytes));
            value.span.start = start;
        }
        self.buffer = Extra { bytes: Bytes::from(copy), chunk_id: None };
    }
}

/// The enter event of each thread: one, the newest.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    by_tid: FxHashMap<i64, Held>,
    /// Threads whose enter event lies in the chunk being read.
    attached: Vec<i64>,
}

impl Store {
    /// Keeps an event as it is after `params` were converted.
    pub(super) fn put(&mut self, event: &EventBlock<'_>, code: u16, params: &[Value]) {
        let buffer = Extra { bytes: event.chunk.clone(), chunk_id: Some(event.chunk_id) };
        self.by_tid.insert(event.tid, Held { code, params: SmallVec::from_slice(params), buffer });
        self.attached.push(event.tid);
    }

    pub(super) fn get(&self, tid: i64) -> Option<&Held> {
        self.by_tid.get(&tid)
    }

    pub(super) fn forget(&mut self, tid: i64) {
        self.by_tid.remove(&tid);
    }

    pub(super) fn end_chunk(&mut self) {
        for tid in self.attached.drain(..) {
            if let Some(held) = self.by_tid.get_mut(&tid) {
                held.detach();
            }
        }
    }
}

impl From<Span> for Value {
    fn from(span: Span) -> Self {
        Value { place: Place::Event, span }
    }
}
