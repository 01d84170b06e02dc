//! Calls that open files: open, creat, openat, openat2, open_by_handle_at.
//!
//! The path counts as it stood when the call was entered, where that is known: another thread may have changed it
//! before the call returned.

use super::call::Call;
use super::fd::{Fd, FdFlags};
use crate::View;
use capture_batch::{Text, path};
use capture_event::code;
use capture_event::tables::fd::FdType;

/// Open flags as the schema numbers them.
const O_DIRECTORY: u32 = 1 << 10;
const O_F_CREATED: u32 = 1 << 14;
const FD_UPPER_LAYER: u32 = 1 << 15;
const FD_LOWER_LAYER: u32 = 1 << 16;
/// In the place of a directory's descriptor: the working directory.
const AT_FDCWD: i64 = -100;
/// Stands for the directory of a descriptor that is not known.
const UNKNOWN_DIRECTORY: &[u8] = b"<UNKNOWN>";

/// What the call was asked to open.
struct Request {
    path: Vec<u8>,
    flags: u32,
    directory: Directory,
}

/// What a relative path is relative to.
enum Directory {
    Cwd,
    Descriptor(i64),
    /// Nothing: the path stands for itself.
    None,
}

impl Request {
    fn is_absolute(&self) -> bool {
        self.path.first() == Some(&b'/')
    }

    /// The descriptor of the directory that the path is relative to, if it is relative to one.
    fn base_descriptor(&self) -> Option<i64> {
        match self.directory {
            Directory::Descriptor(number) if number != AT_FDCWD && !self.is_absolute() => Some(number),
            Directory::Descriptor(_) | Directory::Cwd | Directory::None => None,
        }
    }
}

/// What the kernel found there.
#[derive(Default)]
struct Found {
    dev: u32,
    ino: u64,
}

pub(super) fn exit(call: &mut Call<'_>) {
    let Some((request, found)) = requested(call) else { return };
    look_at_directory(call, &request);
    if call.result() < 0 {
        return;
    }
    let base = base_of(call, &request);
    let name = path::join(call.view(), &base, &request.path);
    let is_directory = request.flags & O_DIRECTORY != 0;
    let mut fd = Fd::new(if is_directory { FdType::Directory } else { FdType::FileV2 });
    fd.open_flags = request.flags;
    fd.dev = found.dev;
    fd.name = name.into();
    if call.view() == View::Exit {
        fd.ino = found.ino;
        fd.name_raw = request.path.into();
        fd.flags.set(FdFlags::UPPER_LAYER, request.flags & FD_UPPER_LAYER != 0);
        fd.flags.set(FdFlags::LOWER_LAYER, request.flags & FD_LOWER_LAYER != 0);
    }
    call.machine.is_opened(&mut fd);
    call.open(call.result(), fd);
}

/// Where the parameters are, by event. `None` for an old openat whose enter event was lost: its exit says nothing.
fn requested(call: &Call<'_>) -> Option<(Request, Found)> {
    let event = call.event;
    let (path, flags) = match event.code {
        code::OPEN_X => (1, event.u32(2).unwrap_or(0)),
        code::CREAT_X => (1, creat_flags(call)),
        code::OPENAT_2_X | code::OPENAT2_X => (2, event.u32(3).unwrap_or(0)),
        code::OPEN_BY_HANDLE_AT_X => (3, event.u32(2).unwrap_or(0)),
        _ => return old_openat(call).map(|request| (request, Found::default())),
    };
    let directory = match event.code {
        code::OPEN_X | code::CREAT_X => Directory::Cwd,
        code::OPENAT_2_X | code::OPENAT2_X => event.signed(1).map_or(Directory::None, Directory::Descriptor),
        // The driver gives an absolute path.
        _ => Directory::None,
    };
    let is_entered = event.code != code::OPEN_BY_HANDLE_AT_X;
    let request = is_entered.then(|| entered(call, flags)).flatten();
    let said = || Request { path: call.string(path).to_vec(), flags, directory };
    Some((request.unwrap_or_else(said), found(call)))
}

