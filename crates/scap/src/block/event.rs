//! Events.
//!
//! ```text
//! EV                    u16 cpu                  + V1 event
//! EVF                   u16 cpu, u32 dump flags  + V1 event
//! EV_V2, EV_V2_LARGE    u16 cpu                  + V2 event
//! EVF_V2, EVF_V2_LARGE  u16 cpu, u32 dump flags  + V2 event
//! ```
//!
//! | offset in V2 | in V1 | type | field |
//! |---|---|---|---|
//! | 0 | 0 | u64 | time, ns since the epoch |
//! | 8 | 8 | i64 | thread; -1 when there is none |
//! | 16 | 16 | u32 | length of the event: header, length array, parameters |
//! | 20 | 20 | u16 | event code |
//! | 22 | | u32 | number of parameters |
//! | 26 | 22 | u16 or u32 each | lengths of the parameters |
//! | … | … | | parameters, back to back |
//!
//! Lengths have 32 bits exactly when the schema says that the event has a large payload. What follows the event in
//! its block is padding or pcapng options.

use super::option::BlockOption;
use super::places::Places;
use bytes::Bytes;
use capture_event::Event;
use smallvec::SmallVec;

/// The parameters of one event as slices; on the stack for every event of the schema.
pub type Params<'r> = SmallVec<[&'r [u8]; 32]>;

/// A piece of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Where in the chunk.
    pub start: u32,
    /// How many bytes.
    pub len: u32,
}

impl Span {
    /// The bytes; none if the chunk is shorter, which no span of a reader is.
    pub fn of(self, chunk: &[u8]) -> &[u8] {
        let start = self.start as usize;
        chunk.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// How an event is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Number of parameters not stored.
    V1,
    /// Number of parameters stored.
    V2,
    /// As V2, in a block type without a limit of its size.
    Large,
}

/// One event.
#[derive(Debug, Clone, Copy)]
pub struct EventBlock<'r> {
    /// Nanoseconds since the epoch; not guaranteed to increase.
    pub ts: u64,
    /// The acting thread; -1 when there is none.
    pub tid: i64,
    /// The CPU it happened on.
    pub cpu: u16,
    /// The event type; may be one that no schema has.
    pub code: u16,
    /// Bit 0: stored only to keep the state right; see [`EventBlock::state_only`]. 0 in blocks that have no flags.
    pub dump_flags: u32,
    /// How it is stored.
    pub form: Form,
    /// The buffer that holds its parameters and those of its neighbours.
    pub chunk: &'r Bytes,
    /// Counts the chunks of a reader from 0: two events with the same number have the same chunk.
    pub chunk_id: u64,
    /// Where the parameters are, in file order; may be fewer or more than the schema has.
    pub params: Places<'r>,
    /// Bytes of the event after its last parameter; normally none.
    pub surplus: Span,
    /// What follows the event in its block: padding, or padding and options.
    pub trailing: Span,
}

impl<'r> EventBlock<'r> {
    /// Stored only to keep the state right: applied and numbered, not shown.
    pub fn state_only(&self) -> bool {
        self.dump_flags & 1 != 0
    }

    /// The bytes of parameter `i`; `None` when the event has no such parameter.
    pub fn param(&self, i: usize) -> Option<&'r [u8]> {
        self.params.iter().nth(i).map(|span| span.of(self.chunk))
    }

    /// All parameters.
    pub fn params(&self) -> Params<'r> {
        self.params.iter().map(|span| span.of(self.chunk)).collect()
    }

    /// The options that follow it; normally none.
    pub fn options(&self) -> Vec<BlockOption<'r>> {
        self.each_option().map(|(_, option)| option).collect()
    }

    /// Where in the chunk the values of the options are that follow it, with their codes; normally none.
    pub fn option_places(&self) -> impl Iterator<Item = (u16, Span)> {
        let start = self.trailing.start as usize;
        self.each_option().map(move |(at, option)| {
            let span = Span { start: (start + at) as u32, len: option.value.len() as u32 };
            (option.code, span)
        })
    }

    /// Whether options may follow it.
    #[inline]
    pub fn may_have_options(&self) -> bool {
        // Less is padding.
        self.trailing.len >= 4
    }

    /// The options, and where behind the event their values begin.
    fn each_option(&self) -> impl Iterator<Item = (usize, BlockOption<'r>)> + use<'r> {
        let trailing = self.trailing.of(self.chunk);
        // Options start at a multiple of four bytes from the start of the block, and so do blocks' ends.
        let padding = trailing.len() % 4;
        let places = crate::read::option::places(trailing.get(padding..).unwrap_or_default());
        places.map(move |(at, option)| (padding + at, option))
    }

    /// The event as it is written again, with what [`EventBlock::params`] and [`EventBlock::options`] gave.
    pub fn raw<'p>(&self, params: &'p [&'p [u8]], options: &'p [BlockOption<'p>]) -> RawEvent<'p>
    where
        'r: 'p,
    {
        RawEvent {
            ts: self.ts,
            tid: self.tid,
            cpu: self.cpu,
            code: self.code,
            dump_flags: self.dump_flags,
            params,
            surplus: self.surplus.of(self.chunk),
            options,
            large: self.form == Form::Large,
        }
    }

    /// The event as the schema's accessors want it, with the slices that [`EventBlock::params`] gave.
    pub fn event<'p>(&self, params: &'p [&'p [u8]]) -> Event<'p> {
        Event { ts: self.ts, tid: self.tid, cpu: self.cpu, code: self.code, state_only: self.state_only(), params }
    }
}

/// An event to be written, in no particular form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawEvent<'a> {
    /// Nanoseconds since the epoch.
    pub ts: u64,
    /// The acting thread; -1 when there is none.
    pub tid: i64,
    /// The CPU it happened on.
    pub cpu: u16,
    /// The event type.
    pub code: u16,
    /// As [`EventBlock::dump_flags`].
    pub dump_flags: u32,
    /// The parameters' bytes.
    pub params: &'a [&'a [u8]],
    /// Bytes of the event after its last parameter; normally none.
    pub surplus: &'a [u8],
    /// Options behind the event; normally none.
    pub options: &'a [BlockOption<'a>],
    /// For a code that no schema has: whether the lengths of the parameters have 32 bits.
    pub large: bool,
}

impl<'a> From<&Event<'a>> for RawEvent<'a> {
    fn from(event: &Event<'a>) -> Self {
        RawEvent {
            ts: event.ts,
            tid: event.tid,
            cpu: event.cpu,
            code: event.code,
            dump_flags: u32::from(event.state_only),
            params: event.params,
            surplus: &[],
            options: &[],
            large: false,
        }
    }
}

impl PartialEq for EventBlock<'_> {
    /// Whether both say the same, wherever and in whichever form it is stored.
    fn eq(&self, other: &Self) -> bool {
        (self.ts, self.tid, self.cpu, self.code, self.dump_flags)
            == (other.ts, other.tid, other.cpu, other.code, other.dump_flags)
            && self.params() == other.params()
            && self.surplus.of(self.chunk) == other.surplus.of(other.chunk)
            && self.options() == other.options()
    }
}
