//! A directory of `/proc`, held open: what is read through it is of one thread or process, and never of another that
//! got the same id meanwhile.

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RawDir, SeekFrom, Statx, StatxFlags};
use rustix::io::retry_on_intr;
use rustix::path::Arg;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

/// An open directory. Once its thread is gone, everything read through it fails.
#[derive(Debug)]
pub struct Directory(OwnedFd);

/// How much is read at a time, at first.
const PIECE: usize = 4096;

/// How much is read at a time when that was not enough.
const LARGEST_PIECE: usize = 1 << 20;

impl Directory {
    /// Opens a directory by its path.
    pub fn open(path: &Path) -> io::Result<Directory> {
        Ok(Directory(rustix::fs::openat(CWD, path, OPEN, Mode::empty())?))
    }

    /// The same directory, for another owner.
    pub fn try_clone(&self) -> io::Result<Directory> {
        Ok(Directory(self.0.try_clone()?))
    }

    /// Opens a directory of this one.
    pub fn directory(&self, name: impl Arg) -> io::Result<Directory> {
        Ok(Directory(rustix::fs::openat(&self.0, name, OPEN, Mode::empty())?))
    }

    /// Reads the first `limit` bytes of a file of it into `out`, which they replace. The kernel gives such a file as a
    /// whole if there is room; those that are lists it gives in pieces: see [`Directory::read_list`].
    pub fn read<'o>(&self, name: impl Arg, limit: usize, out: &'o mut Vec<u8>) -> io::Result<&'o [u8]> {
        self.read_while(name, limit, out, |got, asked| got == asked)
    }

    /// Reads a list of mounts or sockets, as [`Directory::read`], but whatever pieces it comes in.
    pub fn read_list<'o>(&self, name: impl Arg, limit: usize, out: &'o mut Vec<u8>) -> io::Result<&'o [u8]> {
        self.read_while(name, limit, out, |got, _| got > 0)
    }

    fn read_while<'o>(
        &self,
        name: impl Arg,
        limit: usize,
        out: &'o mut Vec<u8>,
        goes_on: fn(usize, usize) -> bool,
    ) -> io::Result<&'o [u8]> {
        out.clear();
        // What is no regular file does not make us wait.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = rustix::fs::openat(&self.0, name, flags, Mode::empty())?;
        let mut piece = PIECE;
        while out.len() < limit {
            let len = out.len();
            let asked = piece.min(limit - len);
            out.resize(len + asked, 0);
            let got = retry_on_intr(|| rustix::io::read(&file, out.get_mut(len..).unwrap_or_default()));
            out.truncate(len + *got.as_ref().unwrap_or(&0));
            let got = got?;
            if !goes_on(got, asked) {
                break;
            }
            // Many lists come a page at a time, however much is asked for.
            if got == asked {
                piece = (piece * 2).min(LARGEST_PIECE);
            }
        }
        Ok(out)
    }

    /// Where a link of it leads, as it stands there, in `out`, which it replaces.
    pub fn link<'o>(&self, name: impl Arg, out: &'o mut Vec<u8>) -> io::Result<&'o [u8]> {
        // No link of /proc is longer than a page.
        out.resize(PIECE, 0);
        let len = rustix::fs::readlinkat_raw(&self.0, name, out.as_mut_slice());
        out.truncate(*len.as_ref().unwrap_or(&0));
        len?;
        Ok(out)
    }

    /// What a link of it leads to. Nothing is asked of another machine or of a program that plays a file system: they
    /// might not answer.
    pub fn stat(&self, name: impl Arg) -> io::Result<Statx> {
        let mask = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
        let flags = AtFlags::STATX_DONT_SYNC | AtFlags::NO_AUTOMOUNT;
        Ok(rustix::fs::statx(&self.0, name, flags, mask)?)
    }

    /// The entries whose names are numbers, in ascending order.
    pub fn numbers(&self) -> io::Result<Vec<i64>> {
        rustix::fs::seek(&self.0, SeekFrom::Start(0))?;
        let mut buffer = [MaybeUninit::uninit(); 16 << 10];
        let mut entries = RawDir::new(&self.0, &mut buffer);
        let mut numbers = Vec::new();
        while let Some(entry) = entries.next() {
            numbers.extend(super::scan::number::<i64>(entry?.file_name().to_bytes()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }
}

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
