//! Names: the whole, its directory, its last component.
//!
//! A call that failed to open something has no object; what it tried to open is in its parameters.

use super::{object, user};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::print::Param;
use crate::print::path::absolute;
use crate::print::ports;
use crate::value::{Extracted, Value};
use capture_batch::{Needs, Object, View};
use capture_event::EventInfo;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;
use capture_event::code::*;
use capture_event::option::REAL_NAME;
use capture_event::tables::fd::FdType;
use std::borrow::Cow;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "fd.name",
        CharBuf,
        NA,
        Depends::Object,
        |ask| text(name(ask)),
        "Name of what the descriptor refers to: a file's full path, a connection as `10.0.0.1:4000->10.0.0.2:80`, a unix \
         socket's addresses and path. Also of what a failed call tried to open.",
    )
    .needs_too(Needs::REFERENCES)
    .flags(FieldFlags::SANITIZED),
    field(
        "fd.nameraw",
        CharBuf,
        NA,
        Depends::Object,
        |ask| text(raw_name(ask).map(|name| without_double_slashes(&name).into())),
        "Path of a file as the call gave it, perhaps relative, only without repeated slashes.",
    )
    .needs_too(Needs::REFERENCES)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "fd.realname",
        CharBuf,
        NA,
        Depends::Object,
        |ask| Extracted::text(real_name(ask)),
        "Path of a file with links resolved, as the kernel called it when it was opened. Only in recordings of ours. \
         Rules on fd.name miss a file that is opened by a link to it; this one does not.",
    )
    .needs_too(Needs::OPTIONS)
    .flags(FieldFlags::SANITIZED),
    field(
        "fd.directory",
        CharBuf,
        NA,
        Depends::Object,
        |ask| text(directory(ask)),
        "Directory that holds the file; of a directory, its own path.",
    )
    .needs_too(Needs::REFERENCES)
    .flags(FieldFlags::SANITIZED),
    field(
        "fd.filename",
        CharBuf,
        NA,
        Depends::Object,
        |ask| {
            let path = object(ask).filter(|object| is_file(object)).map(|object| own_name(ask, object));
            Extracted::text(path.map(last_component))
        },
        "Name of the file without its directory.",
    )
    .flags(FieldFlags::SANITIZED),
    field(
        "fd.containername",
        CharBuf,
        NA,
        Depends::Event,
        |ask| in_container(ask, name(ask)),
        "Container id and name in one: tells files of containers apart that have the same path.",
    )
    .needs_too(Needs::REFERENCES)
    .flags(FieldFlags::SANITIZED),
    field(
        "fd.containerdirectory",
        CharBuf,
        NA,
        Depends::Event,
        |ask| in_container(ask, directory(ask)),
        "Container id and directory in one.",
    )
    .needs_too(Needs::REFERENCES)
    .flags(FieldFlags::SANITIZED),
];

fn text<'r>(text: Option<Cow<'r, [u8]>>) -> Extracted<'r> {
    text.map(Value::Bytes).into()
}

fn name<'r>(ask: &Ask<'r>) -> Option<Cow<'r, [u8]>> {
    object(ask).map(|object| ports::object_name(object, ask.env)).or_else(|| attempted(ask).map(Cow::Owned))
}

/// What the event would have opened had it not failed. Exit events only; empty for those that open nothing.
fn attempted(ask: &Ask<'_>) -> Option<Vec<u8>> {
    let row = ask.row;
    user(ask).filter(|_| !row.info().is_some_and(|info| info.is_enter()))?;
    let by_parameter = |i| Some(Param::new(row, i)?.text(ask.env));
    match (row.code(), row.view()) {
        (OPEN_X | CREAT_X | CONNECT_X | ACCEPT_5_X, _) => by_parameter(1),
        (ACCEPT_X | ACCEPT4_X | ACCEPT4_5_X, View::Classic) => by_parameter(1),
        (ACCEPT4_6_X, View::Exit) => by_parameter(1),
        (OPEN_BY_HANDLE_AT_X, View::Exit) => Some(row.str(3).unwrap_or_default().to_vec()),
        // The parameters of the older call came with its enter event, which the classic program has forgotten by now.
        (OPENAT_X, View::Classic) => None,
        (OPENAT_2_X | OPENAT2_X, _) => absolute(&Param::new(row, 2)?),
        _ => Some(Vec::new()),
    }
}

