//! The event's arguments.

use super::is_generic;
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, field, is_parameter, parameter_type, syslog};
use crate::print::Param;
use crate::print::number::{i64_of, u32_of, u64_of, unsigned_of};
use crate::print::path::is_null;
use crate::value::{Extracted, Value};
use capture_batch::{AT_FDCWD, Differ, Row, View, path};
use capture_event::ParamType::{self, ByteBuf, CharBuf, Dyn};
use capture_event::PrintFormat::NA;
use capture_event::event::until_nul;
use capture_event::{EventInfo, code};
use std::borrow::Cow;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "evt.args",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::owned(Some(all(ask))),
        "All arguments as one text.",
    ),
    field("evt.arg", CharBuf, NA, Depends::Event, one, ARG_HELP)
        .flags(FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_INDEX).union(FieldFlags::ARG_DOT))
        .arg_names(is_parameter)
        .on_params(|_, info, arg| printed(info, place(info, arg).into_iter().collect())),
    field(
        "evt.rawarg",
        Dyn,
        NA,
        Depends::Event,
        raw,
        "With evt.rawarg.NAME: an argument as it was recorded, numbers as numbers.",
    )
    .flags(
        FieldFlags::ARG_REQUIRED.union(FieldFlags::ARG_DOT).union(FieldFlags::NO_RHS).union(FieldFlags::NO_TRANSFORMER),
    )
    .arg_names(is_parameter)
    .on_params(|_, info, arg| only(place(info, arg).into_iter().collect())),
    field(
        "evt.info",
        CharBuf,
        NA,
        Depends::Event,
        |ask| Extracted::owned(Some(all(ask))),
        "The same as evt.args. In the classic view, writes to /dev/log show severity and message instead.",
    )
    .classic(Depends::Event, info),
    field(
        "evt.buffer",
        ByteBuf,
        NA,
        Depends::Event,
        buffer,
        "The bytes that the call read or wrote, as far as they were recorded.",
    )
    .on_params(|_, info, _| printed(info, info.param("data").into_iter().collect())),
    field("evt.abspath", CharBuf, NA, Depends::Event, absolute_path, ABSPATH_HELP)
        .flags(FieldFlags::ARG_DOT)
        .arg_names(|name, _| matches!(name, "src" | "dst")),
];

const ARG_HELP: &str = "With evt.arg.NAME or evt.arg[N], N from 0: one argument. Results, descriptors, flags and the like \
    show as names where they have some.";

const ABSPATH_HELP: &str = "The absolute path of the file that an event names relative to a directory descriptor; \
    evt.abspath.src and evt.abspath.dst for events that name two.";

fn all(ask: &Ask<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    // Those of generic events are for internal use.
    if is_generic(ask.row) {
        return text;
    }
    // Room for what most events have.
    text.reserve(256);
    let mut resolved = Vec::with_capacity(128);
    for param in Param::all(ask.row) {
        text.extend_from_slice(param.info.name.as_bytes());
        text.push(b'=');
        resolved.clear();
        param.print(ask.env, &mut text, &mut resolved);
        if !resolved.is_empty() {
            text.push(b'(');
            text.extend_from_slice(&resolved);
            text.push(b')');
        }
        text.push(b' ');
    }
    if ask.row.view() == View::Exit {
        text.pop();
    }
    text
}

fn info<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    Extracted::owned(Some(syslog::info_line(ask.row).unwrap_or_else(|| all(ask))))
}

/// The place of the parameter that the field's argument names.
fn place(info: &EventInfo, arg: &Arg) -> Option<usize> {
    match arg {
        Arg::Key(name) => info.param(std::str::from_utf8(name).ok()?),
        Arg::Index(index) => usize::try_from(*index).ok().filter(|index| *index < info.params.len()),
        Arg::None => None,
    }
}

/// What differs where only the bytes of some parameters matter.
pub(super) fn only(params: Vec<usize>) -> Differ {
    if params.is_empty() { Differ::InNothing } else { Differ::InParams(params) }
}

/// What differs where some parameters matter, as they print: some types of them show what they refer to, or depend on
/// what else is known of the event.
pub(super) fn printed(info: &EventInfo, params: Vec<usize>) -> Differ {
    use ParamType::*;
    let prints_alone = |param: &usize| {
        info.params.get(*param).is_some_and(|param| {
            matches!(
                param.ty,
                Int8 | Int16
                    | Int32
                    | Int64
                    | UInt8
                    | UInt16
                    | UInt32
                    | UInt64
                    | Errno
                    | Flags8
                    | Flags16
                    | Flags32
                    | EnumFlags8
                    | EnumFlags16
                    | EnumFlags32
                    | Mode
                    | SigSet
                    | SigType
                    | SyscallId
                    | RelTime
                    | CharBuf
                    | ByteBuf
            )
        })
    };
    if params.iter().all(prints_alone) { only(params) } else { Differ::InMore }
}

/// The parameter that the field's argument names.
fn named<'r>(ask: &Ask<'r>) -> Option<Param<'r>> {
    match ask.arg {
        Arg::Key(name) => Param::named(ask.row, std::str::from_utf8(name).ok()?),
        Arg::Index(index) => Param::new(ask.row, usize::try_from(*index).ok()?),
        Arg::None => None,
    }
}

fn one<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    Extracted::owned(named(ask).map(|param| param.text(ask.env)))
}

fn raw<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    named(ask).and_then(|param| raw_value(&param)).into()
}

