//! A plain file, mapped piece by piece, so that what nobody holds any more is not kept in memory either.
//!
//! A mapped file that shrinks is fatal: touching a page that is gone is a signal (SIGBUS), not an error. So a file is
//! mapped only if [`is_stable`] finds no sign that somebody might shrink it: it lies on a local disk, was last
//! changed some time ago, and nobody has it open for writing. Everything else is read. What remains is somebody who
//! opens and cuts an old capture just while it is read; the size is looked at again before each piece, which leaves
//! the few milliseconds that a piece is in use.

use super::Source;
use super::stream::shrank;
use crate::error::Problem;
use bytes::Bytes;
use memmap2::{Mmap, MmapOptions};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// How much is mapped at a time.
const PIECE: u64 = 4 << 20;

/// A file that was changed more recently may still be written.
const SETTLED: Duration = Duration::from_secs(60);

/// Types of file systems whose files are changed by this machine only (`statfs`, `f_type`): ext, xfs, btrfs, tmpfs,
/// overlayfs, f2fs, zfs, squashfs, iso9660, erofs. Others may be remote, or (fuse) anything.
const LOCAL_FILE_SYSTEMS: [u64; 10] = [
    0xEF53,
    0x5846_5342,
    0x9123_683E,
    0x0102_1994,
    0x794C_7630,
    0xF2F5_2010,
    0x2FC1_2FC1,
    0x7371_7368,
    0x9660,
    0xE0F5_E1E2,
];

/// Whether a file shows no sign of being shrunk soon.
pub(crate) fn is_stable(file: &File) -> bool {
    let settled = || {
        let meta = file.metadata().ok()?;
        Some(meta.is_file() && meta.modified().ok()?.elapsed().ok()? >= SETTLED)
    };
    settled() == Some(true) && is_local(file) && !is_open_for_writing(file)
}

#[allow(unsafe_code)]
fn is_local(file: &File) -> bool {
    let mut answer = std::mem::MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: the descriptor is open, and the call writes one `statfs` at most, for which there is room; all zeros
    // are a valid value of that type.
    let answer = unsafe {
        if libc::fstatfs(file.as_raw_fd(), answer.as_mut_ptr()) != 0 {
            return false;
        }
        answer.assume_init()
    };
    LOCAL_FILE_SYSTEMS.contains(&(answer.f_type as u64))
}

/// Whether somebody has the file open for writing. The kernel grants a read lease only where nobody has; it is given
/// back at once. Only the owner of a file (and root) may ask, so a refusal for that reason says nothing.
#[allow(unsafe_code)]
fn is_open_for_writing(file: &File) -> bool {
    let fd = file.as_raw_fd();
    // SAFETY: neither call touches memory of ours; the descriptor is open.
    let refused = unsafe { libc::fcntl(fd, libc::F_SETLEASE, libc::F_RDLCK) } != 0;
    if refused {
        return io::Error::last_os_error().raw_os_error() == Some(libc::EAGAIN);
    }
    // SAFETY: as above.
    unsafe { libc::fcntl(fd, libc::F_SETLEASE, libc::F_UNLCK) };
    false
}

pub(crate) struct Mapped {
    file: File,
    /// Its size when it was opened.
    size: u64,
    fault: Option<Problem>,
}

impl Mapped {
    /// A file that [`is_stable`].
    pub(crate) fn new(file: File) -> io::Result<Mapped> {
        let size = file.metadata()?.len();
        Ok(Mapped { file, size, fault: None })
    }

    fn piece(&self, at: u64, wanted: u64) -> Result<Bytes, Problem> {
        let failed = |error: io::Error| Problem::Io(error.to_string());
        let size = self.file.metadata().map_err(failed)?.len();
        if size < self.size {
            return Err(shrank(self.size, size));
        }
        let len = size.saturating_sub(at).min(wanted.max(PIECE));
        if len == 0 {
            return Ok(Bytes::new());
        }
        Ok(Bytes::from_owner(map(&self.file, at, len).map_err(failed)?))
    }
}

#[allow(unsafe_code)]
pub(crate) fn map(file: &File, at: u64, len: u64) -> io::Result<Mmap> {
    let mut options = MmapOptions::new();
    options.offset(at).len(usize::try_from(len).unwrap_or(usize::MAX)).populate();
    // SAFETY: the bytes are only read, as `&[u8]`, and must neither change nor go as long as the map lives. No
    // program can promise that of a file; `is_stable` and the look at the size above make it as good as certain for
    // the files that come here, and the rest is not mapped.
    unsafe { options.map(file) }
}

impl Source for Mapped {
    fn more(&mut self, _: &[u8], at: u64, wanted: usize) -> Bytes {
        self.piece(at, wanted as u64).unwrap_or_else(|problem| {
            self.fault = Some(problem);
            Bytes::new()
        })
    }

    fn fault(&mut self) -> Option<Problem> {
        let fault = self.fault.take();
        if fault.is_some() {
            // What there was is gone; what is there now is not worth a second complaint.
            self.size = 0;
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::FileTimes;
    use std::time::SystemTime;

    #[test]
    fn only_settled_files_that_nobody_writes_are_stable() {
        let writer = tempfile::NamedTempFile::new().unwrap();
        writer.as_file().set_len(10).unwrap();
        let reader = File::open(writer.path()).unwrap();
        if !is_local(&reader) {
            return capture_testkit::skip("temporary files are on no local file system");
        }
        assert!(!is_stable(&reader), "just written");
        let hour_ago = FileTimes::new().set_modified(SystemTime::now() - Duration::from_secs(3600));
        writer.as_file().set_times(hour_ago).unwrap();
        assert!(!is_stable(&reader), "open for writing");
        let path = writer.into_temp_path();
        assert!(is_stable(&reader));
        let future = FileTimes::new().set_modified(SystemTime::now() + Duration::from_secs(3600));
        File::options().write(true).open(&path).unwrap().set_times(future).unwrap();
        assert!(!is_stable(&reader), "of a time to come");
        assert!(!is_stable(&File::open("/dev/null").unwrap()));
        assert!(!is_stable(&File::open(std::env::temp_dir()).unwrap()));
    }

    #[test]
    fn a_shrunken_file_is_noticed_before_it_is_touched() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(3 * PIECE).unwrap();
        let mut mapped = Mapped::new(File::open(file.path()).unwrap()).unwrap();
        let piece = mapped.more(&[], 0, 10);
        assert_eq!(piece.len() as u64, PIECE);
        assert_eq!(mapped.more(&[], PIECE - 4, 2 * PIECE as usize).len() as u64, 2 * PIECE);
        file.as_file().set_len(PIECE).unwrap();
        assert!(mapped.more(&[], PIECE, 1).is_empty());
        assert!(matches!(mapped.fault(), Some(Problem::Io(message)) if message.contains("shrank")));
        assert!(mapped.fault().is_none());
        drop(piece);
    }
}
