//! Which file systems report to us, and what.

use super::mounts::{Mounts, through};
use super::wishes::Wishes;
use crate::proc::mounts::Mount;
use crate::sys::fanotify::{Event, Group};
use rustc_hash::FxHashMap;
use rustix::fs::{AtFlags, CWD, StatxFlags};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::ffi::CString;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Moves, in one event (Linux 5.17) or as two.
const MOVES: [u64; 2] = [libc::FAN_RENAME, libc::FAN_MOVED_FROM | libc::FAN_MOVED_TO];

/// How much each report tells, the most first: Linux 5.17, 5.15, 5.9.
const FORMS: [u32; 3] = [
    libc::FAN_REPORT_DFID_NAME | libc::FAN_REPORT_FID | libc::FAN_REPORT_TARGET_FID | libc::FAN_REPORT_PIDFD,
    libc::FAN_REPORT_DFID_NAME | libc::FAN_REPORT_PIDFD,
    libc::FAN_REPORT_DFID_NAME,
];

/// File systems that hold no files: what the kernel shows of itself.
const OF_KERNEL: [&[u8]; 22] = [
    b"autofs",
    b"binfmt_misc",
    b"bpf",
    b"cgroup",
    b"cgroup2",
    b"configfs",
    b"debugfs",
    b"devpts",
    b"efivarfs",
    b"fusectl",
    b"hugetlbfs",
    b"mqueue",
    b"nsfs",
    b"proc",
    b"pstore",
    b"resctrl",
    b"rpc_pipefs",
    b"securityfs",
    b"selinuxfs",
    b"smackfs",
    b"sysfs",
    b"tracefs",
];

/// File systems that another machine or a program answers for, which may never answer.
const OF_OTHERS: [&[u8]; 11] =
    [b"9p", b"afs", b"ceph", b"cifs", b"fuse", b"fuseblk", b"glusterfs", b"nfs", b"nfs4", b"smb3", b"virtiofs"];

/// How a file system is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// With directories and names.
    Names,
    /// With opened files: who makes, moves or deletes one is not told.
    Content,
    /// Not at all, for this reason.
    Not(String),
}

/// The groups, and the file systems that report to them.
#[derive(Debug)]
pub struct Files {
    wishes: Wishes,
    names: Option<Group>,
    content: Group,
    by_device: FxHashMap<u32, Marked>,
    by_id: FxHashMap<u64, u32>,
    buffer: Vec<u8>,
}

/// A file system that was met.
#[derive(Debug, Clone)]
struct Marked {
    kind: Vec<u8>,
    point: Vec<u8>,
    sight: Sight,
}

/// So much is read at once: the more, the better it is known where deleted directories were. Each event brings up to
/// two descriptors.
const PIECE: usize = 64 << 10;

/// If we may not have so many descriptors, much less is read at once.
const DESCRIPTORS: u64 = 16384;
const SMALL_PIECE: usize = 8 << 10;

impl Files {
    /// Groups without any file system. The error is that of a kernel that does not let us.
    pub fn open(wishes: Wishes) -> io::Result<Files> {
        Files::with_queues(wishes, libc::FAN_UNLIMITED_QUEUE)
    }

    /// With queues as long as these flags say.
    pub fn with_queues(wishes: Wishes, queue: u32) -> io::Result<Files> {
        let group = |wish: &u32| Group::new(wish | queue | libc::FAN_UNLIMITED_MARKS);
        let content = group(&libc::FAN_REPORT_PIDFD).or_else(|_| group(&0))?;
        let has_names = wishes.names().is_some();
        Ok(Files {
            wishes,
            names: FORMS.iter().filter(|_| has_names).find_map(|form| group(form).ok()),
            content,
            by_device: FxHashMap::default(),
            by_id: FxHashMap::default(),
            buffer: vec![0; if may_have(DESCRIPTORS) { PIECE } else { SMALL_PIECE }],
        })
    }