/// Openat as old drivers reported it: all arguments in the enter event.
fn old_openat(call: &Call<'_>) -> Option<Request> {
    let enter = call.enter.as_ref()?;
    let directory = enter.with_param(0, |param| param.signed(0));
    Some(Request {
        path: enter.with_param(1, |param| Some(param.str(0)?.to_vec())).unwrap_or_default(),
        flags: enter.with_param(2, |param| param.u32(0)).unwrap_or(0),
        directory: directory.map_or(Directory::None, Directory::Descriptor),
    })
}

/// Creat has no flags; newer drivers add which layer of an overlay file system the file is in.
fn creat_flags(call: &Call<'_>) -> u32 {
    match call.event.u16(5) {
        Some(layer) if layer & 1 != 0 => FD_UPPER_LAYER,
        Some(layer) if layer & 2 != 0 => FD_LOWER_LAYER,
        _ => 0,
    }
}

fn found(call: &Call<'_>) -> Found {
    let event = call.event;
    let (dev, ino) = match (event.code, call.view()) {
        (code::OPEN_X, _) => (4, 5),
        (code::CREAT_X, _) => (3, 4),
        (code::OPENAT_2_X, _) => (5, 6),
        (code::OPENAT2_X, View::Exit) => (6, 7),
        (code::OPENAT2_X, View::Classic) => return Found::default(),
        _ => (4, 5),
    };
    // The newest libraries take over the device of these two only together with an inode.
    let together = matches!((event.code, call.view()), (code::OPENAT_2_X | code::OPENAT2_X, View::Exit));
    if together && event.u64(ino).is_none() {
        return Found::default();
    }
    Found { dev: event.u32(dev).unwrap_or(0), ino: event.u64(ino).unwrap_or(0) }
}

/// What the enter event says, if it was seen and has a path. `flags`: those that the exit event says.
fn entered(call: &Call<'_>, flags: u32) -> Option<Request> {
    let at = matches!(call.event.code, code::OPENAT_2_X | code::OPENAT2_X);
    let path = usize::from(at);
    let (path_bytes, enter) = (call.entered_string(path)?, call.enter.as_ref()?);
    // What only the exit knows: that the file was created, and its layer.
    let added = match call.view() {
        View::Classic => 0,
        View::Exit if call.event.code == code::CREAT_X => flags,
        View::Exit => flags & !(O_F_CREATED - 1),
    };
    let flags = match call.event.code {
        code::CREAT_X => 0,
        _ => enter.with_param(path + 1, |param| param.u32(0)).unwrap_or(0),
    };
    let directory = match at {
        true => enter.with_param(0, |param| param.signed(0)).map_or(Directory::None, Directory::Descriptor),
        false => Directory::Cwd,
    };
    Some(Request { path: path_bytes.to_vec(), flags: flags | added, directory })
}

/// Classic view: looking at a directory's descriptor makes it the one that the event works on, until the call turns out
/// to have opened another.
fn look_at_directory(call: &mut Call<'_>, request: &Request) {
    if let (View::Classic, Some(number)) = (call.view(), request.base_descriptor()) {
        call.applied.object = call.machine.look_up_fd(call.tid, number);
        call.applied.name_changed = false;
    }
}

/// The text that the path is joined to.
fn base_of(call: &mut Call<'_>, request: &Request) -> Text {
    let Some(number) = request.base_descriptor() else {
        return match request.directory {
            Directory::None => Text::default(),
            Directory::Descriptor(_) if request.is_absolute() => Text::from("."),
            Directory::Cwd | Directory::Descriptor(_) => call.cwd(),
        };
    };
    match call.descriptor(number) {
        None => Text::from(UNKNOWN_DIRECTORY),
        Some(directory) => {
            let has_slash = directory.name.last().is_none_or(|&b| b == b'/');
            match call.view() {
                View::Exit if has_slash => directory.name.clone(),
                View::Classic | View::Exit => [&directory.name, &b"/"[..]].concat().into(),
            }
        }
    }
}
