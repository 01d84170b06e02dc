//! What the kernel reports of files, as events.
//!
//! One report may hold several bits: what one process did to one file since we last read. They become events in a
//! fixed order, all but the first of them marked as merged.

use super::files::Files;
use super::mounts::{Mounts, Seen};
use super::paths::{Found, Paths, path_of};
use super::processes::Processes;
use super::tell::{Deed, FileDeed, Kind, Teller, kind_of};
use super::watches::Watches;
use crate::stream::now;
use crate::sys::fanotify::Event;
use crate::sys::notification::{Handle, Place};
use capture_event::option::Origin;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// A report, held until what is known of processes is up to date.
#[derive(Debug)]
pub struct Report {
    mask: u64,
    pid: i32,
    /// The process, if it was not met before.
    process: Option<OwnedFd>,
    /// The path of the file, where the kernel opened it for us.
    path: Option<Vec<u8>>,
    place: Option<Held>,
    old: Option<Held>,
    new: Option<Held>,
    /// The file itself.
    target: Option<Target>,
}

/// A file as file system, kind and bytes of its handle.
type Target = (u64, i32, Vec<u8>);

fn handle((file_system, kind, bytes): &Target) -> Handle<'_> {
    Handle { file_system: *file_system, kind: *kind, bytes }
}

/// A place: directory and name.
#[derive(Debug)]
struct Held {
    file_system: u64,
    kind: i32,
    directory: Vec<u8>,
    name: Vec<u8>,
}

/// Tells of a deed to the file with a path, which lies there in its file system.
type Tell<'t> = dyn FnMut(&Scene<'_>, &[u8], Option<&Found>, FileDeed<'_>) + 't;

/// What is needed to understand reports.
pub struct Scene<'s> {
    /// Marked file systems.
    pub files: &'s Files,
    /// Where they are mounted.
    pub mounts: &'s Mounts,
    /// Directories that were met.
    pub paths: &'s mut Paths,
    /// Processes that were met.
    pub processes: &'s mut Processes,
    /// Who writes the events.
    pub teller: &'s Teller,
    /// Which files are to be recorded.
    pub watches: &'s Watches,
    /// How many reports were lost, since their directories were gone.
    pub lost: &'s mut u64,
}

impl Report {
    /// Takes what is wanted of an event; `None` for what we did ourselves. `knows` says whether a process was met.
    pub fn of(event: Event<'_>, own: i32, knows: impl Fn(i32) -> bool) -> Option<Report> {
        if event.pid == own && event.mask & libc::FAN_Q_OVERFLOW == 0 {
            return None;
        }
        let target = event.info.target.map(|Handle { file_system, kind, bytes }| (file_system, kind, bytes.to_vec()));
        Some(Report {
            mask: event.mask,
            pid: event.pid,
            process: event.process.filter(|_| !knows(event.pid)),
            path: event.file.as_ref().and_then(path_of),
            place: event.info.place.map(Held::of),
            old: event.info.old.map(Held::of),
            new: event.info.new.map(Held::of),
            target,
        })
    }

    /// Whether it says that others were lost.
    pub fn is_overflow(&self) -> bool {
        self.mask & libc::FAN_Q_OVERFLOW != 0
    }

