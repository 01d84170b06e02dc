//! The mounts of every mount namespace: where what lies, as seen from where.
//!
//! A namespace is looked at through a process in it. Its list of mounts is held open to hear of changes, a moment longer
//! than there are processes in it: it keeps the namespace alive, and with it its mounts.

use super::processes::{Processes, namespace};
use crate::proc::mounts::{self, Mount};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;

/// A mount namespace.
#[derive(Debug)]
struct Namespace {
    /// A process in it.
    witness: i32,
    /// Its list of mounts.
    list: File,
    mounts: Vec<Mount>,
    /// Those that went away a moment ago: what happened there may be told yet.
    former: Vec<Mount>,
    /// How many of these were there already when it was tidied last.
    older: usize,
    /// Whether no process was in it when it was tidied last.
    is_left: bool,
    overlays: Vec<Overlay>,
}

/// An overlay: where what is written to it really goes.
#[derive(Debug)]
struct Overlay {
    upper: Vec<u8>,
    work: Option<Vec<u8>>,
    point: Vec<u8>,
}

/// What a path means to the processes of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The path by which they see it.
    At(Vec<u8>),
    /// The path by which they see it in an overlay, which itself reports what happens in its files.
    InOverlay(Vec<u8>),
    /// It is in the workshop of an overlay, where nobody looks.
    Inside,
    /// Nobody sees it (any more).
    Nowhere,
}

/// All namespaces.
#[derive(Debug, Default)]
pub struct Mounts {
    namespaces: FxHashMap<u64, Namespace>,
    /// Our own.
    own: u64,
}

impl Mounts {
    /// Our own mount namespace, and those of these processes.
    pub fn new(processes: &Processes) -> Mounts {
        let own = namespace(std::process::id() as i32, "mnt").unwrap_or(0);
        let mut mounts = Mounts { namespaces: FxHashMap::default(), own };
        mounts.met(std::process::id() as i32, own);
        processes.all().for_each(|(pid, process)| {
            mounts.met(pid, process.mounts);
        });
        mounts
    }

    /// A process is in this namespace. Whether that is a new one.
    pub fn met(&mut self, pid: i32, inode: u64) -> bool {
        if inode == 0 || self.namespaces.contains_key(&inode) {
            return false;
        }
        let namespace = Namespace::of(pid, inode);
        let is_new = namespace.is_some();
        self.namespaces.extend(namespace.map(|namespace| (inode, namespace)));
        is_new
    }

    /// Lists that tell when they have changed.
    pub fn descriptors(&self) -> impl Iterator<Item = (u64, BorrowedFd<'_>)> {
        self.namespaces.iter().map(|(&inode, namespace)| (inode, namespace.list.as_fd()))
    }

    /// The list of a namespace has changed. The devices of what is mounted there now.
    pub fn changed(&mut self, inode: u64) -> Vec<u32> {
        let Some(namespace) = self.namespaces.get_mut(&inode) else { return Vec::new() };
        namespace.read();
        namespace.mounts.iter().map(|mount| mount.dev).collect()
    }

    /// Lets go of namespaces that no process is in any more, and of mounts that went away, if they were so the last time
    /// too. To be called when all that happened before the last time is told.
    pub fn tidy(&mut self, processes: &Processes) {
        self.namespaces.retain(|&inode, known| {
            known.forget_former();
            if namespace(known.witness, "mnt") == Some(inode) {
                known.is_left = false;
                return true;
            }
            let mut others = processes.all().filter(|(_, process)| process.mounts == inode);
            let other = others.find(|&(pid, _)| namespace(pid, "mnt") == Some(inode));
            known.witness = other.map_or(0, |(pid, _)| pid);
            !std::mem::replace(&mut known.is_left, other.is_none()) || other.is_some()
        });
    }

    /// All mounts, each with a process in its namespace; those of our own namespace first.
    pub fn all(&self) -> impl Iterator<Item = (i32, &Mount)> {
        let own = self.namespaces.get(&self.own);
        let others = self.namespaces.iter().filter(|(inode, _)| **inode != self.own).map(|(_, namespace)| namespace);
        own.into_iter()
            .chain(others)
            .flat_map(|namespace| namespace.mounts.iter().map(|mount| (namespace.witness, mount)))
    }

    /// A mount of a file system, of the whole of it if there is such a one.
    pub fn of_device(&self, dev: u32) -> impl Iterator<Item = (i32, &Mount)> {
        let mut found: Vec<(i32, &Mount)> = self.all().filter(|(_, mount)| mount.dev == dev).collect();
        found.sort_by_key(|(_, mount)| mount.root.len());
        found.into_iter()
    }

    /// Whether it is our own namespace.
    pub fn is_own(&self, inode: u64) -> bool {
        inode == self.own
    }

    /// How we ourselves see what lies at this path of a file system.
    pub fn seen_here(&self, dev: u32, path: &[u8]) -> Option<Vec<u8>> {
        self.namespaces.get(&self.own)?.path(dev, path)
    }

