//! Fields that are 1 for what they count.

use super::result::result;
use super::{is_exit, is_file, object};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_batch::{Object, OwnFlags, Row, View};
use capture_event::ParamType::UInt32;
use capture_event::PrintFormat::Dec;
use capture_event::tables::fd::FdType;
use capture_event::{Category, code};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field("evt.count", UInt32, Dec, Depends::Type, |_| Extracted::uint(Some(1)), "Always 1."),
    field(
        "evt.count.error",
        UInt32,
        Dec,
        Depends::Event,
        error,
        "1 for calls that failed. In the exit view, 0 for calls that did not.",
    ),
    field(
        "evt.count.error.file",
        UInt32,
        Dec,
        Depends::Event,
        |ask| error_if(ask, concerns_file(ask.row)),
        "As evt.count.error, for calls on files and directories.",
    ),
    field(
        "evt.count.error.net",
        UInt32,
        Dec,
        Depends::Event,
        |ask| error_if(ask, concerns_net(ask.row)),
        "As evt.count.error, for calls on sockets.",
    ),
    field(
        "evt.count.error.memory",
        UInt32,
        Dec,
        Depends::Event,
        |ask| error_if(ask, concerns_memory(ask.row)),
        "As evt.count.error, for calls on memory.",
    ),
    field(
        "evt.count.error.other",
        UInt32,
        Dec,
        Depends::Event,
        |ask| error_if(ask, concerns_other(ask.row)),
        "As evt.count.error, for all other calls.",
    ),
    field(
        "evt.count.exit",
        UInt32,
        Dec,
        Depends::Type,
        |ask| Extracted::uint(is_exit(ask.row).then_some(1)),
        "1 for exits of calls.",
    ),
    field(
        "evt.count.procinfo",
        UInt32,
        Dec,
        Depends::Event,
        |ask| one_or_zero(is_main_procinfo(ask.row)),
        "1 for procinfo events of main threads.",
    )
    .classic(Depends::Event, |ask| one(is_main_procinfo(ask.row)))
    .flags(FieldFlags::HIDDEN),
    field(
        "evt.count.threadinfo",
        UInt32,
        Dec,
        Depends::Type,
        |ask| one_or_zero(is_procinfo(ask.row)),
        "1 for procinfo events.",
    )
    .classic(Depends::Type, |ask| one(is_procinfo(ask.row)))
    .flags(FieldFlags::HIDDEN),
];

fn one<'r>(holds: bool) -> Extracted<'r> {
    Extracted::uint(holds.then_some(1))
}

fn one_or_zero<'r>(holds: bool) -> Extracted<'r> {
    Extracted::uint(Some(holds.into()))
}

/// The newest libraries tell success (0) from events without a result (no value).
fn error<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let failed = result(ask.row).map(|result| result < 0);
    match ask.row.view() {
        View::Classic => one(failed == Some(true)),
        View::Exit => Extracted::uint(failed.map(u64::from)),
    }
}

fn error_if<'r>(ask: &Ask<'r>, concerned: bool) -> Extracted<'r> {
    if concerned { error(ask) } else { Extracted::None }
}

fn is_file_or_directory(object: &Object) -> bool {
    is_file(object) || object.fd_type == FdType::Directory
}

fn concerns_file(row: Row<'_>) -> bool {
    object(row).map_or_else(|| is_open(row), is_file_or_directory)
}

fn concerns_net(row: Row<'_>) -> bool {
    object(row).map_or_else(|| is_connection(row), |object| object.fd_type.is_socket())
}

fn concerns_memory(row: Row<'_>) -> bool {
    row.info().is_some_and(|info| info.category == Category::Memory)
}

fn concerns_other(row: Row<'_>) -> bool {
    match object(row) {
        Some(object) => !is_file_or_directory(object) && !object.fd_type.is_socket(),
        None => !is_open(row) && !is_connection(row) && !concerns_memory(row),
    }
}

fn is_open(row: Row<'_>) -> bool {
    match row.code() {
        code::OPEN_X | code::CREAT_X | code::OPENAT_2_X | code::OPENAT2_X => true,
        code::OPENAT_X => row.view() == View::Classic,
        code::OPEN_BY_HANDLE_AT_X => row.view() == View::Exit,
        _ => false,
    }
}

fn is_connection(row: Row<'_>) -> bool {
    match row.code() {
        code::ACCEPT_5_X | code::CONNECT_X => true,
        code::ACCEPT_X | code::ACCEPT4_X | code::ACCEPT4_5_X => row.view() == View::Classic,
        code::ACCEPT4_6_X => row.view() == View::Exit,
        _ => false,
    }
}

fn is_procinfo(row: Row<'_>) -> bool {
    row.code() == code::PROCINFO_E
}

fn is_main_procinfo(row: Row<'_>) -> bool {
    is_procinfo(row) && row.own().is_some_and(|own| own.flags.contains(OwnFlags::MAIN_THREAD))
}
