//! Parsers of block bodies, one file for each kind of block; here what they share.
//!
//! A parser gets the bytes between a block's two lengths. Where something is wrong it says so with a [`Fault`],
//! whose place is the number of bytes that were left: the caller knows where they ended.

pub(crate) mod event;
pub(crate) mod fd;
pub(crate) mod interface;
pub(crate) mod machine;
pub(crate) mod option;
pub(crate) mod process;
pub(crate) mod section;
pub(crate) mod user;

use crate::block::Content;
use crate::error::{Damage, Problem};
use crate::frame::Frame;
use crate::kind::BlockKind;
use ::bytes::Bytes;
use nom::error::{ErrorKind, ParseError};
use nom::number::complete::{le_i64, le_u8, le_u16, le_u32, le_u64};
use nom::{IResult, Parser};

/// What is wrong with a body, and how many of its bytes were left there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub left: usize,
    pub problem: Problem,
}

impl Fault {
    pub(crate) fn value(left: usize, name: &'static str, found: impl Into<u64>) -> Self {
        Fault { left, problem: Problem::Value { name, found: found.into() } }
    }
}

impl ParseError<&[u8]> for Fault {
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        Fault::value(input.len(), "data", 0u8)
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

pub(crate) type Parsed<'r, T> = IResult<&'r [u8], T, Fault>;

fn short(name: &'static str, needed: usize, input: &[u8]) -> nom::Err<Fault> {
    let (needed, present) = (needed as u64, input.len() as u64);
    nom::Err::Error(Fault { left: input.len(), problem: Problem::Field { name, needed, present } })
}

/// The fault within a parser's error.
pub(crate) fn fault(error: nom::Err<Fault>, left: usize) -> Fault {
    match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        nom::Err::Incomplete(_) => Fault::value(left, "data", 0u8),
    }
}

macro_rules! number {
    ($type:ident, $parser:ident) => {
        pub(crate) fn $type<'r>(name: &'static str) -> impl FnMut(&'r [u8]) -> Parsed<'r, $type> {
            move |input| $parser::<_, ()>(input).map_err(|_| short(name, size_of::<$type>(), input))
        }
    };
}

number!(u8, le_u8);
number!(u16, le_u16);
number!(u32, le_u32);
number!(u64, le_u64);
number!(i64, le_i64);

/// So many bytes.
pub(crate) fn bytes<'r>(name: &'static str, len: usize) -> impl FnMut(&'r [u8]) -> Parsed<'r, &'r [u8]> {
    move |input| {
        let (taken, rest) = input.split_at_checked(len).ok_or_else(|| short(name, len, input))?;
        Ok((rest, taken))
    }
}

/// A str16: `u16` length and so many bytes.
pub(crate) fn str16<'r>(name: &'static str) -> impl FnMut(&'r [u8]) -> Parsed<'r, &'r [u8]> {
    move |input| {
        let (rest, len) = u16(name)(input)?;
        bytes(name, usize::from(len))(rest)
    }
}

/// An entry that says its length in its first four bytes: what is inside goes to `parser`, what that leaves is from
/// a newer writer and skipped. `counted` is how many bytes of the length field the length counts.
fn sized<'r, T>(
    counted: usize,
    mut parser: impl FnMut(&'r [u8]) -> Parsed<'r, T>,
) -> impl FnMut(&'r [u8]) -> Sized<'r, T> {
    move |input| {
        let (rest, stated) = match u32("entry length")(input) {
            Ok(parsed) => parsed,
            Err(error) => return Sized { next: None, entry: Err(fault(error, input.len())) },
        };
        let Some(len) = (stated as usize).checked_sub(counted) else {
            return Sized { next: None, entry: Err(Fault::value(input.len(), "entry length", stated)) };
        };
        let Some((inside, next)) = rest.split_at_checked(len) else {
            return Sized { next: None, entry: Err(fault(short("entry", len, rest), rest.len())) };
        };
        let entry = parser(inside).map(|(_, entry)| entry).map_err(|error| {
            let fault = fault(error, inside.len());
            Fault { left: fault.left + next.len(), ..fault }
        });
        Sized { next: Some(next), entry }
    }
}

/// An entry, or what is wrong with it, and what follows it if that can be known.
struct Sized<'r, T> {
    next: Option<&'r [u8]>,
    entry: Result<T, Fault>,
}

