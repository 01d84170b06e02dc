//! `/proc/TID/mountinfo`: the mounts of a mount namespace, one a line.
//!
//! ```text
//! 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
//! |  |  |    |     |     |          |        | |    |         options of the file system
//! |  |  |    |     |     |          |        | |    source
//! |  |  |    |     |     |          |        | type of the file system
//! |  |  |    |     |     |          |        ends the optional fields
//! |  |  |    |     |     |          optional fields, none or more
//! |  |  |    |     |     options of the mount
//! |  |  |    |     where it is mounted, as seen from the thread's root directory
//! |  |  |    the directory of the file system that is mounted
//! |  |  device
//! |  mount that this one is on
//! id
//! ```

use super::directory::Directory;
use super::scan::{lines, number, split_once, unescaped, words};
use rustc_hash::FxHashMap;
use std::time::{Duration, Instant};

/// A mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its id; of mounts that exist at the same time, in whatever namespace, no two have the same.
    pub id: u64,
    /// The mount that it is on.
    pub parent: u64,
    /// Device, in the kernel's 32-bit encoding.
    pub dev: u32,
    /// The directory of the file system that is mounted; `/` for the whole.
    pub root: Vec<u8>,
    /// Where it is mounted, as seen from the root directory of the thread whose list it is in.
    pub point: Vec<u8>,
    /// Options of the mount, separated by commas.
    pub options: Vec<u8>,
    /// Type of the file system, such as `ext4` or `overlay`.
    pub kind: Vec<u8>,
    /// What is mounted, as far as the file system has a word for it.
    pub source: Vec<u8>,
    /// Options of the file system, separated by commas.
    pub super_options: Vec<u8>,
}

/// A device in the kernel's 32-bit encoding: minor bits 0 to 7, major bits 8 to 19, the other minor bits above.
pub fn device(major: u32, minor: u32) -> u32 {
    (minor & 0xFF) | (major & 0xFFF) << 8 | (minor & 0xF_FF00) << 12
}

impl Mount {
    /// Reads one line; `None` if it is not of this form.
    pub fn parse(line: &[u8]) -> Option<Mount> {
        let mut fields = words(line);
        let (id, parent) = (number(fields.next()?)?, number(fields.next()?)?);
        let (major, minor) = split_once(fields.next()?, b':')?;
        let dev = device(number(major)?, number(minor)?);
        let (root, point) = (unescaped(fields.next()?), unescaped(fields.next()?));
        let options = fields.next()?.to_vec();
        fields.find(|&field| field == b"-")?;
        let kind = fields.next()?.to_vec();
        let rest: Vec<&[u8]> = fields.collect();
        // Some file systems have no word for their source, and then there is nothing between the blanks.
        let (source, super_options) = match rest.as_slice() {
            [source, options, ..] => (unescaped(source), options.to_vec()),
            [options] => (Vec::new(), options.to_vec()),
            [] => (Vec::new(), Vec::new()),
        };
        Some(Mount { id, parent, dev, root, point, options, kind, source, super_options })
    }

    /// Whether it is an overlay of directories.
    pub fn is_overlay(&self) -> bool {
        self.kind == b"overlay"
    }

    /// Whether the file system, not only this mount of it, is read-only.
    pub fn is_read_only(&self) -> bool {
        self.super_options.split(|&byte| byte == b',').any(|option| option == b"ro")
    }

    /// The directory that takes what is written to an overlay, as seen by who mounted it; `None` if nothing can be.
    pub fn upper_directory(&self) -> Option<Vec<u8>> {
        self.option(b"upperdir")
    }

    /// The directory in which an overlay prepares what it writes, as seen by who mounted it.
    pub fn work_directory(&self) -> Option<Vec<u8>> {
        self.option(b"workdir")
    }

    /// The lower directories of an overlay, the uppermost first, as seen by who mounted it.
    pub fn lower_directories(&self) -> Vec<Vec<u8>> {
        let mut found: Vec<Vec<u8>> = Vec::new();
        for (key, value) in self.super_options.split(|&byte| byte == b',').filter_map(|o| split_once(o, b'=')) {
            match key {
                b"lowerdir" => found.extend(value.split(|&byte| byte == b':').map(unescaped)),
                b"lowerdir+" => found.push(unescaped(value)),
                _ => {}
            }
        }
        found.retain(|directory| !directory.is_empty());
        found
    }

    fn option(&self, key: &[u8]) -> Option<Vec<u8>> {
        let mut options = self.super_options.split(|&byte| byte == b',').filter_map(|option| split_once(option, b'='));
        options.find(|&(name, _)| name == key).map(|(_, value)| unescaped(value))
    }

    /// A path as seen from the root directory of the thread whose mount this is, as seen from the top of the file
    /// system; `None` if it does not lie below the mount.
    pub fn inside(&self, path: &[u8]) -> Option<Vec<u8>> {
        let point = self.point.strip_suffix(b"/").unwrap_or(&self.point);
        let below = path.strip_prefix(point).filter(|below| below.is_empty() || below.starts_with(b"/"))?;
        let root = self.root.strip_suffix(b"/").unwrap_or(&self.root);
        Some([root, below].concat())
    }
}

/// All mounts of a list, in its order: what is mounted over comes before what covers it.
pub fn parse(text: &[u8]) -> Vec<Mount> {
    lines(text).filter_map(Mount::parse).collect()
}

/// No list of mounts is read further than this.
const LONGEST: usize = 64 << 20;

/// All mounts of a thread's mount namespace; none if it is gone or may not be asked.
pub fn of(thread: &Directory) -> Vec<Mount> {
    parse(thread.read_list(c"mountinfo", LONGEST, &mut Vec::new()).unwrap_or_default())
}

/// For so long it is believed that mounts are as they were. The kernel gives ids again.
const FRESH: Duration = Duration::from_secs(1);

/// The mounts of all namespaces, as far as they were asked for.
#[derive(Debug, Clone, Default)]
pub struct Mounts {
    /// `None` for those that are in no list: of file systems that are not mounted anywhere.
    by_id: FxHashMap<u64, Option<Mount>>,
    since: Option<Instant>,
}

impl Mounts {
    /// The mount with an id that a descriptor or a file of a thread has. Lists are read when an id is not known, and
    /// again when they are older than a second.
    pub fn find(&mut self, thread: &Directory, id: u64) -> Option<&Mount> {
        if self.since.is_none_or(|since| since.elapsed() > FRESH) {
            self.by_id.clear();
            self.since = Some(Instant::now());
        }
        if !self.by_id.contains_key(&id) {
            self.by_id.extend(of(thread).into_iter().map(|mount| (mount.id, Some(mount))));
            self.by_id.entry(id).or_insert(None);
        }
        self.by_id.get(&id)?.as_ref()
    }
}
