//! Paths and the directories they are relative to.

use super::Param;
use super::number::i64_of;
use capture_batch::path::{self, sanitized};
use capture_batch::{AT_FDCWD, Row, View, meant_path};
use capture_event::ParamType;
use capture_event::event::until_nul;
use std::borrow::Cow;

/// Whether a string says that there was none: no bytes, or what older drivers wrote for a null pointer.
pub fn is_null(bytes: &[u8]) -> bool {
    bytes.is_empty() || bytes == b"(NULL)\0"
}

/// Appends a path, and its absolute form where it has to be built.
pub(super) fn print(param: &Param<'_>, bytes: &[u8], value: &mut Vec<u8>, resolved: &mut Vec<u8>) {
    let path = until_nul(bytes);
    let view = param.row.view();
    match view {
        View::Classic => sanitized(value, path),
        View::Exit => value.extend_from_slice(path),
    }
    let (unknown, absolute) = match view {
        View::Classic => (path.starts_with(b"<NA>"), path.starts_with(b"/")),
        View::Exit => (path == b"<NA>", path.is_empty() || path.starts_with(b"/")),
    };
    if unknown || absolute {
        return;
    }
    let Some(base) = base_directory(param) else { return };
    resolved.extend(match view {
        View::Classic => path::join_any_length(view, &base, path),
        View::Exit => path::join(view, &base, path),
    });
}

/// The path that a call with a directory descriptor meant; `None` when it gave none or the view does not know the
/// thread.
pub(crate) fn absolute(param: &Param<'_>) -> Option<Vec<u8>> {
    let path = Some(until_nul(param.bytes)).filter(|_| !param.bytes.is_empty())?;
    let dirfd_at = usize::from(param.info.dirfd?);
    meant_path(param.row, path, param.row.i64(dirfd_at)?, dirfd_at)
}

/// The directory that a path parameter is relative to, ending in a slash. Empty when the path names a directory
/// descriptor that the view does not know; `None` when it does not know the thread either.
fn base_directory<'r>(param: &Param<'r>) -> Option<Cow<'r, [u8]>> {
    let row = param.row;
    let cwd = || row.own().map(|own| Cow::Borrowed(&*own.cwd));
    let Some(dirfd_at) = param.info.dirfd.map(usize::from) else { return cwd() };
    let is_descriptor = row.info()?.params.get(dirfd_at).is_some_and(|p| p.ty == ParamType::Fd);
    match row.raw(dirfd_at).and_then(i64_of) {
        Some(dirfd) if is_descriptor && dirfd != AT_FDCWD => {
            row.own()?;
            Some(directory(row, dirfd_at).map_or(Cow::Borrowed(&[]), Cow::Owned))
        }
        _ => cwd(),
    }
}

/// The name of the directory in descriptor parameter `param`, with a slash at its end; `None` when it has none.
fn directory(row: Row<'_>, param: usize) -> Option<Vec<u8>> {
    let object = row.object_of(param, 0)?;
    let mut name = Vec::with_capacity(object.name.len() + 1);
    match row.view() {
        View::Classic => sanitized(&mut name, &object.name),
        View::Exit => name.extend_from_slice(&object.name),
    }
    if object.name.is_empty() {
        return None;
    }
    if row.view() == View::Classic || name.last() != Some(&b'/') {
        name.push(b'/');
    }
    Some(name)
}
