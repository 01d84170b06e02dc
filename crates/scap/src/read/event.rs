//! Parser of events: the part of a capture that must be fast.

use super::{Fault, fault, i64, u16, u32, u64};
use crate::block::event::{EventBlock, Form, Span};
use crate::error::Problem;
use bytes::Bytes;
use capture_event::schema::{self, Dialect, EventFlags};
use nom::Parser;
use nom::combinator::cond;
use std::ops::Range;

/// How an event is stored, as its block type says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub form: Form,
    pub has_dump_flags: bool,
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

/// The event in `body` of `chunk`, which ends before 4 GiB. The spans of its parameters go to `params`.
pub(crate) fn event<'r>(
    chunk: &'r Bytes,
    chunk_id: u64,
    body: Range<usize>,
    stored: Stored,
    params: &'r mut Vec<Span>,
) -> Result<EventBlock<'r>, Fault> {
    let bytes = chunk.get(body.clone()).unwrap_or_default();
    let header = header(bytes, stored)?;
    let inside = bytes.get(header.inside.clone()).unwrap_or_default();
    let wide = has_wide_lengths(header.code, stored.form);
    let counted = match header.nparams {
        Some(n) => Some(n as usize),
        None => count_v1(inside, wide),
    };
    params.clear();
    let at = body.start + header.inside.start;
    let used = counted.and_then(|n| spans(inside, n, wide, at, params)).ok_or_else(|| Fault {
        left: bytes.len() - header.inside.start,
        problem: Problem::Value { name: "number or lengths of parameters", found: counted.unwrap_or(0) as u64 },
    })?;
    let span = |range: Range<usize>| Span { start: range.start as u32, len: range.len() as u32 };
    let event_end = body.start + header.inside.end;
    Ok(EventBlock {
        ts: header.ts,
        tid: header.tid,
        cpu: header.cpu,
        code: header.code,
        dump_flags: header.dump_flags,
        form: stored.form,
        chunk,
        chunk_id,
        params,
        surplus: span(at + used..event_end),
        trailing: span(event_end..body.end),
    })
}

fn header(bytes: &[u8], stored: Stored) -> Result<Header, Fault> {
    let (rest, (cpu, dump_flags)) = (u16("cpu"), cond(stored.has_dump_flags, u32("dump flags")))
        .parse(bytes)
        .map_err(|error| fault(error, bytes.len()))?;
    let (lengths, (ts, tid, len, code, nparams)) = (
        u64("time"),
        i64("thread"),
        u32("event length"),
        u16("event code"),
        cond(stored.form != Form::V1, u32("number of parameters")),
    )
        .parse(rest)
        .map_err(|error| fault(error, rest.len()))?;
    let start = bytes.len() - lengths.len();
    let inside = stated_len(len, code, nparams)
        .checked_sub(rest.len() - lengths.len())
        .filter(|&len| len <= lengths.len())
        .map(|len| start..start + len)
        .ok_or_else(|| Fault::value(rest.len().saturating_sub(16), "event length", len))?;
    Ok(Header { cpu, dump_flags: dump_flags.unwrap_or(0), ts, tid, code, inside, nparams })
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

/// Puts the places of `n` parameters into `params`, and gives the number of bytes that they and their lengths take;
/// `None` if they do not fit. `at` is where `inside` begins in its chunk.
fn spans(inside: &[u8], n: usize, wide: bool, at: usize, params: &mut Vec<Span>) -> Option<usize> {
    let mut start = n.checked_mul(if wide { 4 } else { 2 }).filter(|&lengths| lengths <= inside.len())?;
    for i in 0..n {
        let len = length(inside, i, wide)?;
        params.push(Span { start: (at + start) as u32, len: len as u32 });
        start = start.checked_add(len).filter(|&end| end <= inside.len())?;
    }
    Some(start)
}
