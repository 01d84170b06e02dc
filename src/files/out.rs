//! A file that a capture is written to, which opens even if that fails.

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much was written so far, for whoever wants to look. All clones are one.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Written>);

#[derive(Debug, Default)]
struct Written {
    bytes: AtomicU64,
    files: AtomicU64,
}

impl Meter {
    /// Bytes in all files.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Files that were begun.
    pub fn files(&self) -> u64 {
        self.0.files.load(Ordering::Relaxed)
    }
}

/// So many bytes behind whole blocks are kept free: room to say why nothing comes behind them.
const RESERVE: u64 = 16 << 10;

/// A file, a pipe, a device.
///
/// Who writes whole blocks and flushes behind them has a file of whole blocks also if the disk is full or the file as
/// long as it may be: what was written of the last ones is cut off. Then there is room for some more bytes
/// ([`RESERVE`]).
pub struct Out {
    file: File,
    /// How many bytes it has.
    end: u64,
    /// How many it had when it was flushed; `None` if it cannot be cut.
    whole: Option<u64>,
    /// How many it may have, with what is kept free; `None` if nothing is.
    limit: Option<u64>,
    meter: Meter,
}

impl Out {
    /// Writes to a file from its beginning. One that `is_ours` can be cut.
    pub fn new(file: File, is_ours: bool, meter: Meter) -> Out {
        meter.0.files.fetch_add(1, Ordering::Relaxed);
        let limit = is_ours.then(|| getrlimit(Resource::Fsize).current.unwrap_or(u64::MAX));
        Out { file, end: 0, whole: is_ours.then_some(0), limit, meter }
    }

    /// Whether it has whole blocks, and may be cut behind them.
    pub fn is_begun(&self) -> bool {
        self.whole.is_some_and(|whole| whole > 0)
    }

    /// Writes, unless what is kept free would not be left.
    fn write_within(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(limit) = self.limit {
            let room = (bytes.len() as u64).saturating_add(RESERVE);
            if self.end.saturating_add(room) > limit {
                return Err(Errno::FBIG.into());
            }
            let kept = fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.end, room);
            // Some file systems cannot do this: there, it shows when it is written.
            if let Err(error @ (Errno::NOSPC | Errno::DQUOT)) = kept {
                return Err(error.into());
            }
        }
        self.file.write(bytes)
    }

    /// Goes back to where it was flushed. What was kept free is there to be written to.
    fn cut(&mut self) {
        let Some(whole) = self.whole else { return };
        self.limit = None;
        // If that fails too, the capture is damaged at its end, which its readers say.
        if self.file.set_len(whole).and_then(|()| self.file.seek(SeekFrom::Start(whole))).is_ok() {
            self.meter.0.bytes.fetch_sub(self.end - whole, Ordering::Relaxed);
            self.end = whole;
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.write_within(bytes);
        match &result {
            Ok(written) => {
                self.end += *written as u64;
                self.meter.0.bytes.fetch_add(*written as u64, Ordering::Relaxed);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => self.cut(),
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        self.whole = self.whole.map(|_| self.end);
        Ok(())
    }
}

impl Drop for Out {
    /// What was kept free behind the end is no longer.
    fn drop(&mut self) {
        if self.whole.is_some() {
            // A file that is a little larger on the disk than it says is no harm.
            let _ = self.file.set_len(self.end);
        }
    }
}
