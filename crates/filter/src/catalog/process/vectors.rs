//! Arguments and environment.

use super::command::{joined, variable};
use super::{index, own};
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_batch::{Own, Text};
use capture_event::ParamType::{CharBuf, UInt64};
use capture_event::PrintFormat::{Dec, NA};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.args",
        CharBuf,
        NA,
        Depends::Own,
        arguments,
        "Arguments after the first, with blanks between them; `proc.args[0]` is the first of them, an empty text if \
         there are fewer.",
    )
    .flags(FieldFlags::ARG_ALLOWED.union(FieldFlags::ARG_INDEX)),
    field(
        "proc.cmdnargs",
        UInt64,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.args.items().count() as u64)),
        "Number of arguments in `proc.args`.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.cmdlenargs",
        UInt64,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.args.items().map(|arg| arg.len() as u64).sum())),
        "Length of all arguments in `proc.args` together, blanks between them not counted.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.env",
        CharBuf,
        NA,
        Depends::Own,
        |ask| environment(ask, |own| joined(&own.env)),
        "Environment as `NAME=value`, with blanks between the variables; `proc.env[HOME]` is the value of one, an empty \
         text if it is not set.",
    )
    .classic(Depends::Own, |ask| environment(ask, |own| joined(&without_zeros(&own.env))))
    .flags(FieldFlags::ARG_ALLOWED.union(FieldFlags::ARG_KEY).union(FieldFlags::ARG_INDEX)),
];

fn arguments<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    match index(ask.arg) {
        Some(n) => Extracted::text(own(ask).map(|own| own.args.items().nth(n).unwrap_or_default())),
        None => Extracted::owned(own(ask).map(|own| joined(&own.args))),
    }
}

fn environment<'r>(ask: &Ask<'r>, all: impl Fn(&Own) -> Vec<u8>) -> Extracted<'r> {
    match ask.arg {
        Arg::Key(name) => Extracted::text(own(ask).map(|own| variable(own, name))),
        _ => Extracted::owned(own(ask).map(all)),
    }
}

/// Without the zero bytes that fill the end: some drivers send the whole page.
fn without_zeros(env: &Text) -> Text {
    let len = env.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    Text::from(env.get(..len).unwrap_or_default())
}
