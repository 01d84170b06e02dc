//! What the descriptor is: type, family, protocol, state.

use super::socket::{ends, is_local, listening};
use super::{object, user};
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, Usual, field};
use crate::value::{Extracted, Value};
use capture_batch::{Needs, Object, ObjectFlags, RowFlags, View};
use capture_event::ParamType::{Bool, CharBuf};
use capture_event::PrintFormat::{Dec, NA};
use capture_event::code::*;
use capture_event::tables::fd::FdType;

/// What a descriptor of unknown type has as its type.
const UNKNOWN: &str = "<NA>";

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "fd.type",
        CharBuf,
        Dec,
        Depends::Object,
        |ask| Extracted::text(object(ask).map(|object| type_name(object.fd_type).as_bytes())),
        "Type of the descriptor: `file`, `directory`, `ipv4`, `ipv6`, `unix`, `pipe`, `event`, `signalfd`, `eventpoll`, \
         `inotify`, `timerfd`, `netlink`, `bpf`, `userfaultfd`, `io_uring`, `memfd` or `pidfd`.",
    )
    .usually(Usual::OneOf(TYPE_NAMES)),
    field(
        "fd.types",
        CharBuf,
        Dec,
        Depends::Row,
        types,
        "Types (as in `fd.type`) of all descriptors that the process has open, each once; `fd.types[1]` is that of \
         descriptor 1.",
    )
    .flags(
        FieldFlags::IS_LIST
            .union(FieldFlags::ARG_ALLOWED)
            .union(FieldFlags::ARG_INDEX)
            .union(FieldFlags::NO_RHS)
            .union(FieldFlags::EXIT_ONLY),
    )
    .needs_too(Needs::LIVE.union(Needs::FD_TYPES)),
    field(
        "fd.typechar",
        CharBuf,
        Dec,
        Depends::Object,
        |ask| typechar(ask, exit_typechar),
        "Type of the descriptor as one character: `f` file, `d` directory, `4` and `6` internet socket, `u` unix socket, \
         `p` pipe, `e` event, `s` signalfd, `l` eventpoll, `i` inotify, `t` timerfd, `n` netlink, `o` unknown.",
    )
    .classic(Depends::Object, |ask| typechar(ask, classic_typechar)),
    field(
        "fd.sockfamily",
        CharBuf,
        NA,
        Depends::Object,
        |ask| Extracted::text(object(ask).and_then(family).map(str::as_bytes)),
        "Family of a socket: `ip` or `unix`.",
    ),
    field(
        "fd.l4proto",
        CharBuf,
        NA,
        Depends::Object,
        |ask| Extracted::text(object(ask).map(|object| object.l4.name().unwrap_or(UNKNOWN).as_bytes())),
        "Protocol of an internet socket: `tcp`, `udp`, `icmp` or `raw`.",
    )
    .usually(Usual::OneOf(&["tcp", "udp", "icmp", "raw", UNKNOWN])),
    field(
        "fd.is_server",
        Bool,
        NA,
        Depends::Event,
        is_server,
        "Whether the process is the server of the connection: it listens, or the server's address is this machine's.",
    ),
    field(
        "fd.connected",
        Bool,
        NA,
        Depends::Object,
        |ask| Extracted::bool(object(ask).map(|object| object.flags.contains(ObjectFlags::CONNECTED))),
        "Whether the socket is connected, or on the way to it.",
    ),
    field(
        "fd.name_changed",
        Bool,
        NA,
        Depends::Event,
        |ask| Extracted::bool(object(ask).map(|_| ask.row.flags().contains(RowFlags::NAME_CHANGED))),
        "Whether the event changed the descriptor's name, as when a UDP socket talks to another address.",
    ),
    field(
        "fd.is_upper_layer",
        Bool,
        NA,
        Depends::Object,
        |ask| Extracted::bool(object(ask).map(|object| object.flags.contains(ObjectFlags::UPPER_LAYER))),
        "Whether the file lies in the upper layer of an overlay file system.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "fd.is_lower_layer",
        Bool,
        NA,
        Depends::Object,
        |ask| Extracted::bool(object(ask).map(|object| object.flags.contains(ObjectFlags::LOWER_LAYER))),
        "Whether the file lies in the lower layer of an overlay file system.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];

const TYPE_NAMES: &[&str] = &[
    "file",
    "directory",
    "ipv4",
    "ipv6",
    "unix",
    "pipe",
    "event",
    "signalfd",
    "eventpoll",
    "inotify",
    "timerfd",
    "netlink",
    "bpf",
    "userfaultfd",
    "io_uring",
    "memfd",
    "pidfd",
    UNKNOWN,
];

fn type_name(fd_type: FdType) -> &'static str {
    fd_type.type_string().unwrap_or(UNKNOWN)
}

