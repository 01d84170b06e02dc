//! How the call ended.

use super::args::{only, printed};
use super::{flags, is_exit};
use crate::catalog::{Arg, Ask, Depends, Field, field};
use crate::print::{Param, number::i64_of};
use crate::value::Extracted;
use capture_batch::{Differ, Row, View};
use capture_event::ParamType::{Bool, CharBuf, Int64};
use capture_event::PrintFormat::{Dec, NA};
use capture_event::{EventFlags, EventInfo, Source, code};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field("evt.res", CharBuf, Dec, Depends::Event, result_text, "SUCCESS, or the name of the error, such as ENOENT.")
        .on_params(text_differs),
    field(
        "evt.rawres",
        Int64,
        Dec,
        Depends::Event,
        |ask| Extracted::int(result(ask.row)),
        "What the call returned, as a number; negative for an error.",
    )
    .on_params(differs),
    field(
        "evt.failed",
        Bool,
        NA,
        Depends::Event,
        |ask| Extracted::bool(result(ask.row).map(|result| result < 0)),
        "Whether the call failed. In the exit view, events without a result have no value.",
    )
    .classic(Depends::Event, |ask| Extracted::bool(Some(result(ask.row).is_some_and(|result| result < 0))))
    .on_params(differs),
];

/// The parameters that [`result`] looks at.
fn result_params(view: View, info: &EventInfo) -> Vec<usize> {
    match view {
        View::Classic => {
            let opens = info.flags.contains(EventFlags::CREATES_FD) && !info.is_enter();
            info.param("res").into_iter().chain(info.param("fd").filter(|_| opens)).collect()
        }
        View::Exit if info.source == Source::Syscall && !info.is_enter() => vec![0],
        View::Exit => Vec::new(),
    }
}

fn differs(view: View, info: &'static EventInfo, _: &Arg) -> Differ {
    only(result_params(view, info))
}

/// Negative results are printed.
fn text_differs(view: View, info: &'static EventInfo, _: &Arg) -> Differ {
    printed(info, result_params(view, info))
}

/// What the call returned; `None` for events without a result.
pub(in crate::catalog) fn result(row: Row<'_>) -> Option<i64> {
    match row.view() {
        View::Classic => i64_of(classic_result_param(row)?.bytes),
        View::Exit => {
            let bytes = exit_result_param(row)?.bytes;
            // A result of another size counts as success.
            let narrow = || bytes.try_into().map(i32::from_le_bytes).map_or(0, i64::from);
            Some(bytes.try_into().map_or_else(|_| narrow(), i64::from_le_bytes))
        }
    }
}

/// The parameter called `res`, or, of a call that opens a descriptor, `fd`.
fn classic_result_param<'r>(row: Row<'r>) -> Option<Param<'r>> {
    let opens = || flags(row).contains(EventFlags::CREATES_FD) && is_exit(row);
    Param::named(row, "res").or_else(|| Param::named(row, "fd").filter(|_| opens()))
}

/// The first parameter of the exit of any call that has an event type of its own.
fn exit_result_param<'r>(row: Row<'r>) -> Option<Param<'r>> {
    let is_syscall = row.info()?.source == Source::Syscall;
    let has_result = is_syscall && is_exit(row) && row.code() != code::GENERIC_X;
    Param::new(row, 0).filter(|_| has_result)
}

fn result_text<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let row = ask.row;
    let param = match row.view() {
        View::Classic => classic_result_param(row),
        View::Exit => exit_result_param(row),
    };
    match (result(row), param) {
        (None, _) | (_, None) => Extracted::None,
        (Some(0..), _) => Extracted::text(Some(b"SUCCESS")),
        (Some(_), Some(param)) => Extracted::owned(Some(param.text(ask.env))),
    }
}
