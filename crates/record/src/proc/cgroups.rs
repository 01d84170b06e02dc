//! `/proc/TID/cgroup`: a line `number:subsystems:path` for each hierarchy. Captures hold `subsystem=path` items, each
//! ended by a zero byte.
//!
//! In hierarchies of version 1 the line names the subsystems. The one of version 2 (number 0, no subsystems) has only
//! the path: which subsystem works with which directory of it is found as newest libscap finds it, on the way up from
//! the path, by the `cgroup.controllers` of each directory.

use super::mounts::Mount;
use super::scan::{lines, split_once};
use rustc_hash::FxHashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many bytes of items captures hold; readers refuse files with more.
const LONGEST: usize = super::command_line::LONGEST_LIST;

/// The subsystems that sysdig 0.29 names for every group of version 2. They stand for those that cannot be found.
const USUAL: &[u8] = b"cpu memory cpuset";

/// The name under which a group of version 2 stands that no subsystem works with.
const NONE: &[u8] = b"unified";

/// More different groups than this are not kept.
const MOST: usize = 4096;

/// Groups as captures hold them, by what the kernel says of them.
#[derive(Debug, Clone, Default)]
pub struct Cgroups {
    /// Where the hierarchy of version 2 is.
    unified: Option<PathBuf>,
    known: FxHashMap<Vec<u8>, Arc<[u8]>>,
}

impl Cgroups {
    /// With the mounts of the own thread.
    pub fn new(mounts: &[Mount]) -> Cgroups {
        let of_version_2 = || mounts.iter().filter(|mount| mount.kind == b"cgroup2").map(|mount| path(&mount.point));
        let has_subsystems = |path: &PathBuf| controllers(path).is_some_and(|found| !found.is_empty());
        let unified = of_version_2().find(has_subsystems).or_else(|| of_version_2().next());
        Cgroups { unified, known: FxHashMap::default() }
    }

    /// The items of the text of the file.
    pub fn items(&mut self, text: &[u8]) -> Arc<[u8]> {
        if let Some(items) = self.known.get(text) {
            return Arc::clone(items);
        }
        let items: Arc<[u8]> = self.make(text).into();
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(text.to_vec(), Arc::clone(&items));
        items
    }

    fn make(&self, text: &[u8]) -> Vec<u8> {
        let mut items = Vec::new();
        for (number, subsystems, group) in lines(text).filter_map(fields) {
            match (&self.unified, subsystems) {
                (Some(top), b"") if number == b"0" => unified(&mut items, top, group),
                (_, b"") => {}
                _ => subsystems.split(|&byte| byte == b',').for_each(|subsystem| push(&mut items, subsystem, group)),
            }
        }
        items
    }
}

fn fields(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (number, rest) = split_once(line, b':')?;
    let (subsystems, group) = split_once(rest, b':')?;
    Some((number, subsystems, group))
}

/// An item, if there is room for it.
fn push(items: &mut Vec<u8>, subsystem: &[u8], group: &[u8]) {
    if items.len() + subsystem.len() + group.len() + 2 <= LONGEST {
        items.extend_from_slice(subsystem);
        items.push(b'=');
        items.extend_from_slice(group);
        items.push(0);
    }
}

/// The items of a group of version 2.
fn unified(items: &mut Vec<u8>, top: &Path, group: &[u8]) {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut at = group;
    loop {
        let inside = at.strip_prefix(b"/").unwrap_or(at);
        let Some(names) = controllers(&top.join(OsStr::from_bytes(inside))) else {
            // It lies outside of what we can see, or is gone.
            let usual = USUAL.split(|&byte| byte == b' ').filter(|&name| !found.iter().any(|known| known == name));
            return usual.for_each(|name| push(items, name, group));
        };
        for name in names.split(u8::is_ascii_whitespace).filter(|name| !name.is_empty()) {
            if !found.iter().any(|known| known == name) {
                push(items, name, at);
                found.push(name.to_vec());
            }
        }
        match memchr::memrchr(b'/', at) {
            Some(0) if at.len() > 1 => at = b"/",
            Some(slash) if slash > 0 => at = at.get(..slash).unwrap_or_default(),
            _ => break,
        }
    }
    // The group itself says which container it is of: it must not get lost because no subsystem works with it.
    let is_named = items.split(|&byte| byte == 0).any(|item| split_once(item, b'=').is_some_and(|i| i.1 == group));
    if group != b"/" && !is_named {
        push(items, NONE, group);
    }
}

fn controllers(group: &Path) -> Option<Vec<u8>> {
    std::fs::read(group.join("cgroup.controllers")).ok()
}

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}
