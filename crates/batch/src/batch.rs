//! The columns.

use crate::{Alike, Column, Differ, Gap, Id, Lineage, Live, Object, Own, Reference, Row, RowOption, Segment, Text};
use bytes::Bytes;
use capture_event::recording::Recording;
use capture_event::schema;
use capture_event::{Dialect, EventInfo};
use std::sync::Arc;

/// Which of the two worlds of one capture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// Enter and exit events, fields and formatting as in sysdig 0.29.
    Classic,
    /// Exit events that carry the arguments, as in the newest libraries.
    Exit,
}

impl View {
    /// The dialect of the events that the view shows.
    pub fn dialect(self) -> Dialect {
        match self {
            View::Classic => Dialect::Classic,
            View::Exit => Dialect::Newest,
        }
    }

    /// The types of events that the view can show, by their codes: those of its dialect, and in the classic view those
    /// that only the newest schema has, see [`RowFlags::NEWER`].
    pub fn events(self) -> impl Iterator<Item = &'static EventInfo> {
        let own = schema::events(self.dialect());
        own.iter().chain(schema::events(Dialect::Newest).iter().skip(own.len()))
    }

    /// What the view says of the type with a code, one of [`View::events`].
    #[inline]
    pub fn event(self, code: u16) -> Option<&'static EventInfo> {
        schema::event(code, self.dialect()).or_else(|| schema::event(code, Dialect::Newest))
    }
}

bitflags::bitflags! {
    /// Marks of a row.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct RowFlags: u16 {
        /// Stored only to keep the state right: numbered, never shown.
        const STATE_ONLY = 1;
        /// Bookkeeping of the capture: shown only when asked for.
        const INTERNAL = 1 << 1;
        /// An enter event that the exit view applies and numbers but never shows.
        const APPLIED_ONLY = 1 << 2;
        /// The name of its descriptor changed with this event.
        const NAME_CHANGED = 1 << 3;
        /// An exit event whose enter event was lost or was that of another call.
        const UNPAIRED = 1 << 4;
        /// Read when the capture was opened, before the first other event: numbered, never shown.
        const PREAMBLE = 1 << 5;
        /// The code is not known to the view: no number, never shown, kept for writing.
        const UNKNOWN_CODE = 1 << 6;
        /// The exit view found a number of parameters that no version writes: missing ones are empty.
        const ODD_PARAMS = 1 << 7;
        /// Classic view: a container event of which the capturing program found no metadata: numbered, never shown.
        const UNRESOLVED = 1 << 8;
        /// The event did not find its descriptor; its object is what the descriptor number that the thread used last
        /// stands for.
        const OBJECT_BY_NUMBER = 1 << 9;
        /// An enter event that belongs to an earlier batch, repeated for the exit event after it. It has the number
        /// that it had there, and parameters, but nothing is bound to it. Never shown, never counted.
        const REPEATED = 1 << 10;
        /// Classic view: a recording of ours has this event of a type that only the newest schema has. It has no number
        /// and changes nothing, so that all others are what sysdig 0.29 shows, which passes over it.
        const NEWER = 1 << 11;
        /// The events that no view ever shows.
        const NEVER_SHOWN = Self::STATE_ONLY.bits() | Self::APPLIED_ONLY.bits() | Self::PREAMBLE.bits()
            | Self::UNKNOWN_CODE.bits() | Self::UNRESOLVED.bits() | Self::REPEATED.bits();
    }
}

/// Where the bytes of parameters are: a buffer shared by many events.
pub type Chunk = Bytes;

/// The bytes of one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamSlice {
    /// Which of the batch's chunks.
    pub chunk: u32,
    /// Where in the chunk.
    pub start: u32,
    /// How many bytes.
    pub len: u32,
}

/// Gives the parameters of rows, and the options behind their events, where they are not in the batch's chunks: each is
/// put together when somebody looks at it.
pub trait LateParams: Send + Sync {
    /// How many parameters the event of a row has.
    fn count(&self, row: usize) -> usize;

    /// The bytes of its parameter `i`, empty ones included; `None` when the event has no such parameter.
    fn raw(&self, row: usize, i: usize) -> Option<&[u8]>;

    /// The options behind it whose codes are those of [`capture_event::option`]: code and value, one of each code at
    /// most.
    fn options(&self, row: usize) -> Vec<(u16, &[u8])>;

    /// What of the batch could not be read, in words: of all that was looked at so far, columns included. What was
    /// given in its place says nothing.
    fn damage(&self) -> Option<Box<dyn std::fmt::Display + Send>>;