    /// How the processes of a namespace see what lies at this path of a file system.
    pub fn seen(&self, inode: u64, dev: u32, path: &[u8]) -> Seen {
        let from = self.namespaces.get(&inode);
        let own = self.namespaces.get(&self.own);
        let theirs = from.and_then(|namespace| namespace.path(dev, path));
        let ours = own.and_then(|namespace| namespace.path(dev, path));
        // The directories of an overlay have the names that they had for who mounted it.
        let names = [theirs.as_ref(), ours.as_ref()];
        let overlays = from.map_or(&[][..], |namespace| namespace.overlays.as_slice());
        for name in names.into_iter().flatten() {
            for overlay in overlays {
                if let Some(below) = below(name, &overlay.upper) {
                    return Seen::InOverlay(join(&overlay.point, below));
                }
                if overlay.work.as_ref().is_some_and(|work| below_or_at(name, work)) {
                    return Seen::Inside;
                }
            }
        }
        let others = || self.namespaces.values().find_map(|namespace| namespace.path(dev, path));
        theirs.or(ours).or_else(others).map_or(Seen::Nowhere, Seen::At)
    }
}

impl Namespace {
    fn of(pid: i32, inode: u64) -> Option<Namespace> {
        let list = File::open(format!("/proc/{pid}/mountinfo")).ok()?;
        // Whoever has this id now may be another process than the one that was meant.
        let is_it = namespace(pid, "mnt") == Some(inode);
        let (mounts, former, overlays) = Default::default();
        let mut found = Namespace { witness: pid, list, mounts, former, older: 0, is_left: false, overlays };
        found.read();
        is_it.then_some(found)
    }

    fn read(&mut self) {
        let mut text = Vec::new();
        let read = self.list.seek(SeekFrom::Start(0)).and_then(|_| self.list.read_to_end(&mut text));
        if read.is_err() {
            return;
        }
        let before = std::mem::replace(&mut self.mounts, mounts::parse(&text));
        let is_gone = |mount: &Mount| self.mounts.iter().all(|other| other.dev != mount.dev);
        self.former.extend(before.into_iter().filter(is_gone));
        let overlay = |mount: &Mount| {
            let (upper, work) = (mount.upper_directory()?, mount.work_directory());
            Some(Overlay { upper, work, point: mount.point.clone() })
        };
        self.overlays = self.mounts.iter().filter(|mount| mount.is_overlay()).filter_map(overlay).collect();
    }

    /// Forgets the mounts that had gone away already when it was called last.
    fn forget_former(&mut self) {
        self.former.drain(..self.older.min(self.former.len()));
        self.older = self.former.len();
    }

    /// The path by which something is seen. If there are several, that through the mount that shows most.
    fn path(&self, dev: u32, path: &[u8]) -> Option<Vec<u8>> {
        let through = |mounts: &[Mount]| {
            let mounts = mounts.iter().filter(|mount| mount.dev == dev);
            let showing = mounts.filter_map(|mount| Some((mount, below(path, &mount.root)?)));
            let (mount, below) = showing.min_by_key(|(mount, _)| mount.root.len())?;
            Some(join(&mount.point, below))
        };
        through(&self.mounts).or_else(|| through(&self.former))
    }
}

/// What of a path is below a directory: empty for the directory itself.
fn below<'p>(path: &'p [u8], directory: &[u8]) -> Option<&'p [u8]> {
    let directory = directory.strip_suffix(b"/").unwrap_or(directory);
    path.strip_prefix(directory).filter(|below| below.is_empty() || below.starts_with(b"/"))
}

fn below_or_at(path: &[u8], directory: &[u8]) -> bool {
    below(path, directory).is_some()
}

fn join(point: &[u8], below: &[u8]) -> Vec<u8> {
    let path = [point.strip_suffix(b"/").unwrap_or(point), below].concat();
    if path.is_empty() { b"/".to_vec() } else { path }
}

/// Where a mount is for us: through the root directory of a process in its namespace.
pub fn through(pid: i32, mount: &Mount) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let path = [format!("/proc/{pid}/root").as_bytes(), &mount.point].concat();
    PathBuf::from(std::ffi::OsString::from_vec(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::Host;
    use std::io::BufRead;
    use std::path::Path;
    use std::process::{Command, Stdio};

    #[test]
    fn a_namespace_is_known_a_while_longer_than_there_are_processes_in_it() {
        let mut unshared = Command::new("unshare")
            .args(["-m", "sh", "-c", "echo ready; read line"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        std::io::BufReader::new(unshared.stdout.take().unwrap()).read_line(&mut said).unwrap();
        if said.is_empty() {
            unshared.wait().unwrap();
            eprintln!("skipped: there can be no mount namespace here");
            return;
        }
        let processes = Processes::new(Host::open(Path::new("/proc")).unwrap(), std::iter::empty());
        let mut mounts = Mounts::new(&processes);
        let pid = unshared.id() as i32;
        let inode = namespace(pid, "mnt").unwrap();
        assert!(mounts.met(pid, inode));
        let mut is_known_after_tidying = || {
            mounts.tidy(&processes);
            mounts.namespaces.contains_key(&inode)
        };
        assert!((0..3).all(|_| is_known_after_tidying()));
        unshared.kill().unwrap();
        unshared.wait().unwrap();
        assert_eq!([is_known_after_tidying(), is_known_after_tidying()], [true, false]);
    }
}