    /// Marks all file systems that are mounted anywhere and are not marked yet.
    pub fn mark(&mut self, mounts: &Mounts) {
        self.by_device.retain(|dev, _| mounts.of_device(*dev).next().is_some());
        for (pid, mount) in mounts.all() {
            let is_done = self.by_device.get(&mount.dev).is_some_and(|marked| !matches!(marked.sight, Sight::Not(_)));
            if is_done || OF_KERNEL.contains(&mount.kind.as_slice()) {
                continue;
            }
            if let Some(sight) = self.mark_one(pid, mount) {
                let marked = Marked { kind: mount.kind.clone(), point: mount.point.clone(), sight };
                self.by_device.insert(mount.dev, marked);
            }
        }
    }

    /// What is mounted has changed where these devices are: each may be of another file system now, with the number of
    /// one that is gone.
    pub fn look_again(&mut self, devices: &[u32]) {
        self.by_device.retain(|device, _| !devices.contains(device));
    }

    /// `None` if the mount is hidden behind another one.
    fn mark_one(&mut self, pid: i32, mount: &Mount) -> Option<Sight> {
        if OF_OTHERS.contains(&mount.kind.as_slice()) || mount.kind.starts_with(b"fuse.") {
            return Some(Sight::Not("another machine or a program answers for it".to_owned()));
        }
        let path = through(pid, mount);
        if !is_at(mount, &path) {
            return None;
        }
        let name = CString::new(path.as_os_str().as_bytes()).ok()?;
        let mark = |group: &Group, mask| group.mark(libc::FAN_MARK_FILESYSTEM, mask, &name);
        // Devices are opened and written to all the time, and that says nothing of the files that they are.
        let content = if mount.kind == b"devtmpfs" { 0 } else { self.wishes.content() };
        if let (Some(group), Some(names)) = (&self.names, self.wishes.names())
            && MOVES.iter().any(|moves| mark(group, names | content | moves).is_ok())
        {
            let id = rustix::fs::statvfs(&path).map_or(0, |found| found.f_fsid);
            self.by_id.insert(id, mount.dev);
            return Some(Sight::Names);
        }
        Some(match mark(&self.content, self.wishes.content()) {
            Ok(()) => Sight::Content,
            Err(error) => Sight::Not(error.to_string()),
        })
    }

    /// The device of a file system by its id in events.
    pub fn device(&self, id: u64) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    /// Of what is not seen, a sentence each.
    pub fn blind(&self) -> Vec<String> {
        let names = self.wishes.names().is_some();
        let mut sentences: Vec<String> = self.by_device.values().filter_map(|marked| marked.blind(names)).collect();
        sentences.sort();
        sentences.dedup();
        sentences
    }

    /// Reads some of what was reported, and calls for each event. Whether there was any.
    pub fn read(&mut self, mut each: impl FnMut(Event<'_>)) -> io::Result<bool> {
        let mut is_any = false;
        for group in self.names.iter().chain([&self.content]) {
            is_any |= group.read(&mut self.buffer, &mut each)?;
        }
        Ok(is_any)
    }

    /// To wait for.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.names.iter().chain([&self.content]).map(Group::descriptor)
    }
}

impl Marked {
    fn blind(&self, are_names_wanted: bool) -> Option<String> {
        let (kind, point) = (String::from_utf8_lossy(&self.kind), String::from_utf8_lossy(&self.point));
        match &self.sight {
            Sight::Names => None,
            // What is made and deleted there is seen in the directory where it really lies.
            Sight::Content if self.kind == b"overlay" || !are_names_wanted => None,
            Sight::Content => Some(format!("{point} ({kind}): files made, moved and deleted there are not seen")),
            Sight::Not(reason) => Some(format!("{point} ({kind}): files there are not seen: {reason}")),
        }
    }
}

/// Sees to it that we may have so many descriptors. Whether we may.
fn may_have(descriptors: u64) -> bool {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.current.map(|current| current.max(descriptors));
    wanted == limit.current || setrlimit(Resource::Nofile, Rlimit { current: wanted, ..limit }).is_ok()
}

/// Whether it is this mount that a path leads to, not one that covers it.
fn is_at(mount: &Mount, path: &Path) -> bool {
    let flags = AtFlags::STATX_DONT_SYNC | AtFlags::NO_AUTOMOUNT;
    let Ok(found) = rustix::fs::statx(CWD, path, flags, StatxFlags::MNT_ID) else { return false };
    found.stx_mask & StatxFlags::MNT_ID.bits() == 0 || found.stx_mnt_id == mount.id
}