    /// Shows which rows are of one type and do not differ for a question: each row once. `differ`: what rows of a type
    /// differ in.
    fn alike(&self, differ: &dyn Fn(u16) -> Differ, see: &mut dyn FnMut(Alike<'_>));
}

/// What is known of the capture that a batch comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SourceInfo {
    /// Its name as given by the user.
    pub name: Text,
    /// Host name; empty if unknown.
    pub hostname: Text,
    /// Number of CPUs; `None` if not said.
    pub cpus: Option<u32>,
    /// Boot time, ns since the epoch; 0 if unknown.
    pub boot_ts: u64,
    /// Addresses of the host's interfaces, for telling remote from local.
    pub addresses: Vec<(std::net::IpAddr, std::net::IpAddr)>,
    /// What its recorder said of the recording, if it was one of ours.
    pub recording: Option<Recording>,
}

/// What holds for a batch as a whole.
#[derive(Debug, Clone)]
pub struct Head {
    /// The view its rows and bindings belong to.
    pub view: View,
    /// The capture.
    pub source: Arc<SourceInfo>,
    /// Time of the capture's first event, ns since the epoch.
    pub first_ts: u64,
    /// Time of the last event before this batch, ns since the epoch; 0 in the first batch.
    pub ts_before: u64,
}

/// The numbers of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowHeader {
    /// Number in the view, from 1; 0 for events that have none.
    pub num: u64,
    /// Time, ns since the epoch.
    pub ts: u64,
    /// Thread.
    pub tid: i64,
    /// CPU.
    pub cpu: u16,
    /// Event type.
    pub code: u16,
    /// Marks.
    pub flags: RowFlags,
}

/// No row: an event without an enter event in this batch.
pub const NO_ROW: u32 = u32::MAX;

/// No stored event: a row that repeats one of an earlier batch.
pub const NOT_STORED: u64 = u64::MAX;

/// Some tens of thousands of events as columns. All columns have one entry a row, except where said.
pub struct Batch {
    /// What holds for all rows.
    pub head: Head,
    /// The interned values that the rows name.
    pub segment: Arc<Segment>,
    /// Number in the view, from 1; 0 for events that have none.
    pub num: Column<u64>,
    /// Time, ns since the epoch.
    pub ts: Column<u64>,
    /// Thread id.
    pub tid: Column<i64>,
    /// CPU.
    pub cpu: Column<u16>,
    /// Event type.
    pub code: Column<u16>,
    /// Marks.
    pub flags: Column<RowFlags>,
    /// Buffers that hold the parameters; not one a row.
    pub chunks: Vec<Chunk>,
    /// Every row's parameters, one row after the other; not one a row.
    pub params: Vec<ParamSlice>,
    /// Where a row's parameters end in `params`; they start where those of the row before end.
    pub params_end: Vec<u32>,
    /// The thread. [`Id::NONE`] where the view knows no thread.
    pub own: Column<Id<Own>>,
    /// Its ancestors and leaders.
    pub lineage: Column<Id<Lineage>>,
    /// What the event worked on.
    pub object: Column<Id<Object>>,
    /// The number of the event's own descriptor; -1 for none.
    pub fd: Column<i64>,
    /// Which of `lives` holds; `u32::MAX` for events without a thread.
    pub live: Column<u32>,
    /// The distinct quantities; not one a row.
    pub lives: Column<Live>,
    /// For an exit event: the row of its enter event, or [`NO_ROW`].
    pub enter: Column<u32>,
    /// Classic view: time since the thread entered the call that the event ends, ns; for context switches, that of
    /// the thread's last call. 0 for other events.
    pub latency: Column<u64>,
    /// What parameters refer to, ascending by row; not one a row.
    pub references: Column<Reference>,
    /// What options behind events say, ascending by row; not one a row.
    pub options: Vec<RowOption>,
    /// What gives parameters and options in place of `params` and `options`.
    pub late_params: Option<Box<dyn LateParams>>,
    /// Where the recorder lost events, whether a row tells of it or not, in the capture's order; not one a row.
    pub gaps: Column<Gap>,
    /// Which of the events that the capture stores a row is made of, from 0 over all sections; [`NOT_STORED`] for one
    /// that is repeated. Empty unless asked for ([`Needs::STORED`]).
    pub stored: Column<u64>,
    /// The stored enter event that the row's event took parameters from, in the exit view; [`NOT_STORED`], or nothing
    /// behind the last one that did, for none. Empty unless asked for ([`Needs::STORED`]).
    pub taken_from: Column<u64>,
}

impl Batch {
    /// An empty batch.
    pub fn new(head: Head, segment: Arc<Segment>) -> Self {
        Batch::with_capacity(head, segment, 0)
    }

