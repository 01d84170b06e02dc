//! Batches of events: rows that become columns, and back.

mod decode;
mod encode;
mod heads;
mod late;
mod options;
mod params;
mod values;

pub use decode::{Decoded, read_strings};
pub(crate) use encode::{all, has_exit};
pub use encode::{encode, put};
pub use heads::{Calls, Heads, NO_ROW, Threads, times};
pub use late::{BatchHead, Late};
pub use params::{OfType, Param, Rows, Source};
pub use values::{Token, Values};

use crate::bind::{Listed, fd_of, fd_param};
use bytes::Bytes;
use capture_scap::{EventBlock, Form, Places, Span};
use std::ops::Range;

/// What a row of options has in place of the number of a parameter.
const OPTION: u16 = u16::MAX;

/// A batch has so many events at most.
pub(crate) const EVENTS: usize = 1 << 16;

/// A batch is closed when its parameters and options have so many bytes.
const BYTES: usize = 32 << 20;

/// What a block of an event has beside its parameters, about, bytes.
const HEAD: usize = 40;

/// Or when there are so many.
const VALUES: usize = 1 << 20;

/// Events times the most parameters of any are at most so many.
const PLACES: usize = 1 << 24;

/// An event of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    ts: u64,
    tid: i64,
    cpu: u16,
    code: u16,
    dump_flags: u32,
    form: Form,
    params: Range<u32>,
    surplus: Span,
    trailing: Span,
    options: Range<u32>,
}

/// Events in a row, with copies of their parameters.
#[derive(Debug, Default)]
pub struct Events {
    rows: Vec<Row>,
    params: Vec<Span>,
    options: Vec<(u16, Span)>,
    bytes: Vec<u8>,
    /// The most parameters of any.
    widest: usize,
}

impl Events {
    /// Appends an event.
    pub fn push(&mut self, event: &EventBlock<'_>) {
        let (params, options) = (self.params.len() as u32, self.options.len() as u32);
        // All of it lies in one piece, as readers give it.
        let first = event.params.first().unwrap_or(event.surplus).start;
        let end = event.trailing.start.saturating_add(event.trailing.len);
        let whole = self.copy(Span { start: first, len: end.saturating_sub(first) }.of(event.chunk));
        let moved = |span: Span| Span { start: span.start.wrapping_sub(first).wrapping_add(whole.start), ..span };
        self.params.extend(event.params.iter().map(moved));
        if event.may_have_options() {
            self.options.extend(event.option_places().map(|(code, value)| (code, moved(value))));
        }
        self.widest = self.widest.max(event.params.len());
        self.rows.push(Row {
            ts: event.ts,
            tid: event.tid,
            cpu: event.cpu,
            code: event.code,
            dump_flags: event.dump_flags,
            form: event.form,
            params: params..self.params.len() as u32,
            surplus: moved(event.surplus),
            trailing: moved(event.trailing),
            options: options..self.options.len() as u32,
        });
    }

