//! The descriptor's number, and what chains it.

use super::user;
use crate::catalog::{Depends, Field, field};
use crate::value::Extracted;
use capture_event::ParamType::{CharBuf, Int64};
use capture_event::PrintFormat::{Id, NA};
use capture_event::code;
use capture_event::tables::fd::UNKNOWN_FD;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "fd.num",
        Int64,
        Id,
        Depends::Event,
        |ask| Extracted::int(user(ask).map(|_| ask.row.fd()).filter(|fd| *fd != UNKNOWN_FD)),
        "Number of the descriptor that the event works on; -1 where the call failed to make one. It has no value where a \
         recording of the whole host does not know it.",
    ),
    field(
        "fd.uid",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::owned(user(ask).map(|own| format!("{}{}", own.tid, ask.row.fd()).into_bytes())),
        "Thread id and descriptor number in one: tells descriptors of threads apart.",
    )
    .classic(Depends::Event, |ask| {
        let user = user(ask).filter(|_| !matches!(ask.row.code(), code::CONTAINER_JSON_E | code::CONTAINER_JSON_2_E));
        Extracted::owned(user.map(|own| format!("{}{}", own.tid, ask.row.fd()).into_bytes()))
    }),
];
