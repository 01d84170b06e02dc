//! The exit view's conversion: brings every event that an older version wrote to the form of the newest schema,
//! in which an exit event carries the arguments of its call.
//!
//! Older captures hold two events for a call: the enter event with the arguments, the exit event with the result.
//! The [`Converter`] keeps the enter event of each thread, drops it from the stream, and appends its parameters to
//! the exit event; events of retired types become those that replaced them. [`table`] says how, one row an event
//! type and count of parameters; [`rules`] says which events need it; this file follows the rows. An event may take
//! several rows in turn until none applies.
//!
//! Hardly anything is copied: a converted event is a list of [`Value`]s, pieces of the event's own chunk (which holds
//! its enter event too, as a rule) or of a few constant bytes. An enter event that is still awaited when its chunk is
//! done is copied out of it, so that one blocked thread does not keep megabytes alive.
//!
//! Where the reference implementation stops reading (an exit event whose stored enter event is that of another
//! call, counts of parameters that it has no row for), this one goes on and marks the event: see [`Outcome`].

mod engine;
pub mod rules;
mod stored;
pub mod table;

pub use engine::Converter;

use bytes::Bytes;
use capture_batch::RowFlags;
use capture_event::code;
use capture_scap::Span;
use smallvec::SmallVec;

/// Which buffer holds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The chunk of the event that was converted.
    Event,
    /// [`Converted::extra`].
    Extra,
    /// [`CONSTANTS`].
    Constant,
}

/// The bytes of one parameter of a converted event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// Which buffer holds it.
    pub place: Place,
    /// Where in that buffer.
    pub span: Span,
}

const ZEROS: usize = 16;
const ONES: usize = 4;
const CONSTANT_BYTES: [u8; ZEROS + ONES] = {
    let mut bytes = [0; ZEROS + ONES];
    let mut i = ZEROS;
    while i < bytes.len() {
        bytes[i] = 0xFF;
        i += 1;
    }
    bytes
};

/// The buffer of default values.
pub static CONSTANTS: Bytes = Bytes::from_static(&CONSTANT_BYTES);

impl Value {
    /// No value.
    pub const EMPTY: Value = Value { place: Place::Constant, span: Span { start: 0, len: 0 } };

    /// `n` zero bytes; 16 at most.
    const fn zeros(n: usize) -> Value {
        let len = if n < ZEROS { n } else { ZEROS };
        Value { place: Place::Constant, span: Span { start: 0, len: len as u32 } }
    }

    /// 0xFFFFFFFF.
    const NO_ID: Value = Value { place: Place::Constant, span: Span { start: ZEROS as u32, len: ONES as u32 } };

    /// At most the first `n` bytes of it.
    fn cut(mut self, n: usize) -> Value {
        self.span.len = self.span.len.min(u32::try_from(n).unwrap_or(u32::MAX));
        self
    }
}

/// The parameters of a converted event; on the stack for every type of the schema.
pub type Params = SmallVec<[Value; 32]>;

/// A converted event.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Converted {
    /// Its type in the newest schema.
    pub code: u16,
    /// Its parameters.
    pub params: Params,
    /// A buffer made for this event that some of them lie in.
    pub extra: Option<Bytes>,
}

impl Converted {
    /// The bytes of a value, given the chunk of the event that was converted.
    pub fn bytes<'a>(&'a self, value: Value, chunk: &'a [u8]) -> &'a [u8] {
        let buffer = match value.place {
            Place::Event => chunk,
            Place::Extra => self.extra.as_deref().unwrap_or_default(),
            Place::Constant => &CONSTANTS,
        };
        value.span.of(buffer)
    }

    /// All parameters, given the chunk of the event that was converted.
    pub fn slices<'a>(&'a self, chunk: &'a [u8]) -> SmallVec<[&'a [u8]; 32]> {
        self.params.iter().map(|&value| self.bytes(value, chunk)).collect()
    }
}

/// What became of an event.
#[derive(Debug, PartialEq)]
pub enum Outcome<'c> {
    /// It is not part of the view: an enter event, or of a type that was never sent. It takes no number.
    Dropped,
    /// It goes on as it is, with these marks.
    Unchanged(RowFlags),
    /// It goes on as this event, with these marks.
    Changed(&'c Converted, RowFlags),
}

/// The mark of the enter events that the view applies and numbers but never shows.
fn mark_of(code: u16) -> RowFlags {
    match code {
        code::OPEN_E
        | code::OPENAT_2_E
        | code::OPENAT2_E
        | code::CREAT_E
        | code::CONNECT_E
        | code::EXECVE_19_E
        | code::EXECVEAT_E => RowFlags::APPLIED_ONLY,
        _ => RowFlags::empty(),
    }
}

#[cfg(test)]
mod tests;
