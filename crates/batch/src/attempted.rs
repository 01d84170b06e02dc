//! What calls tried to open that failed: they are bound to no object.

use crate::{Object, ObjectFlags, Role, Row, Text, View, path};
use capture_event::EventInfo;
use capture_event::code::*;
use capture_event::event::until_nul;
use capture_event::tables::fd::{FdType, L4Proto};

/// The value of a directory descriptor that stands for the working directory.
pub const AT_FDCWD: i64 = -100;

/// Paths that are longer may be shown in other ways.
const LONGEST: usize = 900;

/// The path that a call meant; `None` when the view does not know the thread. `given`: the path and the directory
/// descriptor it is relative to, as parameter `dirfd_at` of the row gives it.
pub fn meant_path(row: Row<'_>, path: &[u8], dirfd: i64, dirfd_at: usize) -> Option<Vec<u8>> {
    const UNKNOWN: &[u8] = b"<UNKNOWN>";
    let (own, view) = (row.own()?, row.view());
    let base = match dirfd {
        _ if path.starts_with(b"/") => Vec::new(),
        AT_FDCWD => own.cwd.to_vec(),
        _ => match row.object_of(dirfd_at, 0) {
            None => UNKNOWN.to_vec(),
            Some(object) => {
                let mut base = object.name.to_vec();
                let needs_slash = !base.is_empty() && !base.ends_with(b"/");
                if needs_slash || view == View::Classic {
                    base.push(b'/');
                }
                base
            }
        },
    };
    Some(path::join(view, &base, path))
}

/// The place of the path among the parameters of calls that open one.
fn path_at(code: u16) -> Option<usize> {
    match code {
        OPEN_X | CREAT_X => Some(1),
        OPENAT_2_X | OPENAT2_X => Some(2),
        _ => None,
    }
}

/// The path that an event with these parameters gave, if it is absolute and all that there is to tell what the event
/// tried to open.
pub fn attempted_path<'p>(info: &EventInfo, params: &[&'p [u8]]) -> Option<&'p [u8]> {
    let path_at = path_at(info.code)?;
    let path = params.get(path_at).map(|path| until_nul(path)).filter(|path| path.starts_with(b"/"))?;
    // What it is relative to does not matter, but it has to be there.
    let dirfd = info.params.get(path_at)?.dirfd.map(usize::from);
    let is_given = |dirfd: usize| params.get(dirfd).is_some_and(|dirfd| dirfd.len() == 8);
    dirfd.is_none_or(is_given).then_some(path)
}

/// Objects that stand, in summaries, for what the call of a row without an object tried to open: a condition on names
/// of objects that holds for the row holds for one of them, or for a row that has the same type and no parameters.
/// `None` where that cannot be told. `params`: the parameters of the row's event.
pub fn attempted<'p>(row: Row<'_>, params: impl Fn(usize) -> Option<&'p [u8]>) -> Option<Vec<Object>> {
    let is_about = row.info().is_some_and(|info| info.is_about_fds() && !info.is_enter());
    let Some(own) = row.own().filter(|_| is_about) else { return Some(Vec::new()) };
    if matches!(
        row.code(),
        CONNECT_X | ACCEPT_X | ACCEPT_5_X | ACCEPT4_X | ACCEPT4_5_X | ACCEPT4_6_X | OPEN_BY_HANDLE_AT_X
    ) {
        return None;
    }
    let Some(path_at) = path_at(row.code()) else { return Some(Vec::new()) };
    let given = until_nul(params(path_at)?);
    let is_plain = given.iter().all(|byte| path::is_printable(*byte)) && !given.starts_with(b"<NA>");
    if given.is_empty() || given == b"(NULL)" || !is_plain || own.cwd.len() + given.len() > LONGEST {
        return None;
    }
    let name = match row.info()?.params.get(path_at)?.dirfd.map(usize::from) {
        None if given.starts_with(b"/") => given.to_vec(),
        None => path::join(row.view(), &own.cwd, given),
        Some(dirfd_at) => meant_path(row, given, i64::from_le_bytes(*params(dirfd_at)?.first_chunk()?), dirfd_at)?,
    };
    // Some fields show the path as it was given.
    Some(if given == name { vec![file(given, given)] } else { vec![file(&name, b""), file(given, given)] })
}

fn file(name: &[u8], name_raw: &[u8]) -> Object {
    Object {
        fd_type: FdType::File,
        name: Text::from(name),
        name_raw: Text::from(name_raw),
        real_name: None,
        open_flags: 0,
        dev: 0,
        ino: 0,
        flags: ObjectFlags::empty(),
        socket: None,
        l4: L4Proto::NotApplicable,
        role: Role::Unknown,
    }
}
