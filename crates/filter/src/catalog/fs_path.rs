//! The paths that calls on the file system are about, for those that succeeded.

use super::event::object;
use super::{Ask, Depends, Field, FieldFlags, Getter, field};
use crate::print::Param;
use crate::print::number::i64_of;
use crate::print::path::is_null;
use crate::value::Extracted;
use capture_batch::{AT_FDCWD, Object, Row, path};
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;
use capture_event::code::*;
use capture_event::event::until_nul;
use capture_event::tables::fd::FdType;
use std::borrow::Cow;

/// The fields.
pub(super) static FIELDS: &[Field] = &[
    fs_path("fs.path.name", |ask| resolved(ask, Role::Name), "Path that the call works on, absolute."),
    fs_path("fs.path.nameraw", |ask| as_given(ask, Role::Name), "Path that the call works on, as it was given."),
    fs_path(
        "fs.path.source",
        |ask| resolved(ask, Role::Source),
        "Path that a call such as rename or link takes from, absolute.",
    ),
    fs_path(
        "fs.path.sourceraw",
        |ask| as_given(ask, Role::Source),
        "Path that a call such as rename or link takes from, as it was given.",
    ),
    fs_path(
        "fs.path.target",
        |ask| resolved(ask, Role::Target),
        "Path that a call such as rename or link leads to, absolute.",
    ),
    fs_path(
        "fs.path.targetraw",
        |ask| as_given(ask, Role::Target),
        "Path that a call such as rename or link leads to, as it was given.",
    ),
];

const fn fs_path(name: &'static str, get: Getter, help: &'static str) -> Field {
    field(name, CharBuf, NA, Depends::Event, get, help).flags(FieldFlags::EXIT_ONLY)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Name,
    Source,
    Target,
}

/// Where a path stands in an event.
#[derive(Clone, Copy)]
enum Place {
    /// In the parameter of this name.
    Param(&'static str),
    /// It is the name of the event's descriptor, empty where that is not known.
    Descriptor,
}

use Place::{Descriptor, Param as P};

/// Which paths an event names: one it works on, or a source and a target.
enum Paths {
    One(Place),
    Two { source: Place, target: Place },
}

use Paths::{One, Two};

/// The events with paths. A link's source is the new name, a mount's the device.
static EVENTS: &[(u16, Paths)] = &[
    (MKDIR_2_X, One(P("path"))),
    (MKDIRAT_X, One(P("path"))),
    (RMDIR_2_X, One(P("path"))),
    (UNLINK_2_X, One(P("path"))),
    (UNLINKAT_2_X, One(P("name"))),
    (OPEN_X, One(P("name"))),
    (OPENAT_2_X, One(P("name"))),
    (OPENAT2_X, One(P("name"))),
    (FCHMODAT_X, One(P("filename"))),
    (CHMOD_X, One(P("filename"))),
    (FCHMOD_X, One(Descriptor)),
    (CHOWN_X, One(P("path"))),
    (LCHOWN_X, One(P("path"))),
    (FCHOWN_X, One(Descriptor)),
    (FCHOWNAT_X, One(P("pathname"))),
    (QUOTACTL_X, One(P("special"))),
    (UMOUNT_1_X, One(P("name"))),
    (UMOUNT2_X, One(P("name"))),
    (RENAME_X, Two { source: P("oldpath"), target: P("newpath") }),
    (RENAMEAT_X, Two { source: P("oldpath"), target: P("newpath") }),
    (RENAMEAT2_X, Two { source: P("oldpath"), target: P("newpath") }),
    (LINK_2_X, Two { source: P("newpath"), target: P("oldpath") }),
    (LINKAT_2_X, Two { source: P("newpath"), target: P("oldpath") }),
    (SYMLINK_X, Two { source: P("linkpath"), target: P("target") }),
    (SYMLINKAT_X, Two { source: P("linkpath"), target: P("target") }),
    (MOUNT_X, Two { source: P("dev"), target: P("dir") }),
];

/// The path as the event gives it, if its call succeeded.
fn given<'r>(row: Row<'r>, role: Role) -> Option<&'r [u8]> {
    let (_, paths) = EVENTS.iter().find(|(code, _)| *code == row.code())?;
    let place = match (paths, role) {
        (One(place), Role::Name) => *place,
        (Two { source, .. }, Role::Source) => *source,
        (Two { target, .. }, Role::Target) => *target,
        _ => return None,
    };
    if !succeeded(row) {
        return None;
    }
    match place {
        Descriptor => Some(row.object().map_or(&[], |object| &*object.name)),
        Place::Param(name) => {
            let bytes = Param::named(row, name)?.bytes;
            Some(if is_null(bytes) { b"<NA>" } else { until_nul(bytes) })
        }
    }
}

