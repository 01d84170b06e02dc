//! The last of a recording, in memory.
//!
//! It is a row of parts, each of which begins with what is known of the host by then, as a file does. The oldest part
//! is dropped when those behind it are enough.

use super::piece::{Piece, ending};
use crate::files::{Form, size};
use crate::status::Failure;
use capture_batch::Row;
use capture_record::stream::{Lost, now};
use capture_scap::{Target, WriteError};
use std::collections::VecDeque;
use std::io::Write;
use std::str::FromStr;
use std::time::Duration;

/// A ring has about so many parts: it holds at most one part more than it is asked to.
const PARTS: u64 = 8;

/// How much of the past is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// So long.
    Time(Duration),
    /// So many bytes.
    Bytes(u64),
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let time = || crate::record::duration(text).map(Span::Time);
        let bytes = crate::record::bytes(text).map(Span::Bytes);
        bytes.or_else(|_| time()).map_err(|_| "expected a time such as 60s, or a size such as 100MB".into())
    }
}

/// The last of a recording.
pub struct Ring {
    span: Span,
    parts: VecDeque<Part>,
}

struct Part {
    piece: Piece<Vec<u8>>,
    /// Where its events begin.
    front: u64,
}

impl Part {
    fn bytes(&self) -> u64 {
        size(&self.piece.writer)
    }
}

impl Ring {
    /// Nothing yet.
    pub fn new(span: Span) -> Ring {
        Ring { span, parts: VecDeque::new() }
    }

    /// Whether there is no part yet.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether another part is to begin (ns since the epoch).
    pub fn is_part_full(&self, now: u64) -> bool {
        self.parts.back().is_some_and(|part| match self.span {
            Span::Time(time) => now.saturating_sub(part.piece.begun) > time.as_nanos() as u64 / PARTS,
            Span::Bytes(bytes) => part.bytes() - part.front > bytes / PARTS,
        })
    }

    /// Begins another part, and drops what is no longer asked for.
    pub fn begin(&mut self, piece: Piece<Vec<u8>>) {
        let begun = piece.begun;
        let front = size(&piece.writer);
        self.parts.push_back(Part { piece, front });
        while self.is_enough_without_oldest(begun) {
            self.parts.pop_front();
        }
    }

    fn is_enough_without_oldest(&self, now: u64) -> bool {
        match self.span {
            Span::Time(time) => {
                let next = self.parts.get(1).map(|part| part.piece.begun);
                next.is_some_and(|begun| now.saturating_sub(begun) >= time.as_nanos() as u64)
            }
            Span::Bytes(bytes) => {
                let rest: u64 = self.parts.iter().skip(1).map(|part| part.bytes() - part.front).sum();
                self.parts.len() > 1 && rest >= bytes
            }
        }
    }

    /// Adds an event.
    pub fn write(&mut self, row: Row<'_>, is_hidden: bool) -> Result<(), WriteError> {
        self.parts.back_mut().map_or(Ok(()), |part| part.piece.write(row, is_hidden))
    }

    /// Writes all of it to a file: how many events.
    pub fn save<W: Write>(&mut self, file: W, form: Form) -> Result<u64, Failure> {
        let mut writer = form.writer(file, Target::All)?;
        let (mut events, mut lost, mut is_first) = (0, Lost::default(), true);
        for part in &mut self.parts {
            part.piece.writer.flush()?;
            let bytes = part.piece.writer.get_ref().get_ref();
            let from = if is_first { 0 } else { usize::try_from(part.front).unwrap_or(usize::MAX) };
            writer.raw(bytes.get(from..).unwrap_or_default())?;
            writer.flush()?;
            events += part.piece.events;
            lost.events = lost.events.saturating_add(part.piece.lost.events);
            lost.gaps += part.piece.lost.gaps;
            is_first = false;
        }
        writer.raw(&ending(now(), Some(events), Some(lost), "what was held in memory was saved"))?;
        writer.finish()?.close()?;
        Ok(events)
    }
}