    /// Which process did it.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    fn has(&self, bit: u64) -> bool {
        self.mask & bit != 0
    }

    /// Which process opened which file to execute it.
    pub fn program(&self, files: &Files, mounts: &Mounts, paths: &mut Paths) -> Option<(i32, Vec<u8>)> {
        if !self.has(libc::FAN_OPEN_EXEC) {
            return None;
        }
        let path = match (&self.place, &self.path) {
            (Some(place), _) => {
                let found = paths.find(files, mounts, &place.place())?;
                mounts.seen_here(found.dev, &found.path)?
            }
            (None, path) => path.clone()?,
        };
        Some((self.pid, path))
    }

    /// Learns where a directory was that is deleted: what happened in it before that is told next. Of several reports
    /// the last is to be asked first, since what is deleted last lies above the others.
    pub fn learn_deleted(&self, files: &Files, mounts: &Mounts, paths: &mut Paths) {
        let is_meant = self.has(libc::FAN_ONDIR) && self.has(libc::FAN_DELETE);
        let (Some(place), Some(target)) = (self.place.as_ref().filter(|_| is_meant), self.target.as_ref()) else {
            return;
        };
        if let Some(found) = paths.find(files, mounts, &place.place()) {
            paths.learn(&handle(target), &found.path);
        }
    }

    /// Writes its events.
    pub fn tell(&self, scene: &mut Scene<'_>) {
        let ts = now();
        let directory = self.has(libc::FAN_ONDIR);
        let mut is_first = true;
        let inode = scene.namespace(self, ts);
        let mut tell = |scene: &Scene<'_>, path: &[u8], found: Option<&Found>, what: FileDeed<'_>| {
            let key = scene.key(inode, path, found, &what);
            if key.is_none() && !scene.watches.is_empty() && !scene.watches.all_files {
                return;
            }
            let is_merged = !std::mem::take(&mut is_first);
            let tid = if self.pid > 0 { self.pid.into() } else { -1 };
            let deed = Deed { ts, tid, cpu: 0, origin: Origin::Fanotify, is_merged, key };
            scene.teller.file(&deed, path, what);
        };
        if self.has(libc::FAN_RENAME) {
            self.tell_rename(scene, inode, &mut tell);
        }
        let found = match (&self.place, &self.path) {
            (Some(place), _) => {
                scene.find(place).map(|found| (scene.mounts.seen(inode, found.dev, &found.path), Some(found)))
            }
            (None, Some(path)) => Some((Seen::At(path.clone()), None)),
            (None, None) => return,
        };
        let Some((seen, found)) = found else {
            *scene.lost += 1;
            return;
        };
        let (path, has_content) = match seen {
            Seen::At(path) => (path, true),
            Seen::InOverlay(path) => (path, false),
            Seen::Inside => return,
            Seen::Nowhere => {
                *scene.lost += 1;
                return;
            }
        };
        let real = found.as_ref().and_then(|found| scene.reach(found));
        let mut buffer = Vec::new();
        if self.has(libc::FAN_CREATE) {
            let kind = match (directory, &real) {
                (true, _) => Kind::Directory,
                (false, Some(real)) => kind_of(real, &mut buffer),
                (false, None) => Kind::File,
            };
            if let (true, Some(target), Some(found)) = (directory, &self.target, &found) {
                scene.paths.learn(&handle(target), &found.path);
            }
            tell(scene, &path, found.as_ref(), FileDeed::Created(kind));
        }
        let exec = self.has(libc::FAN_OPEN_EXEC);
        if has_content && (exec || self.has(libc::FAN_OPEN)) && !directory {
            tell(scene, &path, found.as_ref(), FileDeed::Opened { exec });
        }
        if has_content && self.has(libc::FAN_MODIFY) {
            tell(scene, &path, found.as_ref(), FileDeed::Modified);
        }
        if has_content && self.has(libc::FAN_CLOSE_WRITE) {
            tell(scene, &path, found.as_ref(), FileDeed::Closed);
        }
        if self.has(libc::FAN_ATTRIB) {
            let found_here = real.as_ref().and_then(|real| real.symlink_metadata().ok());
            let mode = found_here.map_or(0, |found| found.mode());
            tell(scene, &path, found.as_ref(), FileDeed::Attributes(mode));
        }
        if self.has(libc::FAN_MOVED_FROM) {
            tell(scene, &path, found.as_ref(), FileDeed::Renamed(b""));
        }
        if self.has(libc::FAN_MOVED_TO) {
            tell(scene, b"", found.as_ref(), FileDeed::Renamed(&path));
        }
        if self.has(libc::FAN_DELETE) {
            tell(scene, &path, found.as_ref(), FileDeed::Deleted { is_directory: directory });
        }
    }

    fn tell_rename(&self, scene: &mut Scene<'_>, inode: u64, tell: &mut Tell<'_>) {
        let places = [&self.old, &self.new].map(|place| place.as_ref().and_then(|place| scene.find(place)));
        let [Some(old), Some(new)] = places else {
            *scene.lost += 1;
            return;
        };
        if self.has(libc::FAN_ONDIR) {
            scene.paths.forget();
        }
        match [&old, &new].map(|found| scene.mounts.seen(inode, found.dev, &found.path)) {
            [Seen::At(from) | Seen::InOverlay(from), Seen::At(to) | Seen::InOverlay(to)] => {
                tell(scene, &from, Some(&old), FileDeed::Renamed(&to))
            }
            // An overlay hides a file of a lower layer behind a mark; or it brings one up, of which nobody sees
            // anything.
            [Seen::Inside, Seen::InOverlay(to)] if scene.reach(&new).is_some_and(|path| is_whiteout(&path)) => {
                tell(scene, &to, Some(&new), FileDeed::Deleted { is_directory: false });
            }
            _ => {}
        }
    }
}