    /// An empty batch with room for so many rows.
    pub fn with_capacity(head: Head, segment: Arc<Segment>, rows: usize) -> Self {
        Batch {
            head,
            segment,
            num: Column::with_capacity(rows),
            ts: Column::with_capacity(rows),
            tid: Column::with_capacity(rows),
            cpu: Column::with_capacity(rows),
            code: Column::with_capacity(rows),
            flags: Column::with_capacity(rows),
            chunks: Vec::new(),
            params: Vec::with_capacity(3 * rows),
            params_end: Vec::with_capacity(rows),
            own: Column::with_capacity(rows),
            lineage: Column::with_capacity(rows),
            object: Column::with_capacity(rows),
            fd: Column::with_capacity(rows),
            live: Column::with_capacity(rows),
            lives: Column::default(),
            enter: Column::with_capacity(rows),
            latency: Column::with_capacity(rows),
            references: Column::default(),
            options: Vec::new(),
            late_params: None,
            gaps: Column::default(),
            stored: Column::default(),
            taken_from: Column::default(),
        }
    }

    /// Adds a row that nothing is bound to, with the parameters that were added since the row before.
    pub fn push_unbound(&mut self, header: RowHeader) {
        self.push_row(header, NO_ROW);
        self.bind_nothing();
    }

    /// Adds to the columns of what rows are bound to that the last row is bound to nothing.
    pub fn bind_nothing(&mut self) {
        self.own.push(Id::NONE);
        self.lineage.push(Id::NONE);
        self.object.push(Id::NONE);
        self.fd.push(-1);
        self.live.push(u32::MAX);
        self.latency.push(0);
    }

    /// Adds a row but for what is bound to it, with the parameters that were added since the row before. `enter`:
    /// [`Batch::enter`].
    #[inline]
    pub fn push_row(&mut self, header: RowHeader, enter: u32) {
        let RowHeader { num, ts, tid, cpu, code, flags } = header;
        self.num.push(num);
        self.ts.push(ts);
        self.tid.push(tid);
        self.cpu.push(cpu);
        self.code.push(code);
        self.flags.push(flags);
        self.params_end.push(u32::try_from(self.params.len()).unwrap_or(u32::MAX));
        self.enter.push(enter);
    }

    /// Makes room for so many rows in the columns of what rows are bound to, and of numbers, types and marks.
    pub fn reserve_bound(&mut self, rows: usize) {
        self.num.reserve(rows);
        self.code.reserve(rows);
        self.flags.reserve(rows);
        self.own.reserve(rows);
        self.lineage.reserve(rows);
        self.object.reserve(rows);
        self.fd.reserve(rows);
        self.live.reserve(rows);
        self.latency.reserve(rows);
        self.stored.reserve(rows);
    }

    /// A piece of its chunks.
    #[inline]
    pub(crate) fn bytes(&self, slice: ParamSlice) -> Option<&[u8]> {
        let start = slice.start as usize;
        self.chunks.get(slice.chunk as usize)?.get(start..start.checked_add(slice.len as usize)?)
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }

    /// Number, time, thread, type of a row; `None` past the end.
    pub fn header(&self, row: usize) -> Option<RowHeader> {
        Some(RowHeader {
            num: self.num.value(row)?,
            ts: self.ts.value(row)?,
            tid: self.tid.value(row)?,
            cpu: self.cpu.value(row)?,
            code: self.code.value(row)?,
            flags: self.flags.value(row)?,
        })
    }

    /// A row; `None` past the end.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        Row::new(self, index)
    }

    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).filter_map(|i| self.row(i))
    }
}

bitflags::bitflags! {
    /// What a consumer of batches looks at beyond numbers, times, parameters and threads. A machine leaves out what
    /// nobody needs.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Needs: u16 {
        /// [`Batch::lineage`].
        const LINEAGE = 1;
        /// [`Batch::live`].
        const LIVE = 1 << 1;
        /// [`Live::std`]; only together with `LIVE`.
        const STD_STREAMS = 1 << 2;
        /// [`Batch::references`], except those to containers, which are always held.
        const REFERENCES = 1 << 3;
        /// [`Live::fd_types`](crate::Live::fd_types); only together with `LIVE`.
        const FD_TYPES = 1 << 4;
        /// [`Batch::stored`] and [`Batch::taken_from`].
        const STORED = 1 << 5;
        /// [`Batch::enter`].
        const ENTERS = 1 << 6;
        /// [`Batch::object`] and [`Batch::fd`].
        const OBJECTS = 1 << 7;
        /// [`Batch::options`].
        const OPTIONS = 1 << 8;
    }
}
