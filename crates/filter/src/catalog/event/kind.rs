//! What sort of event it is, and where it was recorded.

use super::{is_exit, is_generic, object};
use crate::catalog::names::is_event_code;
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, Usual, field, is_event_type, nothing};
use crate::print::path::is_null;
use crate::value::Extracted;
use capture_batch::{Row, View};
use capture_event::ParamType::{Bool, CharBuf, Int16, UInt32, UInt64};
use capture_event::PrintFormat::{Dir, Id, NA};
use capture_event::event::until_nul;
use capture_event::tables::fd::FdType;
use capture_event::tables::syscall::{self, Arch};
use capture_event::{Category, Dialect, EventFlags, Source, code};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "evt.num",
        UInt64,
        Id,
        Depends::Event,
        |ask| Extracted::uint(Some(ask.row.num()).filter(|num| *num > 0)),
        "Number of the event in the capture, from 1, hidden events included.",
    ),
    field(
        "evt.file",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::text(Some(&ask.row.batch.head.source.name)),
        "Capture that the event comes from, by the name it was asked for with; `-` is standard input.",
    ),
    field(
        "evt.cpu",
        Int16,
        Id,
        Depends::Event,
        |ask| Extracted::int(Some(ask.row.cpu().cast_signed().into())),
        "Number of the CPU on which it happened.",
    ),
    field(
        "evt.dir",
        CharBuf,
        Dir,
        Depends::Code,
        |ask| Extracted::text(Some(if is_exit(ask.row) { b"<" } else { b">" })),
        "Direction: > for the enter of a call and for events without a pair, < for the exit of a call.",
    )
    .usually(Usual::OneOf(&[">", "<"])),
    field(
        "evt.type",
        CharBuf,
        NA,
        Depends::Type,
        |ask| Extracted::text(type_name(ask.row)),
        "Name of the event, such as open.",
    )
    .values(is_event_type),
    field(
        "evt.type.is",
        UInt32,
        NA,
        Depends::Type,
        type_is,
        "With evt.type.is.NAME or evt.type.is.CODE: 1 for events of that type, 0 for others.",
    )
    .flags(FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_DOT))
    .arg_names(is_event_code),
    field(
        "syscall.type",
        CharBuf,
        NA,
        Depends::Type,
        syscall_type,
        "Name of the system call, such as open; no value for events that are none.",
    )
    .classic(Depends::Type, classic_syscall_type),
    field(
        "evt.category",
        CharBuf,
        NA,
        Depends::Event,
        category,
        "What the event is about, such as file, net, memory. For reads and writes: what they work on.",
    )
    .classic(Depends::Event, classic_category)
    .usually(Usual::OneOf(CATEGORIES)),
    field("evt.source", CharBuf, NA, Depends::Type, source, "Where it comes from: syscall, unless a plugin made it.")
        .flags(FieldFlags::EXIT_ONLY),
    field(
        "evt.is_async",
        Bool,
        NA,
        Depends::Type,
        |ask| Extracted::bool(Some(is_meta(ask.row))),
        "Whether it was not the act of a thread, such as an event that describes a container.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field("evt.asynctype", CharBuf, NA, Depends::Type, async_type, "For such an event: what it tells of.")
        .flags(FieldFlags::EXIT_ONLY),
    field(
        "evt.hostname",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::text(Some(&ask.row.batch.head.source.hostname)),
        "Name of the host on which it was recorded.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    nothing("evt.pluginname", "Name of the plugin that made the event. No plugin is ever loaded."),
    nothing("evt.plugininfo", "What the plugin that made the event says of it. No plugin is ever loaded."),
    field(
        "util.cnt",
        UInt64,
        Id,
        Depends::Order,
        |_| Extracted::None,
        "How many events this field was shown for or compared with.",
    )
    .ordered(|_, memory| {
        memory.count += 1;
        Extracted::uint(Some(memory.count))
    })
    .flags(FieldFlags::HIDDEN),
];

/// The name users see: of calls without an event type of their own, the call's.
pub(super) fn type_name<'r>(row: Row<'r>) -> Option<&'r [u8]> {
    match row.code() {
        _ if is_generic(row) => generic_name(row).map(str::as_bytes),
        code::ASYNCEVENT_E if row.view() == View::Exit => async_name(row),
        _ => row.info().map(|info| info.name.as_bytes()),
    }
}

fn generic_id(row: Row<'_>) -> Option<u16> {
    row.array(0).map(u16::from_le_bytes)
}

