//! The paths of directories that events name by handles.

use super::files::Files;
use super::mounts::{Mounts, through};
use crate::sys::fanotify::open_handle;
use crate::sys::notification::{Handle, Place};
use rustc_hash::FxHashMap;
use rustix::fs::{Mode, OFlags};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

/// So many directories are remembered.
const MOST: usize = 1 << 16;

/// A directory's handle as it is remembered: file system, kind, bytes.
type Key = (u64, i32, Box<[u8]>);

/// A place in a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The device of the file system.
    pub dev: u32,
    /// The path from its top.
    pub path: Vec<u8>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Paths {
    known: FxHashMap<Key, Arc<[u8]>>,
    /// Mounts that are open to ask them for directories. They are in use as long as that, and let go of after every
    /// piece of events.
    open: FxHashMap<u32, Option<(OwnedFd, crate::proc::mounts::Mount)>>,
}

impl Paths {
    /// Where a place is; `None` if its directory is gone.
    pub fn find(&mut self, files: &Files, mounts: &Mounts, place: &Place<'_>) -> Option<Found> {
        let dev = files.device(place.directory.file_system)?;
        let directory = self.directory(mounts, dev, &place.directory)?;
        let mut path = directory.to_vec();
        if place.name != b"." {
            if path.last() != Some(&b'/') {
                path.push(b'/');
            }
            path.extend_from_slice(place.name);
        }
        Some(Found { dev, path })
    }

    /// A directory was made at a path.
    pub fn learn(&mut self, handle: &Handle<'_>, path: &[u8]) {
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert((handle.file_system, handle.kind, handle.bytes.into()), path.into());
    }

    /// A directory was moved: the paths of all below it may be others.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// Lets go of mounts.
    pub fn close(&mut self) {
        self.open.clear();
    }

    fn directory(&mut self, mounts: &Mounts, dev: u32, handle: &Handle<'_>) -> Option<Arc<[u8]>> {
        let key = (handle.file_system, handle.kind, handle.bytes.into());
        if let Some(known) = self.known.get(&key) {
            return Some(Arc::clone(known));
        }
        let (mount, at) = self.open.entry(dev).or_insert_with(|| open(mounts, dev)).as_ref()?;
        let directory = open_handle(mount.as_fd(), handle.kind, handle.bytes).ok()?;
        let path = at.inside(&path_of(&directory)?)?;
        let path: Arc<[u8]> = if path.is_empty() { b"/"[..].into() } else { path.into() };
        self.learn(handle, &path);
        Some(path)
    }
}

/// Opens a mount of a file system, the one that shows most.
fn open(mounts: &Mounts, dev: u32) -> Option<(OwnedFd, crate::proc::mounts::Mount)> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    mounts.of_device(dev).find_map(|(pid, mount)| {
        let opened = rustix::fs::open(through(pid, mount), flags, Mode::empty()).ok()?;
        Some((opened, mount.clone()))
    })
}

/// The path of what a descriptor refers to, without the mark of what is deleted.
pub fn path_of(fd: &OwnedFd) -> Option<Vec<u8>> {
    let path = std::fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).ok()?.into_os_string().into_vec();
    match path.strip_suffix(b" (deleted)") {
        Some(before) if rustix::fs::fstat(fd).is_ok_and(|found| found.st_nlink == 0) => Some(before.to_vec()),
        _ => Some(path),
    }
}
