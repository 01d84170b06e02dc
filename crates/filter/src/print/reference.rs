//! What stands for something else: descriptors, lists of them, processes, users, groups.

use super::{Param, errno_name, number, ports};
use crate::Env;
use capture_batch::path::sanitized;
use capture_batch::{AT_FDCWD, Object, View};
use std::io::Write;

/// Appends a descriptor and what it refers to: `<4t>10.0.0.1:5->10.0.0.2:80`, `<f>/etc/passwd`.
pub(super) fn descriptor(param: &Param<'_>, fd: i64, env: &Env, value: &mut Vec<u8>, resolved: &mut Vec<u8>) {
    number::decimal(value, fd);
    if param.row.own().is_none() {
        return;
    }
    if fd == AT_FDCWD {
        resolved.extend_from_slice(b"AT_FDCWD");
    } else if fd < 0 {
        resolved.extend_from_slice(errno_name(fd).unwrap_or_default().as_bytes());
    } else if let Some(object) = param.row.object_of(param.index, 0) {
        object_name(object, param.row.view(), env, resolved);
    }
}

fn object_name(object: &Object, view: View, env: &Env, out: &mut Vec<u8>) {
    out.push(b'<');
    let l4 = if object.fd_type.is_inet() { object.l4.typechar() } else { None };
    for character in std::iter::once(object.fd_type.typechar()).chain(l4) {
        let _ = write!(out, "{character}");
    }
    out.push(b'>');
    let name = ports::object_name(object, env);
    match view {
        View::Classic => sanitized(out, &name),
        View::Exit => out.extend_from_slice(&name),
    }
}

/// Appends a poll list: descriptor, type character and poll flags of each, separated by blanks.
pub(super) fn descriptors(param: &Param<'_>, bytes: &[u8], value: &mut Vec<u8>) {
    if param.row.own().is_none() {
        return;
    }
    for (i, (fd, flags)) in poll_list(bytes).enumerate() {
        if i > 0 {
            value.push(b' ');
        }
        let typechar = param.row.object_of(param.index, i).map_or('?', |object| object.fd_type.typechar());
        let _ = write!(value, "{}:{typechar}{:x}", fd.cast_unsigned(), i32::from(flags));
    }
}

/// The items of a poll list: descriptor and poll flags. Ends early where the bytes do.
pub fn poll_list(bytes: &[u8]) -> impl Iterator<Item = (i64, i16)> {
    const ITEM: usize = 10;
    let (count, items) =
        bytes.split_first_chunk::<2>().map_or((0, &[][..]), |(n, items)| (u16::from_le_bytes(*n), items));
    items.chunks_exact(ITEM).take(usize::from(count)).filter_map(|item| {
        let (fd, flags) = item.split_first_chunk::<8>()?;
        Some((i64::from_le_bytes(*fd), i16::from_le_bytes(*flags.first_chunk::<2>()?)))
    })
}

/// Appends a process id and the command name of that process.
pub(super) fn process(param: &Param<'_>, pid: i64, value: &mut Vec<u8>, resolved: &mut Vec<u8>) {
    number::decimal(value, pid);
    resolved.extend_from_slice(param.row.name_of(param.index).unwrap_or_default());
}

/// Appends a user or group id and its name.
pub(super) fn account(param: &Param<'_>, id: u32, value: &mut Vec<u8>, resolved: &mut Vec<u8>) {
    number::decimal(value, i64::from(id.cast_signed()));
    match param.row.name_of(param.index) {
        _ if id == u32::MAX => resolved.extend_from_slice(b"<NONE>"),
        None => resolved.extend_from_slice(b"<NA>"),
        Some(name) if param.row.view() == View::Classic => sanitized(resolved, name),
        Some(b"") => resolved.extend_from_slice(b"<NA>"),
        Some(name) => resolved.extend_from_slice(name),
    }
}