impl Held {
    fn of(place: Place<'_>) -> Held {
        let Handle { file_system, kind, bytes } = place.directory;
        Held { file_system, kind, directory: bytes.to_vec(), name: place.name.to_vec() }
    }

    fn place(&self) -> Place<'_> {
        let directory = Handle { file_system: self.file_system, kind: self.kind, bytes: &self.directory };
        Place { directory, name: &self.name }
    }
}

impl Scene<'_> {
    fn find(&mut self, place: &Held) -> Option<Found> {
        self.paths.find(self.files, self.mounts, &place.place())
    }

    /// The mount namespace of a report's process. If nobody told of the process, readers are told now.
    fn namespace(&mut self, report: &Report, ts: u64) -> u64 {
        if let Some(process) = self.processes.get(report.pid) {
            return process.mounts;
        }
        let boot_ts = self.processes.boot_ts();
        let Some(process) = self.processes.meet(report.pid, || report.process.as_ref().is_none_or(is_there)) else {
            return 0;
        };
        let tid = report.pid.into();
        let deed = Deed { ts, tid, cpu: 0, origin: Origin::Fanotify, is_merged: false, key: None };
        self.teller.known(&deed, &process.facts, boot_ts);
        process.mounts
    }

    /// The key of the watch that a deed matches. Watches are of files as we ourselves see them, not as a container
    /// does.
    fn key(&self, inode: u64, path: &[u8], found: Option<&Found>, what: &FileDeed<'_>) -> Option<&[u8]> {
        if self.watches.is_empty() {
            return None;
        }
        let ours = found.and_then(|found| self.mounts.seen_here(found.dev, &found.path));
        let theirs = [Some(path), if let FileDeed::Renamed(to) = what { Some(*to) } else { None }];
        let theirs =
            theirs.into_iter().flatten().filter(|_| self.mounts.is_own(inode) || found.is_none() && inode == 0);
        ours.as_deref().into_iter().chain(theirs).find_map(|path| self.watches.key(path, what))
    }

    /// Where we ourselves reach a place.
    fn reach(&self, found: &Found) -> Option<PathBuf> {
        let (pid, mount) = self.mounts.of_device(found.dev).next()?;
        let below = found.path.strip_prefix(mount.root.strip_suffix(b"/").unwrap_or(&mount.root))?;
        let point = super::mounts::through(pid, mount);
        Some(point.join(OsStr::from_bytes(below.strip_prefix(b"/").unwrap_or(below))))
    }
}

/// Whether a process is still there.
fn is_there(process: &OwnedFd) -> bool {
    let mut wait = [PollFd::new(process, PollFlags::IN)];
    poll(&mut wait, Some(&Timespec::default())) == Ok(0)
}

/// Whether it is the mark by which an overlay hides what has its name in a lower layer.
fn is_whiteout(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.file_type().is_char_device() && found.rdev() == 0)
}