/// A parameter as it was recorded; `None` for addresses, lists and the like, which are no single value. Numbers are
/// signed if those of the first parameter of that name in the schema are: filters compare with numbers of that type.
fn raw_value<'r>(param: &Param<'r>) -> Option<Value<'r>> {
    let declared = parameter_type(param.info.name, param.row.view())?;
    Some(match own_value(param)? {
        Value::UInt(number) if is_signed(declared) => Value::Int(number.cast_signed()),
        Value::Int(number) if !is_signed(declared) && declared.size().is_some() => Value::UInt(number.cast_unsigned()),
        value => value,
    })
}

fn is_signed(ty: ParamType) -> bool {
    use ParamType::*;
    matches!(ty, Int8 | Int16 | Int32 | Int64 | Errno | Fd | Fd32 | Pid | Pid32)
}

fn own_value<'r>(param: &Param<'r>) -> Option<Value<'r>> {
    use ParamType::*;
    let bytes = param.bytes;
    let signed = |number: u32, bits: u32| i64::from((number << (32 - bits)).cast_signed() >> (32 - bits));
    Some(match param.info.ty {
        Int8 => Value::Int(signed(unsigned_of(bytes, 1)?, 8)),
        Int16 => Value::Int(signed(unsigned_of(bytes, 2)?, 16)),
        Int32 | Fd32 | Pid32 => Value::Int(signed(u32_of(bytes)?, 32)),
        Int64 | Errno | Fd | Pid => Value::Int(i64_of(bytes)?),
        UInt8 | UInt16 | UInt32 | SigType | L4Proto | SockFamily | Port | SyscallId | Flags8 | Flags16 | Flags32
        | EnumFlags8 | EnumFlags16 | EnumFlags32 | Uid | Gid | Mode | SigSet => {
            Value::UInt(unsigned_of(bytes, param.info.ty.size()?)?.into())
        }
        UInt64 | RelTime | AbsTime => Value::UInt(u64_of(bytes)?),
        Bool => Value::Bool(u32_of(bytes)? != 0),
        CharBuf | FsPath | FsRelPath if param.row.view() == View::Exit && is_null(bytes) => Value::text(b"<NA>"),
        CharBuf | FsPath | FsRelPath => Value::text(until_nul(bytes)),
        ByteBuf => Value::text(bytes),
        _ => return Option::None,
    })
}

/// Called `data`. Of another type in few events, which then show it as `evt.arg` does.
fn buffer<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Some(param) = Param::named(ask.row, "data") else { return Extracted::None };
    match param.info.ty {
        ByteBuf => Extracted::text(Some(param.bytes)),
        _ => {
            let mut value = Vec::new();
            param.print(ask.env, &mut value, &mut Vec::new());
            Extracted::owned(Some(value))
        }
    }
}

/// The names of the parameters that hold directory descriptor and path.
fn path_parameters(row: Row<'_>, second: bool) -> Option<(&'static str, &'static str)> {
    let classic = row.view() == View::Classic;
    Some(match (row.code(), second) {
        (code::RENAMEAT_X | code::RENAMEAT2_X, false) => ("olddirfd", "oldpath"),
        (code::RENAMEAT_X | code::RENAMEAT2_X, true) => ("newdirfd", "newpath"),
        (code::SYMLINKAT_X, _) => ("linkdirfd", "linkpath"),
        (code::OPENAT_2_X | code::OPENAT2_X | code::UNLINKAT_2_X, _) => ("dirfd", "name"),
        (code::OPENAT_E | code::UNLINKAT_E, _) if classic => ("dirfd", "name"),
        (code::LINKAT_2_X, false) => ("olddir", "oldpath"),
        (code::LINKAT_2_X, true) => ("newdir", "newpath"),
        (code::LINKAT_E, false) if classic => ("olddir", "oldpath"),
        (code::LINKAT_E, true) if classic => ("newdir", "newpath"),
        (code::MKDIRAT_X, _) => ("dirfd", "path"),
        (code::FCHMODAT_X, _) => ("dirfd", "filename"),
        (code::FCHOWNAT_X, _) if !classic => ("dirfd", "pathname"),
        _ => return None,
    })
}

fn absolute_path<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let second = matches!(ask.arg, Arg::Key(which) if which == b"dst");
    let row = ask.row;
    let path = match row.code() {
        code::OPEN_BY_HANDLE_AT_X if row.view() == View::Exit => path_by_handle(row),
        _ => path_parameters(row, second).and_then(|(dirfd, path)| absolute(row, dirfd, path)),
    };
    Extracted::owned(path)
}

/// The kernel tells the path of a file that was opened by its handle.
fn path_by_handle(row: Row<'_>) -> Option<Vec<u8>> {
    const PATH: usize = 3;
    super::result::result(row).filter(|&fd| fd > 0)?;
    let stored = row.raw(PATH)?;
    Some(path::join(row.view(), b"", if is_null(stored) { b"<NA>" } else { stored }))
}

fn absolute(row: Row<'_>, dirfd: &str, path: &str) -> Option<Vec<u8>> {
    let own = row.own()?;
    let (dirfd, path) = (Param::named(row, dirfd)?, Param::named(row, path)?);
    if dirfd.bytes.is_empty() || path.bytes.is_empty() {
        return None;
    }
    let name = if row.view() == View::Exit && is_null(path.bytes) { b"<NA>" } else { until_nul(path.bytes) };
    let base: Cow<'_, [u8]> = match i64_of(dirfd.bytes)? {
        _ if name.first() == Some(&b'/') => Cow::Borrowed(b"."),
        AT_FDCWD => Cow::Borrowed(&*own.cwd),
        _ => match row.object_of(dirfd.index, 0) {
            Some(directory) => Cow::Owned([&*directory.name, b"/"].concat()),
            None => Cow::Borrowed(b"<UNKNOWN>/"),
        },
    };
    Some(path::join(row.view(), &base, name))
}