/// An entry that does not say its length: a fault in it hides all that follows.
fn unsized_entry<'r, T>(mut parser: impl FnMut(&'r [u8]) -> Parsed<'r, T>) -> impl FnMut(&'r [u8]) -> Sized<'r, T> {
    move |input| match parser(input) {
        Ok((next, entry)) => Sized { next: Some(next), entry: Ok(entry) },
        Err(error) => Sized { next: None, entry: Err(fault(error, input.len())) },
    }
}

/// More faults than this in one list end it: it is not a list.
const MAX_FAULTS: usize = 64;

/// No list is longer: Linux has at most so many threads (`PID_MAX_LIMIT`).
const MAX_ENTRIES: usize = 1 << 22;

/// The entries of a list, and what is wrong with those that are missing. Entries are taken while at least four bytes
/// are left; fewer are padding.
fn list<'r, T>(mut input: &'r [u8], mut entry: impl FnMut(&'r [u8]) -> Sized<'r, T>) -> (Vec<T>, Vec<Fault>) {
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    while input.len() >= 4 && faults.len() < MAX_FAULTS {
        if entries.len() == MAX_ENTRIES {
            faults.push(Fault::value(input.len(), "number of entries", entries.len() as u64 + 1));
            break;
        }
        let one = entry(input);
        match one.entry {
            Ok(entry) => entries.push(entry),
            Err(fault) => faults.push(fault),
        }
        match one.next {
            Some(next) if next.len() < input.len() => input = next,
            _ => break,
        }
    }
    (entries, faults)
}

/// An address of four or sixteen bytes in network order.
fn address<'r>(name: &'static str, v6: bool) -> impl FnMut(&'r [u8]) -> Parsed<'r, std::net::IpAddr> {
    move |input| match v6 {
        false => bytes(name, 4).map(|b| <[u8; 4]>::try_from(b).unwrap_or_default().into()).parse(input),
        true => bytes(name, 16).map(|b| <[u8; 16]>::try_from(b).unwrap_or_default().into()).parse(input),
    }
}

/// A fault within a block, in its place in the stream.
pub(crate) fn damage(frame: &Frame, fault: Fault) -> Damage {
    let reading = BlockKind::from_code(frame.code).map_or("block", BlockKind::name);
    let body_end = frame.offset + u64::from(frame.len).saturating_sub(4);
    let offset = body_end.saturating_sub(fault.left as u64);
    Damage { offset, reading, problem: fault.problem, resumes: Some(frame.offset + u64::from(frame.len)) }
}

/// Parses the body of a block that is no event.
pub(crate) fn content<'r>(frame: &Frame, chunk: &'r Bytes) -> Result<(Content<'r>, Vec<Fault>), Fault> {
    let body = chunk.get(frame.body.clone()).unwrap_or_default();
    let unknown = Content::Unknown { kind: frame.code, body };
    let Some(kind) = BlockKind::from_code(frame.code) else { return Ok((unknown, Vec::new())) };
    Ok(match kind {
        BlockKind::Event { .. } => (unknown, Vec::new()),
        BlockKind::Section => with(section::section(body)?, Content::Section),
        BlockKind::Machine => (Content::Machine(machine::machine(body)?), Vec::new()),
        BlockKind::Processes(version) => with(process::processes(body, version), Content::Processes),
        BlockKind::Fds(version) => with(fd::fds(body, version)?, Content::Fds),
        BlockKind::Interfaces(version) => with(interface::interfaces(body, version), Content::Interfaces),
        BlockKind::Users(version) => with(user::users(body, version), Content::Users),
    })
}

fn with<'r, T>((parsed, faults): (T, Vec<Fault>), content: impl FnOnce(T) -> Content<'r>) -> (Content<'r>, Vec<Fault>) {
    (content(parsed), faults)
}
