//! Where the bytes of a capture come from.

mod map;
mod stream;

use bytes::Bytes;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use map::Mapped;
use stream::Stream;

/// Gives the unpacked stream in pieces.
pub(crate) trait Source: Send {
    /// A chunk that starts with `rest`, the bytes already given that are not used up (they start at byte `at` of the
    /// stream), and goes on with new ones: `wanted` bytes in all if the stream has them, or more. A chunk no longer
    /// than `rest` means that the stream ends, or that it is broken.
    fn more(&mut self, rest: &[u8], at: u64, wanted: usize) -> Bytes;
}

/// A capture that lies in memory.
impl Source for Bytes {
    fn more(&mut self, _: &[u8], at: u64, _: usize) -> Bytes {
        self.slice((at as usize).min(self.len())..)
    }
}

/// Opens a capture file.
pub(crate) fn open(path: &Path) -> std::io::Result<Box<dyn Source>> {
    let mut file = File::open(path)?;
    let mut magic = [0; 2];
    let read = file.read(&mut magic)?;
    file.rewind()?;
    if read == 2 && magic == [0x1f, 0x8b] {
        let input = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file));
        return Ok(Box::new(Stream::new(Box::new(input))));
    }
    Ok(Box::new(Mapped::open(path)?))
}
