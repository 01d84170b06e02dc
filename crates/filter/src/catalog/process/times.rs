//! When processes started, and how long they have run.

use super::{own, parent_process};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_batch::{Needs, Own};
use capture_event::ParamType::{RelTime, UInt64};
use capture_event::PrintFormat::Dec;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.duration",
        RelTime,
        Dec,
        Depends::Row,
        |ask| age(ask, own(ask)),
        "Nanoseconds since the process started; missing where the start is not in the capture.",
    ),
    field(
        "proc.ppid.duration",
        RelTime,
        Dec,
        Depends::Row,
        |ask| age(ask, parent_process(ask)),
        "Nanoseconds since the parent process started; missing where the start is not in the capture.",
    )
    .needs_too(Needs::LINEAGE)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.pid.ts",
        RelTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.clone_ts).filter(|&ts| ts != 0)),
        "When the process started, ns since the epoch.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.ppid.ts",
        RelTime,
        Dec,
        Depends::Actor,
        |ask| Extracted::uint(ask.row.parent().map(|parent| parent.clone_ts)),
        "When the parent started, ns since the epoch; 0 if unknown.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.pidns_init_start_ts",
        UInt64,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.pidns_init_start_ts).filter(|&ts| ts != 0)),
        "When the pid namespace of the process started, ns since the epoch.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];

/// The time from a thread's start to the event. Clocks of CPUs may disagree: then it wraps, as times do.
fn age<'r>(ask: &Ask<'r>, thread: Option<&Own>) -> Extracted<'r> {
    let start = thread.map(|thread| thread.clone_ts).filter(|&ts| ts != 0);
    Extracted::uint(start.map(|start| ask.row.ts().wrapping_sub(start)))
}
