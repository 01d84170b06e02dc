//! Parser of events: the part of a capture that must be fast.

use super::{Fault, fault, short};
use crate::block::event::{EventBlock, Form, Span};
use crate::block::places::Places;
use crate::error::Problem;
use crate::kind::BlockKind;
use bytes::Bytes;
use capture_event::schema::{self, Dialect, EventFlags};
use std::ops::Range;

/// How an event is stored, as its block type says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub form: Form,
    pub has_dump_flags: bool,
}

impl Stored {
    /// What a block type says; `None` if it is not one of an event.
    #[inline]
    pub(crate) fn of(block_code: u32) -> Option<Stored> {
        let Some(BlockKind::Event { version, flags, large }) = BlockKind::from_code(block_code) else { return None };
        let form = match (version, large) {
            (1, _) => Form::V1,
            (_, false) => Form::V2,
            (_, true) => Form::Large,
        };
        Some(Stored { form, has_dump_flags: flags })
    }
}

/// Codes whose V1 length is three too large: notification and infrastructure event.
const V1_LENGTH_THREE_TOO_LARGE: [u16; 2] = [280, 286];

/// What is in front of the parameters' lengths.
struct Header {
    cpu: u16,
    dump_flags: u32,
    ts: u64,
    tid: i64,
    code: u16,
    /// Where the lengths begin and the event ends, in the body.
    inside: Range<usize>,
    /// Number of parameters, where it is stored.
    nparams: Option<u32>,
}

/// An event but for its chunk; the fields are those of [`EventBlock`].
#[derive(Clone, Copy)]
pub(crate) struct Head {
    ts: u64,
    tid: i64,
    dump_flags: u32,
    surplus: Span,
    trailing: Span,
    cpu: u16,
    code: u16,
    form: Form,
    /// The lengths of its parameters, which follow them.
    lengths: Span,
    /// Whether these have 32 bits.
    wide: bool,
}

impl Head {
    /// The whole event.
    #[inline]
    pub(crate) fn event<'r>(&self, chunk: &'r Bytes, chunk_id: u64) -> EventBlock<'r> {
        let (lengths, start) = (self.lengths.of(chunk), self.lengths.start + self.lengths.len);
        let params = match self.wide {
            true => Places::Wide { lengths: lengths.as_chunks().0, start },
            false => Places::Narrow { lengths: lengths.as_chunks().0, start },
        };
        EventBlock {
            ts: self.ts,
            tid: self.tid,
            cpu: self.cpu,
            code: self.code,
            dump_flags: self.dump_flags,
            form: self.form,
            chunk,
            chunk_id,
            params,
            surplus: self.surplus,
            trailing: self.trailing,
        }
    }
}

/// The event in `body` of `chunk`, which ends before 4 GiB.
#[inline]
pub(crate) fn event(chunk: &Bytes, body: Range<usize>, stored: Stored) -> Result<Head, Fault> {
    let bytes = chunk.get(body.clone()).unwrap_or_default();
    let header = header(bytes, stored)?;
    let inside = bytes.get(header.inside.clone()).unwrap_or_default();
    let wide = has_wide_lengths(header.code, stored.form);
    let counted = match header.nparams {
        Some(n) => Some(n as usize),
        None => count_v1(inside, wide),
    };
    let at = body.start + header.inside.start;
    let (lengths, used) = counted.and_then(|n| lengths(inside, n, wide)).ok_or_else(|| Fault {
        left: bytes.len() - header.inside.start,
        problem: Problem::Value { name: "number or lengths of parameters", found: counted.unwrap_or(0) as u64 },
    })?;
    let span = |range: Range<usize>| Span { start: range.start as u32, len: range.len() as u32 };
    let event_end = body.start + header.inside.end;
    Ok(Head {
        ts: header.ts,
        tid: header.tid,
        dump_flags: header.dump_flags,
        surplus: span(at + used..event_end),
        trailing: span(event_end..body.end),
        cpu: header.cpu,
        code: header.code,
        form: stored.form,
        lengths: span(at..at + lengths),
        wide,
    })
}