fn types<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Some(open) = user(ask).and_then(|_| ask.row.fd_types()) else {
        // The exit view has an empty list for a thread of a process of which nothing is known.
        let is_empty = ask.row.view() == View::Exit && *ask.arg == Arg::None && user(ask).is_some();
        return if is_empty { Extracted::Many(Vec::new()) } else { Extracted::None };
    };
    let value = |fd_type: FdType| Value::text(type_name(fd_type).as_bytes());
    if let Arg::Index(fd) = *ask.arg {
        return open.get(fd).map_or(Extracted::None, |fd_type| Extracted::Many(vec![value(fd_type)]));
    }
    let mut names: Vec<Value<'r>> = Vec::new();
    for name in open.0.iter().map(|&(_, fd_type)| value(fd_type)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Extracted::Many(names)
}

fn typechar<'r>(ask: &Ask<'r>, of_event: fn(u16) -> char) -> Extracted<'r> {
    let character = match object(ask) {
        Some(object) => Some(object.fd_type.typechar()),
        None => user(ask).map(|_| of_event(ask.row.code())),
    };
    Extracted::owned(character.map(|character| character.to_string().into_bytes()))
}

/// What a call that failed would have made, by its exit event's type.
fn exit_typechar(event: u16) -> char {
    match event | 1 {
        OPENAT_2_X | OPENAT2_X | CREAT_X => 'f',
        SOCKET_X | ACCEPT_5_X | ACCEPT4_6_X => '4',
        PIPE_X | PIPE2_X => 'p',
        EVENTFD_X | EVENTFD2_X => 'e',
        SIGNALFD_X | SIGNALFD4_X => 's',
        TIMERFD_CREATE_X => 't',
        INOTIFY_INIT_X | INOTIFY_INIT1_X => 'i',
        _ => 'o',
    }
}

/// The same for the events that the classic view has.
fn classic_typechar(event: u16) -> char {
    match event | 1 {
        OPEN_X | OPENAT_X | OPENAT_2_X | OPENAT2_X | CREAT_X => 'f',
        SOCKET_X | ACCEPT_X | ACCEPT_5_X | ACCEPT4_X | ACCEPT4_5_X => '4',
        PIPE_X => 'p',
        EVENTFD_X => 'e',
        SIGNALFD_X => 's',
        TIMERFD_CREATE_X => 't',
        INOTIFY_INIT_X => 'i',
        _ => 'o',
    }
}

fn family(object: &Object) -> Option<&'static str> {
    match object.fd_type {
        FdType::UnixSock => Some("unix"),
        other => other.is_inet().then_some("ip"),
    }
}

fn is_server<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    Extracted::bool(object(ask).map(|object| match ends(object) {
        Some((_, server)) => is_local(ask.row, server.ip),
        None => listening(object).is_some(),
    }))
}

#[cfg(test)]
mod tests {
    use super::{FdType, TYPE_NAMES, type_name};

    #[test]
    fn every_type_has_a_listed_name() {
        for fd_type in (0..=u8::MAX).filter_map(FdType::from_code) {
            assert!(TYPE_NAMES.contains(&type_name(fd_type)), "{fd_type:?}");
        }
    }
}