/// Opens count as successful unless they failed with EPERM, which is -1: so it is measured.
fn succeeded(row: Row<'_>) -> bool {
    let number = |name| Param::named(row, name).and_then(|param| i64_of(param.bytes));
    match row.code() {
        OPEN_X | OPENAT_2_X | OPENAT2_X => number("fd").is_some_and(|fd| fd != -1),
        _ => number("res") == Some(0),
    }
}

fn as_given<'r>(ask: &Ask<'r>, role: Role) -> Extracted<'r> {
    Extracted::text(given(ask.row, role))
}

fn resolved<'r>(ask: &Ask<'r>, role: Role) -> Extracted<'r> {
    let row = ask.row;
    let absolute = given(row, role).filter(|_| row.own().is_some()).map(|given| match (given, row.code()) {
        ([b'/', ..], _) => path::join(row.view(), b"", given),
        // The name of what was opened is already complete.
        (_, OPENAT_2_X | OPENAT2_X) => path::join(row.view(), b"", object(row).map_or(UNKNOWN, |object| &object.name)),
        _ => path::join(row.view(), &base(row, role), given),
    });
    Extracted::owned(absolute)
}

const UNKNOWN: &[u8] = b"<UNKNOWN>";

/// The directory that a relative path starts from.
fn base<'r>(row: Row<'r>, role: Role) -> Cow<'r, [u8]> {
    match (row.code(), role) {
        (NEWFSTATAT_X | FCHOWNAT_X | FCHMODAT_X | MKDIRAT_X | UNLINKAT_2_X | MKNODAT_X, _) => own_directory(row),
        (SYMLINKAT_X, Role::Source) => own_directory(row),
        (SYMLINKAT_X, _) => Cow::Borrowed(UNKNOWN),
        (RENAMEAT2_X, Role::Target) => directory_in(row, 3),
        (RENAMEAT2_X, _) => directory_in(row, 1),
        _ => cwd(row),
    }
}

fn cwd<'r>(row: Row<'r>) -> Cow<'r, [u8]> {
    Cow::Borrowed(row.own().map_or(&[], |own| &*own.cwd))
}

/// The directory that the event's own descriptor refers to.
fn own_directory<'r>(row: Row<'r>) -> Cow<'r, [u8]> {
    let directory = object(row).filter(|object| object.fd_type == FdType::Directory);
    directory.map_or(Cow::Borrowed(UNKNOWN), with_slash)
}

/// The directory that the descriptor in a parameter refers to.
fn directory_in<'r>(row: Row<'r>, param: usize) -> Cow<'r, [u8]> {
    match row.raw(param).and_then(i64_of) {
        Some(AT_FDCWD) => cwd(row),
        _ => row.object_of(param, 0).map_or(Cow::Borrowed(UNKNOWN), with_slash),
    }
}

fn with_slash(directory: &Object) -> Cow<'_, [u8]> {
    match directory.name.last() {
        None | Some(b'/') => Cow::Borrowed(&directory.name),
        Some(_) => Cow::Owned([&directory.name, &b"/"[..]].concat()),
    }
}
