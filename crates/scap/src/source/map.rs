//! A plain file, mapped piece by piece.

use super::Source;
use bytes::Bytes;
use memmap2::MmapOptions;
use std::fs::File;
use std::path::Path;

/// How much is mapped at a time. A piece stays mapped as long as somebody holds its chunk.
const PIECE: u64 = 4 << 20;

pub(crate) struct Mapped {
    file: File,
}

impl Mapped {
    pub(crate) fn open(path: &Path) -> std::io::Result<Mapped> {
        Ok(Mapped { file: File::open(path)? })
    }

    fn map(&self, at: u64, wanted: u64) -> std::io::Result<Bytes> {
        let size = self.file.metadata()?.len();
        let len = size.saturating_sub(at).min(wanted.max(PIECE));
        if len == 0 {
            return Ok(Bytes::new());
        }
        #[allow(unsafe_code)]
        // Sound as long as nobody shrinks or changes the file.
        let map = unsafe { MmapOptions::new().offset(at).len(len as usize).map(&self.file)? };
        Ok(Bytes::from_owner(map))
    }
}

impl Source for Mapped {
    fn more(&mut self, _: &[u8], at: u64, wanted: usize) -> Bytes {
        self.map(at, wanted as u64).unwrap_or_default()
    }
}
