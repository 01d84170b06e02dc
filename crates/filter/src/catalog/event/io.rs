//! Reads, writes and waits.

use super::result::result;
use super::{flags, is_exit, is_file, is_net, object};
use crate::catalog::{Ask, Depends, Field, FieldFlags, Getter, field};
use crate::print::number::i64_of;
use crate::value::Extracted;
use capture_batch::{Object, Row, View};
use capture_event::ParamType::{Bool, CharBuf, UInt64};
use capture_event::PrintFormat::{Dec, NA};
use capture_event::{Category, EventFlags};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "evt.is_io",
        Bool,
        NA,
        Depends::Type,
        |ask| any(ask, READS.union(WRITES)),
        "Whether it reads from or writes to a descriptor.",
    ),
    field("evt.is_io_read", Bool, NA, Depends::Type, |ask| any(ask, READS), "Whether it reads from a descriptor."),
    field("evt.is_io_write", Bool, NA, Depends::Type, |ask| any(ask, WRITES), "Whether it writes to a descriptor."),
    field(
        "evt.io_dir",
        CharBuf,
        NA,
        Depends::Type,
        direction,
        "read or write, for events that read from or write to a descriptor.",
    ),
    field(
        "evt.is_wait",
        Bool,
        NA,
        Depends::Type,
        |ask| any(ask, EventFlags::WAITS),
        "Whether its call may make the thread wait, as poll and nanosleep do.",
    ),
    field(
        "evt.is_syslog",
        Bool,
        NA,
        Depends::Event,
        |ask| Extracted::bool(Some(writes_to_syslog(ask.row))),
        "Whether it writes to /dev/log.",
    ),
    field(
        "evt.buflen",
        UInt64,
        Dec,
        Depends::Event,
        |ask| length(ask, is_io, |_| true),
        "How many bytes the call read or wrote, at its exit.",
    ),
    hidden("evt.buflen.in", |ask| length(ask, is_read, |_| true), "As evt.buflen, for reads."),
    hidden("evt.buflen.out", |ask| length(ask, is_write, |_| true), "As evt.buflen, for writes."),
    hidden("evt.buflen.file", |ask| length(ask, is_io, is_file), "As evt.buflen, for files."),
    hidden("evt.buflen.file.in", |ask| length(ask, is_read, is_file), "As evt.buflen, for reads from files."),
    hidden("evt.buflen.file.out", |ask| length(ask, is_write, is_file), "As evt.buflen, for writes to files."),
    hidden("evt.buflen.net", |ask| length(ask, is_io, is_net), "As evt.buflen, for the network."),
    hidden("evt.buflen.net.in", |ask| length(ask, is_read, is_net), "As evt.buflen, for reads from the network."),
    hidden("evt.buflen.net.out", |ask| length(ask, is_write, is_net), "As evt.buflen, for writes to the network."),
];

const READS: EventFlags = EventFlags::READS_FROM_FD;
const WRITES: EventFlags = EventFlags::WRITES_TO_FD;

const fn hidden(name: &'static str, get: Getter, help: &'static str) -> Field {
    field(name, UInt64, Dec, Depends::Event, get, help).flags(FieldFlags::HIDDEN)
}

fn any<'r>(ask: &Ask<'r>, wanted: EventFlags) -> Extracted<'r> {
    Extracted::bool(Some(flags(ask.row).intersects(wanted)))
}

fn direction<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let flags = flags(ask.row);
    Extracted::text(if flags.contains(WRITES) {
        Some(b"write")
    } else if flags.contains(READS) {
        Some(b"read")
    } else {
        None
    })
}

/// Whether it writes to the local log daemon.
pub(in crate::catalog) fn writes_to_syslog(row: Row<'_>) -> bool {
    const SOCKET: &[u8] = b"/dev/log";
    let is_log = |object: &Object| memchr::memmem::find(&object.name, SOCKET).is_some();
    flags(row).contains(WRITES) && object(row).is_some_and(is_log)
}

fn is_io(category: Category) -> bool {
    matches!(category, Category::IoRead | Category::IoWrite | Category::IoOther)
}

fn is_read(category: Category) -> bool {
    category == Category::IoRead
}

fn is_write(category: Category) -> bool {
    category == Category::IoWrite
}

/// The result of an exit event whose type and object are of the right kind.
fn length<'r>(ask: &Ask<'r>, of_category: fn(Category) -> bool, of_object: fn(&Object) -> bool) -> Extracted<'r> {
    let row = ask.row;
    let counts =
        is_exit(row) && row.info().is_some_and(|info| of_category(info.category)) && object(row).is_some_and(of_object);
    if !counts {
        return Extracted::None;
    }
    let result = match row.view() {
        View::Classic => row.raw(0).and_then(i64_of),
        View::Exit => result(row),
    };
    Extracted::uint(result.and_then(|length| u64::try_from(length).ok()))
}
