//! A file that a capture is written to, which opens even if that fails.

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

/// A file, a pipe, a device.
///
/// Who writes whole blocks and flushes behind them has a file of whole blocks also if the disk is full: what was
/// written of the last ones is cut off.
pub struct Out {
    file: File,
    /// How many bytes it has.
    end: u64,
    /// How many it had when it was flushed; `None` if it cannot be cut.
    whole: Option<u64>,
    meter: Meter,
}

impl Out {
    /// Writes to a file from its beginning. One that `is_ours` can be cut.
    pub fn new(file: File, is_ours: bool, meter: Meter) -> Out {
        meter.0.files.fetch_add(1, Ordering::Relaxed);
        Out { file, end: 0, whole: is_ours.then_some(0), meter }
    }

    /// Whether it has whole blocks, and may be cut behind them.
    pub fn is_begun(&self) -> bool {
        self.whole.is_some_and(|whole| whole > 0)
    }

    /// Goes back to where it was flushed.
    fn cut(&mut self) {
        let Some(whole) = self.whole else { return };
        // If that fails too, the capture is damaged at its end, which its readers say.
        if self.file.set_len(whole).and_then(|()| self.file.seek(SeekFrom::Start(whole))).is_ok() {
            self.meter.0.bytes.fetch_sub(self.end - whole, Ordering::Relaxed);
            self.end = whole;
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.file.write(bytes);
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