    /// Lets `look` look at the events as blocks of a capture have them. They go by a number that the events of no other
    /// list have that it looks at.
    pub(crate) fn as_blocks<R>(&mut self, number: u64, look: impl FnOnce(&EventBlocks<'_>) -> R) -> R {
        let chunk = Bytes::from(std::mem::take(&mut self.bytes));
        let result = look(&EventBlocks { events: self, chunk: &chunk, number });
        self.bytes = chunk.into();
        result
    }

    /// Puts copies of some events of another list in front.
    pub(crate) fn put_in_front(&mut self, from: &Events, rows: &[usize]) {
        let copies: Vec<Row> = rows.iter().filter_map(|row| Some(self.copy_of(from, from.rows.get(*row)?))).collect();
        self.rows.splice(0..0, copies);
    }

    /// Appends copies of some events of another list.
    pub(crate) fn extend_from(&mut self, from: &Events, rows: &[usize]) {
        for row in rows.iter().filter_map(|row| from.rows.get(*row)) {
            let copy = self.copy_of(from, row);
            self.rows.push(copy);
        }
    }

    /// A copy of an event of another list, whose values are in this one.
    fn copy_of(&mut self, from: &Events, row: &Row) -> Row {
        let (params, options) = (self.params.len() as u32, self.options.len() as u32);
        for param in from.params(row) {
            let copy = self.copy(param.of(&from.bytes));
            self.params.push(copy);
        }
        for (code, value) in from.options(row) {
            let copy = self.copy(value.of(&from.bytes));
            self.options.push((*code, copy));
        }
        self.widest = self.widest.max(row.params.len());
        let (surplus, trailing) = (self.copy(row.surplus.of(&from.bytes)), Span::default());
        let (params, options) = (params..self.params.len() as u32, options..self.options.len() as u32);
        Row { params, options, surplus, trailing, ..row.clone() }
    }

    /// Who, when and what of the events, of which the first `carried` stand in front.
    pub(crate) fn layout(&self, carried: usize) -> Listed {
        let mut layout = Listed::new(carried, self.rows.len());
        self.rows.iter().for_each(|row| layout.push(row.ts, row.tid, row.code));
        layout
    }

    /// The number that an event says is that of its descriptor.
    pub(crate) fn fd_param(&self, event: usize) -> Option<i64> {
        fd_of(self.raw(event, fd_param(self.code(event)?)?)?)
    }

    /// The type of an event.
    pub(crate) fn code(&self, event: usize) -> Option<u16> {
        Some(self.rows.get(event)?.code)
    }

    /// The bytes of a parameter of an event.
    pub(crate) fn raw(&self, event: usize, param: usize) -> Option<&[u8]> {
        self.param(self.rows.get(event)?, u16::try_from(param).ok()?)
    }

    /// The value of the first option with this code behind an event.
    pub(crate) fn option(&self, event: usize, code: u16) -> Option<&[u8]> {
        let (_, value) = self.options(self.rows.get(event)?).iter().find(|(other, _)| *other == code)?;
        Some(value.of(&self.bytes))
    }

    fn copy(&mut self, bytes: &[u8]) -> Span {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        Span { start, len: bytes.len() as u32 }
    }

    /// Whether the batch may have one more; it has `most` events at most.
    pub fn has_room(&self, event: &EventBlock<'_>, most: usize) -> bool {
        let values = self.params.len() + self.options.len();
        let places = (self.rows.len() + 1).saturating_mul(self.widest.max(event.params.len()));
        let is_full =
            self.rows.len() >= most.min(EVENTS) || self.bytes.len() >= BYTES || values >= VALUES || places > PLACES;
        !is_full || self.is_empty()
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many bytes their blocks have, about.
    pub fn size(&self) -> u64 {
        (self.bytes.len() + self.rows.len() * HEAD) as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.params.clear();
        self.options.clear();
        self.bytes.clear();
        self.widest = 0;
    }

    fn param(&self, row: &Row, index: u16) -> Option<&[u8]> {
        Some(self.params(row).get(usize::from(index))?.of(&self.bytes))
    }

    fn params(&self, row: &Row) -> &[Span] {
        self.params.get(row.params.start as usize..row.params.end as usize).unwrap_or_default()
    }

    fn options(&self, row: &Row) -> &[(u16, Span)] {
        self.options.get(row.options.start as usize..row.options.end as usize).unwrap_or_default()
    }
}

/// The events of a list as blocks of a capture have them.
pub struct EventBlocks<'e> {
    events: &'e Events,
    chunk: &'e Bytes,
    number: u64,
}

impl EventBlocks<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// All in order.
    pub fn each(&self) -> impl Iterator<Item = EventBlock<'_>> {
        self.events.rows.iter().map(|row| EventBlock {
            ts: row.ts,
            tid: row.tid,
            cpu: row.cpu,
            code: row.code,
            dump_flags: row.dump_flags,
            form: row.form,
            chunk: self.chunk,
            chunk_id: self.number,
            params: Places::Listed(self.events.params(row)),
            surplus: row.surplus,
            trailing: row.trailing,
        })
    }
}
