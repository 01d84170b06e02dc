//! A plain file of which any range is read.

use super::map::{is_stable, map};
use super::stream::shrank;
use crate::error::{OpenError, Problem};
use bytes::Bytes;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Shorter ranges are read: to map them takes longer.
const SHORTEST_MAP: u64 = 1 << 16;

/// A plain file of which any range is read, on any thread.
pub struct Ranges {
    file: File,
    /// Its size when it was opened.
    size: u64,
    is_stable: bool,
}

impl Ranges {
    /// Opens a file; `None` if it is a pipe or the like.
    pub fn open(path: &Path) -> Result<Option<Ranges>, OpenError> {
        // Who opens a pipe once more waits for somebody who writes into it.
        if !path.metadata()?.is_file() {
            return Ok(None);
        }
        let file = File::open(path)?;
        let meta = file.metadata()?;
        Ok(meta.is_file().then(|| Ranges { is_stable: is_stable(&file), file, size: meta.len() }))
    }

    /// Its size when it was opened, bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of a range; as many as there are where the file is shorter.
    pub fn get(&self, range: Range<u64>) -> Result<Bytes, Problem> {
        let failed = |error: io::Error| Problem::Io(error.to_string());
        let len = range.end.min(self.size).saturating_sub(range.start);
        if !self.is_stable || len < SHORTEST_MAP {
            return self.read(range.start, len).map_err(failed);
        }
        let size = self.file.metadata().map_err(failed)?.len();
        if size < self.size {
            return Err(shrank(self.size, size));
        }
        Ok(Bytes::from_owner(map(&self.file, range.start, len).map_err(failed)?))
    }

    fn read(&self, at: u64, len: u64) -> io::Result<Bytes> {
        let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        let mut done = 0;
        while done < bytes.len() {
            let rest = bytes.get_mut(done..).unwrap_or_default();
            match self.file.read_at(rest, at + done as u64) {
                Ok(0) => break,
                Ok(read) => done += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(done);
        Ok(bytes.into())
    }
}
