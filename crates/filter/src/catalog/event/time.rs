//! When it happened: times of day, times since the epoch, since the capture's start, since the event before.

use super::kind::is_meta;
use super::latency::latency;
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, Memory, field};
use crate::env::TimeOutput;
use crate::time::{SECOND, iso8601, local, seconds};
use crate::value::Extracted;
use capture_batch::{RowFlags, View};
use capture_event::ParamType::{AbsTime, CharBuf, RelTime, UInt64};
use capture_event::PrintFormat::{Dec, NA, PaddedDec10};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field("evt.time", CharBuf, NA, Depends::Event, |ask| clock(ask, false, true), "Time of day, with nanoseconds.")
        .flags(FieldFlags::EVENT_TIME),
    field("evt.time.s", CharBuf, NA, Depends::Event, |ask| clock(ask, false, false), "Time of day, in whole seconds.")
        .flags(FieldFlags::EVENT_TIME),
    field(
        "evt.time.iso8601",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::owned(Some(iso8601(ask.row.ts()))),
        "Date and time in UTC in ISO 8601 form, with nanoseconds.",
    )
    .flags(FieldFlags::EVENT_TIME),
    field(
        "evt.datetime",
        CharBuf,
        NA,
        Depends::Event,
        |ask| clock(ask, true, true),
        "Date and time, with nanoseconds.",
    )
    .flags(FieldFlags::EVENT_TIME),
    field(
        "evt.datetime.s",
        CharBuf,
        NA,
        Depends::Event,
        |ask| clock(ask, true, false),
        "Date and time, in whole seconds.",
    )
    .flags(FieldFlags::EVENT_TIME),
    field("evt.rawtime", AbsTime, Dec, Depends::Event, |ask| number(ask.row.ts()), "Nanoseconds since the epoch."),
    field(
        "evt.rawtime.s",
        AbsTime,
        Dec,
        Depends::Event,
        |ask| number(ask.row.ts() / SECOND),
        "Whole seconds since the epoch.",
    ),
    field(
        "evt.rawtime.ns",
        AbsTime,
        PaddedDec10,
        Depends::Event,
        |ask| number(ask.row.ts() % SECOND),
        "The part of the time below a second, in nanoseconds.",
    ),
    field(
        "evt.reltime",
        RelTime,
        PaddedDec10,
        Depends::Event,
        |ask| number(since_start(ask)),
        "Nanoseconds since the capture's first event.",
    ),
    field(
        "evt.reltime.s",
        RelTime,
        Dec,
        Depends::Event,
        |ask| number(since_start(ask) / SECOND),
        "Whole seconds since the capture's first event.",
    ),
    field(
        "evt.reltime.ns",
        RelTime,
        PaddedDec10,
        Depends::Event,
        |ask| number(since_start(ask) % SECOND),
        "The part below a second, in nanoseconds, of the time since the capture's first event.",
    ),
    field("evt.deltatime", RelTime, Dec, Depends::Order, none, DELTA_HELP)
        .ordered(|ask, memory| number(delta(ask, memory))),
    field("evt.deltatime.s", RelTime, Dec, Depends::Order, none, "The whole seconds of evt.deltatime.")
        .ordered(|ask, memory| number(delta(ask, memory) / SECOND)),
    field(
        "evt.deltatime.ns",
        RelTime,
        PaddedDec10,
        Depends::Order,
        none,
        "The part of evt.deltatime below a second, in nanoseconds.",
    )
    .ordered(|ask, memory| number(delta(ask, memory) % SECOND)),
    field("evt.outputtime", CharBuf, NA, Depends::Order, none, "The time in the form that -t asks for.")
        .ordered(|ask, memory| Extracted::owned(Some(output_time(ask, memory))))
        .flags(FieldFlags::PRINT_ONLY.union(FieldFlags::EVENT_TIME)),
    field("evt.around", UInt64, Dec, Depends::Event, around, AROUND_HELP).flags(
        FieldFlags::ARG_REQUIRED
            .union(FieldFlags::ARG_INDEX)
            .union(FieldFlags::FILTER_ONLY)
            .union(FieldFlags::NO_RHS)
            .union(FieldFlags::NO_TRANSFORMER)
            .union(FieldFlags::AT_MOST),
    ),
];

const DELTA_HELP: &str = "Nanoseconds since the event before: in a format, the one printed before; in a filter, the one \
    for which this comparison was last evaluated.";

const AROUND_HELP: &str = "With evt.around[T]=D, where T is the evt.rawtime of an event: whether the event happened at \
    most D milliseconds before or after.";

fn none<'r>(_: &Ask<'r>) -> Extracted<'r> {
    Extracted::None
}

fn number<'r>(number: u64) -> Extracted<'r> {
    Extracted::uint(Some(number))
}

fn clock<'r>(ask: &Ask<'r>, date: bool, fraction: bool) -> Extracted<'r> {
    Extracted::owned(Some(local(ask.row.ts(), ask.env, date, fraction)))
}

/// Events older than the first one (clocks are not always in order) wrap, as both programs show. In the exit view the
/// first one is the act of a thread; what was before it has the time since the epoch.
fn since_start(ask: &Ask<'_>) -> u64 {
    let (ts, first) = (ask.row.ts(), ask.row.batch.head.first_ts);
    let is_before = ts < first && ask.row.view() == View::Exit && is_meta(ask.row);
    if is_before { ts } else { ts.wrapping_sub(first) }
}

fn delta(ask: &Ask<'_>, memory: &mut Memory) -> u64 {
    let (now, before) = (ask.row.ts(), memory.last_ts);
    // sysdig, whose time since the event before is asked for, passes over newer events.
    if !ask.row.flags().contains(RowFlags::NEWER) {
        memory.last_ts = now;
    }
    if before == 0 { 0 } else { now.wrapping_sub(before) }
}

fn output_time(ask: &Ask<'_>, memory: &mut Memory) -> Vec<u8> {
    let ts = ask.row.ts();
    match ask.env.time_output {
        TimeOutput::Clock => local(ts, ask.env, false, true),
        // The part below a second is not padded: that is how both programs print it.
        TimeOutput::Absolute => format!("{}.{}", ts / SECOND, ts % SECOND).into_bytes(),
        TimeOutput::Relative => seconds(since_start(ask)).into_bytes(),
        TimeOutput::Latency => seconds(latency(ask.row)).into_bytes(),
        TimeOutput::Delta => seconds(delta(ask, memory)).into_bytes(),
    }
}

/// How far from the argument's time, in milliseconds, rounded up.
fn around<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let &Arg::Index(centre) = ask.arg else { return Extracted::None };
    let distance = ask.row.ts().abs_diff(centre.cast_unsigned());
    number(distance.div_ceil(1_000_000))
}