fn raw_name<'r>(ask: &Ask<'r>) -> Option<Cow<'r, [u8]>> {
    match object(ask) {
        Some(object) => Some(Cow::Borrowed(&object.name_raw[..])),
        None if matches!(ask.row.code(), OPENAT_2_X | OPENAT2_X) => {
            user(ask).and_then(|_| ask.row.str(2)).map(Cow::Borrowed)
        }
        None => attempted(ask).map(Cow::Owned),
    }
}

/// An event without a descriptor may have a real name all the same.
fn real_name<'r>(ask: &Ask<'r>) -> Option<&'r [u8]> {
    match object(ask) {
        Some(object) => object.real_name.as_deref(),
        None => ask.row.option(REAL_NAME).filter(|_| ask.row.info().is_some_and(EventInfo::is_about_fds)),
    }
}

fn directory<'r>(ask: &Ask<'r>) -> Option<Cow<'r, [u8]>> {
    match object(ask) {
        Some(object) if is_file(object) => Some(Cow::Borrowed(parent(own_name(ask, object)))),
        Some(object) if object.fd_type == FdType::Directory => Some(Cow::Borrowed(own_name(ask, object))),
        Some(_) => None,
        None => attempted(ask).map(|name| Cow::Owned(parent(&name).to_vec())),
    }
}

/// In the classic view, a call that failed to connect shows where to, but only in `fd.name`.
fn own_name<'r>(ask: &Ask<'r>, object: &'r Object) -> &'r [u8] {
    match ask.row.view() {
        View::Classic if !object.name_raw.is_empty() => &object.name_raw,
        _ => &object.name,
    }
}

fn in_container<'r>(ask: &Ask<'r>, name: Option<Cow<'r, [u8]>>) -> Extracted<'r> {
    let id = ask.row.own().map(|own| &own.container_id[..]);
    Extracted::owned(id.zip(name).map(|(id, name)| [id, b":", &name].concat()))
}

fn is_file(object: &Object) -> bool {
    matches!(object.fd_type, FdType::File | FdType::FileV2)
}

/// The path before the last slash; the whole path if it ends there, `/` if there is nothing before it.
fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&b| b == b'/') {
        None | Some(0) => b"/",
        Some(slash) if slash + 1 == path.len() => path,
        Some(slash) => path.get(..slash).unwrap_or_default(),
    }
}

/// What follows the last slash; the whole path if nothing does, `/` if there is no slash.
fn last_component(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&b| b == b'/') {
        None => b"/",
        Some(slash) => path.get(slash + 1..).filter(|rest| !rest.is_empty()).unwrap_or(path),
    }
}

fn without_double_slashes(path: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    for &byte in path {
        if byte != b'/' || out.last() != Some(&b'/') {
            out.push(byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_at_their_last_slash() {
        let cases: [(&[u8], &[u8], &[u8]); 6] = [
            (b"/etc/passwd", b"/etc", b"passwd"),
            (b"/passwd", b"/", b"passwd"),
            (b"/etc/", b"/etc/", b"/etc/"),
            (b"/", b"/", b"/"),
            (b"passwd", b"/", b"/"),
            (b"", b"/", b"/"),
        ];
        for (path, directory, file) in cases {
            assert_eq!((parent(path), last_component(path)), (directory, file), "{}", path.escape_ascii());
        }
    }

    #[test]
    fn raw_names_lose_repeated_slashes_only() {
        assert_eq!(without_double_slashes(b"//a/../b//"), b"/a/../b/");
    }
}
