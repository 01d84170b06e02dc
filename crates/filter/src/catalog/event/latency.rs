//! How long a call took. The newest libraries keep these fields, but always answer zero.

use super::{flags, is_exit};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::time::{SECOND, human};
use crate::value::Extracted;
use capture_batch::{Row, View};
use capture_event::ParamType::{CharBuf, RelTime, UInt64};
use capture_event::PrintFormat::{Dec, NA, PaddedDec10};
use capture_event::{Category, EventFlags, code};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field("evt.latency", RelTime, Dec, Depends::Type, zero, "What the call took, at its exit, in nanoseconds.")
        .classic(Depends::Event, |ask| Extracted::uint(shown(ask))),
    field("evt.latency.s", RelTime, Dec, Depends::Type, zero, "The whole seconds of evt.latency.")
        .classic(Depends::Event, |ask| Extracted::uint(shown(ask).map(|ns| ns / SECOND))),
    field(
        "evt.latency.ns",
        RelTime,
        PaddedDec10,
        Depends::Type,
        zero,
        "The part of evt.latency below a second, in nanoseconds.",
    )
    .classic(Depends::Event, |ask| Extracted::uint(shown(ask).map(|ns| ns % SECOND))),
    field(
        "evt.latency.human",
        CharBuf,
        NA,
        Depends::Type,
        |_| Extracted::text(Some(b"0ns")),
        "evt.latency in the unit that suits it, such as 10.3ms.",
    )
    .classic(Depends::Event, |ask| Extracted::owned(shown(ask).map(|ns| human(ns).into_bytes()))),
    field("evt.latency.quantized", UInt64, Dec, Depends::Type, zero, "1 for calls that took any time.")
        .classic(Depends::Event, quantized)
        .flags(FieldFlags::HIDDEN),
    field(
        "evt.wait_latency",
        RelTime,
        Dec,
        Depends::Type,
        zero,
        "For calls that may wait (poll, select, nanosleep …): what they took, at their exit, in nanoseconds.",
    )
    .classic(Depends::Event, wait_latency),
];

fn zero<'r>(_: &Ask<'r>) -> Extracted<'r> {
    Extracted::uint(Some(0))
}

/// How long the thread's last call took, in nanoseconds: of an exit event its own call; of a context switch the call
/// before it; 0 while a call is under way.
pub(super) fn latency(row: Row<'_>) -> u64 {
    let counts = is_exit(row) || row.code() == code::SCHEDSWITCH_6_E;
    if row.view() == View::Exit || !counts || !has_state(row) {
        return 0;
    }
    row.latency()
}

/// Whether the classic program has the thread's state at hand. It leaves some events alone.
fn has_state(row: Row<'_>) -> bool {
    let left_alone = flags(row).contains(EventFlags::SKIPPARSERESET) && row.code() != code::PROCINFO_E;
    row.own().is_some() && !left_alone
}

fn shown(ask: &Ask<'_>) -> Option<u64> {
    let internal = ask.row.info().is_some_and(|info| info.category == Category::Internal);
    if internal && has_state(ask.row) { None } else { Some(latency(ask.row)) }
}

/// Meant as a place on the screen of a program that never sets the screen's width.
fn quantized<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    Extracted::uint(shown(ask).filter(|&ns| ns != 0).map(|_| 1))
}

fn wait_latency<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let waits = flags(ask.row).contains(EventFlags::WAITS) && is_exit(ask.row);
    Extracted::uint(waits.then(|| latency(ask.row)))
}