/// The name of a call without an event of its own. Of one that was not known yet when it was recorded, the exit view
/// knows the name by the kernel's number; captures do not say of which architecture.
fn generic_name(row: Row<'_>) -> Option<&'static str> {
    let native = || syscall::native(row.array(1).map(u16::from_le_bytes)?, Arch::X86_64).map(|(id, _)| id);
    let id = match generic_id(row)? {
        0 if row.view() == View::Exit => native().unwrap_or(0),
        id => id,
    };
    syscall::name(id, row.view().dialect()).or_else(|| syscall::name(id, Dialect::Newest))
}

fn async_name<'r>(row: Row<'r>) -> Option<&'r [u8]> {
    row.raw(1).map(|name| if is_null(name) { b"<NA>" } else { until_nul(name) })
}

/// By name: the oldest event type of that name only, and its exit. By number: that one.
fn type_is<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Arg::Key(key) = ask.arg else { return Extracted::None };
    let row = ask.row;
    let own = row.code();
    let matches = match std::str::from_utf8(key).ok().and_then(|key| key.parse::<u32>().ok()) {
        Some(number) => u32::from(own) == number,
        None => oldest_code(row.view(), key).is_some_and(|enter| own == enter || own == enter + 1),
    };
    Extracted::uint(Some(matches.into()))
}

fn oldest_code(view: View, name: &[u8]) -> Option<u16> {
    view.events().find(|info| info.name.as_bytes() == name).map(|info| info.code)
}

fn syscall_type<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let is_syscall = ask.row.info().is_some_and(|info| info.source == Source::Syscall);
    Extracted::text(type_name(ask.row).filter(|_| is_syscall))
}

fn classic_syscall_type<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let other = ask.row.code() == code::SCHEDSWITCH_6_E || super::flags(ask.row).contains(EventFlags::SKIPPARSERESET);
    Extracted::text(type_name(ask.row).filter(|_| !other))
}

const CATEGORIES: &[&str] = &[
    "unknown",
    "other",
    "file",
    "net",
    "IPC",
    "ipc",
    "memory",
    "process",
    "sleep",
    "system",
    "signal",
    "user",
    "time",
    "wait",
    "scheduler",
    "internal",
];

fn category<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let name = match ask.row.info().map(|info| info.category) {
        Some(Category::Internal) => "internal",
        Some(category) => category_name(ask.row, category),
        None => "unknown",
    };
    Extracted::text(Some(name.as_bytes()))
}

fn classic_category<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let row = ask.row;
    let name = if is_generic(row) {
        let known = generic_id(row).and_then(|id| syscall::by_id(id, row.view().dialect()));
        match known.map(|syscall| syscall.classic_category) {
            // sysdig 0.29 takes a call that it does not know for the first of its table.
            None => "other",
            // A call without an event of its own works on no descriptor that is known.
            Some(Some(Category::IoRead | Category::IoWrite | Category::IoOther) | None) => "unknown",
            Some(Some(category)) => category_name(row, category),
        }
    } else {
        row.info().map_or("unknown", |info| category_name(row, info.category))
    };
    Extracted::text(Some(name.as_bytes()))
}

fn category_name(row: Row<'_>, category: Category) -> &'static str {
    match category {
        Category::Unknown | Category::Internal => "unknown",
        Category::Other => "other",
        Category::File => "file",
        Category::Net => "net",
        Category::Ipc => "IPC",
        Category::Memory => "memory",
        Category::Process => "process",
        Category::Sleep => "sleep",
        Category::System => "system",
        Category::Signal => "signal",
        Category::User => "user",
        Category::Time => "time",
        Category::Wait => "wait",
        Category::Scheduler => "scheduler",
        Category::IoRead | Category::IoWrite | Category::IoOther => {
            object(row).map_or("unknown", |object| object_category(object.fd_type, row.view()))
        }
    }
}

/// What a read or write is about.
fn object_category(fd_type: FdType, view: View) -> &'static str {
    use FdType::*;
    match fd_type {
        File | FileV2 | Directory => "file",
        Ipv4Sock | Ipv6Sock | Ipv4Servsock | Ipv6Servsock => "net",
        Fifo | UnixSock | Event | Signalfd | Inotify => "ipc",
        Userfaultfd if view == View::Exit => "ipc",
        _ => "unknown",
    }
}

/// Whether an event was not the act of a thread.
pub(super) fn is_meta(row: Row<'_>) -> bool {
    // The classic schema does not say where events come from; the codes mean the same.
    let newest = capture_event::schema::event(row.code(), View::Exit.dialect());
    newest.is_some_and(|info| info.source == Source::MetaEvent)
}

fn source<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let plugin = match ask.row.code() {
        code::PLUGINEVENT_E | code::ASYNCEVENT_E => ask.row.u32(0).unwrap_or(0),
        _ => 0,
    };
    // Which plugin has which number is not known.
    Extracted::text((plugin == 0).then_some(b"syscall"))
}

fn async_type<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let row = ask.row;
    let name = match row.code() {
        code::ASYNCEVENT_E => async_name(row),
        _ => row.info().map(|info| info.name.as_bytes()),
    };
    Extracted::text(name.filter(|_| is_meta(row)))
}
