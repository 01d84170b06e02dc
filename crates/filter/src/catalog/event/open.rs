//! How a file was opened.

use super::result::result;
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::print::number::u32_of;
use crate::value::Extracted;
use capture_batch::{Needs, Row, View};
use capture_event::ParamType::Bool;
use capture_event::PrintFormat::NA;
use capture_event::code;
use capture_event::option::{self, Origin};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "evt.is_open_read",
        Bool,
        NA,
        Depends::Event,
        |ask| has(ask, O_RDONLY),
        "Whether it opens a file for reading.",
    ),
    field(
        "evt.is_open_write",
        Bool,
        NA,
        Depends::Event,
        |ask| if closes_written(ask.row) { Extracted::bool(Some(true)) } else { has(ask, O_WRONLY) },
        "Whether it opens a file for writing, or, in recordings of the whole host, closes one that was open for it.",
    )
    .needs_too(Needs::OPTIONS),
    field(
        "evt.is_open_exec",
        Bool,
        NA,
        Depends::Event,
        |ask| Extracted::bool(Some(creates_executable(ask.row))),
        "Whether it opens a file that, if created, can be executed.",
    ),
    field(
        "evt.is_open_create",
        Bool,
        NA,
        Depends::Event,
        |ask| Extracted::bool(Some(creates(ask.row))),
        "Whether it created the file that it opens.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];

// Codes of the schema. Reading and writing (3) holds the bits of both.
const O_RDONLY: u32 = 1;
const O_WRONLY: u32 = 2;
const O_CREAT: u32 = 4;
const O_TMPFILE: u32 = 0x2000;
const O_F_CREATED: u32 = 0x4000;
/// Execution by the owner, the group, others.
const ANY_EXECUTE: u32 = 0o111;

/// Where an event that opens a file holds the flags and the mode.
struct Place {
    flags: usize,
    mode: Option<usize>,
}

fn place(row: Row<'_>) -> Option<Place> {
    Some(match row.code() {
        code::OPEN_X => Place { flags: 2, mode: Some(3) },
        code::OPENAT_2_X | code::OPENAT2_X => Place { flags: 3, mode: Some(4) },
        code::OPENAT_E if row.view() == View::Classic => Place { flags: 2, mode: Some(3) },
        code::OPEN_BY_HANDLE_AT_X if row.view() == View::Exit => Place { flags: 2, mode: None },
        _ => return None,
    })
}

/// The kernel's file notification tells of such a close alone.
fn closes_written(row: Row<'_>) -> bool {
    row.code() == code::CLOSE_X && row.option(option::ORIGIN) == Some(&[Origin::Fanotify as u8])
}

fn open_flags(row: Row<'_>) -> u32 {
    place(row).and_then(|place| row.raw(place.flags)).and_then(u32_of).unwrap_or(0)
}

fn has<'r>(ask: &Ask<'r>, flag: u32) -> Extracted<'r> {
    Extracted::bool(Some(open_flags(ask.row) & flag != 0))
}

fn creates_executable(row: Row<'_>) -> bool {
    let mode_at = match place(row) {
        Some(place) => place.mode.filter(|_| open_flags(row) & (O_TMPFILE | O_CREAT) != 0),
        None => (row.code() == code::CREAT_X).then_some(2),
    };
    let mode = mode_at.and_then(|at| row.raw(at)).and_then(u32_of);
    mode.is_some_and(|mode| mode & ANY_EXECUTE != 0)
}

fn creates(row: Row<'_>) -> bool {
    let flags = open_flags(row);
    let succeeded = || result(row).is_some_and(|result| result >= 0);
    flags & O_F_CREATED != 0 || (flags & O_TMPFILE != 0 && succeeded())
}
