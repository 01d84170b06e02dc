//! The file that a process executes: `/proc/TID/exe`.

use super::directory::Directory;
use super::mounts::{Mount, Mounts};
use super::scan::{lines, number, words};
use super::status::Status;
use rustix::fs::{AtFlags, CWD, Statx, StatxAttributes, StatxTimestamp};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

/// A file that is executed. What may not be read, as those of other users' processes, is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Executable {
    /// Its path as the kernel gives it, with ` (deleted)` behind it if it is not there any more; one that is in memory
    /// only starts with `/memfd:`.
    pub path: Arc<[u8]>,
    /// Its inode.
    pub ino: u64,
    /// Its change time, ns since the epoch.
    pub ctime: u64,
    /// Its modification time, ns since the epoch.
    pub mtime: u64,
    /// Whether the thread may write it.
    pub writable: bool,
    /// Whether it lies in the upper layer of an overlay: it is not as in the container's image.
    pub upper_layer: bool,
    /// Whether it lies in a lower layer of an overlay.
    pub lower_layer: bool,
    /// Whether it is in memory only.
    pub from_memfd: bool,
}

/// What stands behind the path of a file that has none any more.
const DELETED: &[u8] = b" (deleted)";

/// `CAP_DAC_OVERRIDE` and `CAP_FOWNER`.
const OVERRIDE: u64 = 1 << 1;
const FOWNER: u64 = 1 << 3;

const LONGEST: usize = 1 << 16;

/// How many bytes of a path captures hold; readers refuse files with more.
pub(super) const LONGEST_PATH: usize = 1024;

impl Executable {
    /// Reads what a thread executes.
    pub fn of(thread: &Directory, status: &Status, mounts: &mut Mounts, text: &mut Vec<u8>) -> Executable {
        let Ok(path) = thread.link(c"exe", text) else { return Executable::default() };
        let from_memfd = path.starts_with(b"/memfd:") && path.ends_with(DELETED);
        let whole = path.to_vec();
        let path = path.get(..LONGEST_PATH).unwrap_or(path).into();
        let Ok(stat) = thread.stat(c"exe") else { return Executable { path, from_memfd, ..Executable::default() } };
        let mount = mounts.find(thread, stat.stx_mnt_id);
        let is_upper = mount.filter(|mount| mount.is_overlay()).and_then(|mount| is_upper(mount, thread, &whole, text));
        Executable {
            path,
            ino: stat.stx_ino,
            ctime: nanoseconds(stat.stx_ctime),
            mtime: nanoseconds(stat.stx_mtime),
            writable: !mount.is_some_and(Mount::is_read_only) && may_write(thread, status, &stat, text),
            upper_layer: is_upper == Some(true),
            lower_layer: is_upper == Some(false),
            from_memfd,
        }
    }

    /// As the flags of an execve event have it.
    pub fn flags(&self) -> u32 {
        let flags = [(self.writable, 1), (self.upper_layer, 2), (self.from_memfd, 4), (self.lower_layer, 8)];
        flags.into_iter().filter(|(is_set, _)| *is_set).fold(0, |all, (_, flag)| all | flag)
    }
}

fn nanoseconds(time: StatxTimestamp) -> u64 {
    u64::try_from(time.tv_sec).unwrap_or(0).saturating_mul(1_000_000_000).saturating_add(u64::from(time.tv_nsec))
}

/// Whether a thread may write a file, as the newest driver decides it: from who owns the file, its mode, and the
/// thread's ids and capabilities; access lists are not looked at. The owner may, since he may change the mode.
fn may_write(thread: &Directory, status: &Status, file: &Statx, text: &mut Vec<u8>) -> bool {
    let [.., user] = status.uids;
    let [.., group] = status.gids;
    if file.stx_attributes.contains(StatxAttributes::IMMUTABLE) {
        return false;
    }
    if file.stx_uid == user {
        return true;
    }
    let in_group = file.stx_gid == group || status.groups.contains(&file.stx_gid);
    let write_bit = if in_group { 0o020 } else { 0o002 };
    if u32::from(file.stx_mode) & write_bit != 0 {
        return true;
    }
    let [.., effective] = status.capabilities;
    // Capabilities count for files of those who exist in the thread's user namespace.
    let mut is_mapped = |map, id| maps(thread.read(map, LONGEST, text).unwrap_or_default(), id);
    effective & (OVERRIDE | FOWNER) != 0
        && is_mapped(c"uid_map", file.stx_uid)
        && (effective & FOWNER != 0 || is_mapped(c"gid_map", file.stx_gid))
}

/// Whether a map of a user namespace, as we see it, has an id of ours: lines of the first id inside, the first
/// outside, and how many there are.
pub fn maps(map: &[u8], id: u32) -> bool {
    lines(map).any(|line| {
        let mut numbers = words(line).filter_map(number::<u64>).skip(1);
        let range = numbers.next().zip(numbers.next());
        range.is_some_and(|(first, count)| (first..first.saturating_add(count)).contains(&u64::from(id)))
    })
}

/// Whether a file of an overlay lies in its upper layer, by looking there; `None` if that cannot be known.
fn is_upper(mount: &Mount, thread: &Directory, path: &[u8], text: &mut Vec<u8>) -> Option<bool> {
    let Some(upper) = mount.upper_directory() else { return Some(false) };
    let (path, is_deleted) = path.strip_suffix(DELETED).map_or((path, false), |path| (path, true));
    // The list of mounts is as seen from the thread's root directory, paths are as seen from ours.
    let root = thread.link(c"root", text).unwrap_or_default();
    let path = path.strip_prefix(root.strip_suffix(b"/").unwrap_or(root)).unwrap_or(path);
    let inside = mount.inside(path)?;
    rustix::fs::stat(OsStr::from_bytes(&upper)).ok()?;
    let file = [upper.as_slice(), &inside].concat();
    let found = rustix::fs::statat(CWD, OsStr::from_bytes(&file), AtFlags::SYMLINK_NOFOLLOW);
    match (found, is_deleted) {
        (Ok(file), false) => Some(!is_whiteout(&file)),
        (Err(_), false) => Some(false),
        // A file that comes from a lower layer, and is deleted, leaves a mark in the upper one: it may have been
        // changed before.
        (Ok(_), true) => None,
        (Err(_), true) => Some(true),
    }
}

/// The mark of a file of a lower layer that was deleted: a device that there is not.
fn is_whiteout(file: &rustix::fs::Stat) -> bool {
    file.st_rdev == 0 && rustix::fs::FileType::from_raw_mode(file.st_mode) == rustix::fs::FileType::CharacterDevice
}