/// What stands at fixed places. Read as one record rather than field by field, because events come in millions.
#[inline]
fn header(bytes: &[u8], stored: Stored) -> Result<Header, Fault> {
    let before = if stored.has_dump_flags { 6 } else { 2 };
    let fixed = before + if stored.form == Form::V1 { 22 } else { 26 };
    let Some((head, after)) = bytes.split_at_checked(fixed) else {
        return Err(fault(short("event header", fixed, bytes), bytes.len()));
    };
    let len = u32::from_le_bytes(array(head, before + 16));
    let code = u16::from_le_bytes(array(head, before + 20));
    let nparams = (stored.form != Form::V1).then(|| u32::from_le_bytes(array(head, before + 22)));
    let inside = stated_len(len, code, nparams)
        .checked_sub(fixed - before)
        .filter(|&len| len <= after.len())
        .map(|len| fixed..fixed + len)
        .ok_or_else(|| Fault::value(bytes.len() - before - 16, "event length", len))?;
    Ok(Header {
        cpu: u16::from_le_bytes(array(head, 0)),
        dump_flags: if stored.has_dump_flags { u32::from_le_bytes(array(head, 2)) } else { 0 },
        ts: u64::from_le_bytes(array(head, before)),
        tid: i64::from_le_bytes(array(head, before + 8)),
        code,
        inside,
        nparams,
    })
}

/// The `N` bytes at a place that is known to be there.
#[inline]
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}

/// The event's length. Old writers made that of two event types three too large.
fn stated_len(len: u32, code: u16, nparams: Option<u32>) -> usize {
    let excess = if nparams.is_none() && V1_LENGTH_THREE_TOO_LARGE.contains(&code) { 3 } else { 0 };
    (len as usize).saturating_sub(excess)
}

/// Whether the event's lengths have 32 bits. The code decides; for codes that no schema has, the block type.
pub(crate) fn has_wide_lengths(code: u16, form: Form) -> bool {
    match schema::event(code, Dialect::Newest) {
        Some(info) => info.flags.contains(EventFlags::LARGE_PAYLOAD),
        None => form == Form::Large,
    }
}

fn length(inside: &[u8], i: usize, wide: bool) -> Option<usize> {
    if wide {
        let bytes = inside.get(i.checked_mul(4)?..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes) as usize)
    } else {
        let bytes = inside.get(i.checked_mul(2)?..)?.first_chunk()?;
        Some(usize::from(u16::from_le_bytes(*bytes)))
    }
}

/// The number of parameters of a V1 event: the one that makes lengths and parameters fill the event.
fn count_v1(inside: &[u8], wide: bool) -> Option<usize> {
    let width = if wide { 4 } else { 2 };
    let (mut n, mut sum) = (0, 0usize);
    while sum < inside.len() {
        sum = sum.checked_add(width)?.checked_add(length(inside, n, wide)?)?;
        n += 1;
    }
    (sum == inside.len()).then_some(n)
}

/// The number of bytes that the lengths of `n` parameters take, and that these take with them; `None` if they do not
/// fit.
#[inline]
fn lengths(inside: &[u8], n: usize, wide: bool) -> Option<(usize, usize)> {
    let width = if wide { 4 } else { 2 };
    let lengths = inside.get(..n.checked_mul(width)?)?;
    // A length has 32 bits at most and there are fewer than 2^32, so the sum cannot overflow.
    let params: usize = match wide {
        true => lengths.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes) as usize).sum(),
        false => lengths.as_chunks().0.iter().map(|&bytes| usize::from(u16::from_le_bytes(bytes))).sum(),
    };
    let used = lengths.len() + params;
    (used <= inside.len()).then_some((lengths.len(), used))
}
