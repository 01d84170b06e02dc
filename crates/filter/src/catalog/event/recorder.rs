//! What our recorder says of an event beside its parameters, in options behind the event.

use super::kind::is_meta;
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, Getter, Usual, field};
use crate::value::Extracted;
use capture_batch::Needs;
use capture_event::ParamType::{self, Bool, CharBuf, Int64, UInt64};
use capture_event::PrintFormat::{self, Dec, NA};
use capture_event::option::{ABI, ARGUMENTS, Abi, KEY, LOST, MERGED, ORIGIN, Origin, REASON};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    said("evt.origin", CharBuf, NA, origin, ORIGIN_HELP).usually(Usual::OneOf(&Origin::NAMES)),
    said(
        "evt.abi",
        CharBuf,
        NA,
        |ask| Extracted::text(number(ask, ABI).and_then(Abi::of).map(|abi| abi.name().as_bytes())),
        "How the call was made if not in the machine's own way: `i386`, `x32`, `arm`. Only in recordings of ours.",
    )
    .usually(Usual::OneOf(&Abi::NAMES)),
    said(
        "evt.callarg",
        Int64,
        Dec,
        argument,
        "With evt.callarg[N], N from 0 to 5: what was in the N-th argument register of a call whose event has no \
         parameters for its arguments. Only in recordings of ours.",
    )
    .flags(FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_INDEX)),
    said(
        "evt.key",
        CharBuf,
        NA,
        |ask| Extracted::text(ask.row.option(KEY)),
        "Key of the watch that the event matched. Only in recordings of ours.",
    ),
    said(
        "evt.merged",
        Bool,
        NA,
        |ask| Extracted::bool(Some(ask.row.option(MERGED).is_some())),
        "Whether the kernel reported the event together with others, so that their order and their number are not \
         known.",
    ),
    said(
        "evt.lost",
        UInt64,
        Dec,
        |ask| Extracted::uint(ask.row.option(LOST).and_then(|lost| lost.try_into().ok()).map(u64::from_le_bytes)),
        "Of a drop event: how many events are missing here, 0 if nobody knows. Only in recordings of ours.",
    ),
    said(
        "evt.lost.reason",
        CharBuf,
        NA,
        |ask| Extracted::text(ask.row.option(REASON)),
        "Of a drop event: why events are missing. Only in recordings of ours.",
    ),
];

const ORIGIN_HELP: &str = "Where the recorder had the event from: `ptrace`, `fanotify`, `connector` (of processes), \
    `sockdiag`, `docker`, `recorder`. Only in recordings of ours. evt.source is something else.";

const fn said(name: &'static str, ty: ParamType, format: PrintFormat, get: Getter, help: &'static str) -> Field {
    field(name, ty, format, Depends::Event, get, help).needs_too(Needs::OPTIONS)
}

/// An option that is one byte.
fn number(ask: &Ask<'_>, code: u16) -> Option<u8> {
    match ask.row.option(code)? {
        [number] => Some(*number),
        _ => None,
    }
}

fn origin<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let usual = || ask.row.batch.head.source.recording.as_ref()?.origin.as_deref();
    let name = match ask.row.option(ORIGIN) {
        Some(_) => number(ask, ORIGIN).and_then(Origin::of).map(Origin::name),
        None => usual().filter(|_| !is_meta(ask.row)),
    };
    Extracted::text(name.map(str::as_bytes))
}

fn argument<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Arg::Index(index) = ask.arg else { return Extracted::None };
    let registers = ask.row.option(ARGUMENTS).map(|arguments| arguments.as_chunks().0);
    let register = usize::try_from(*index).ok().and_then(|index| registers?.get(index).copied());
    Extracted::int(register.map(i64::from_le_bytes))
}
