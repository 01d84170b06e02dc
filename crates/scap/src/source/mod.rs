//! Where the bytes of a capture come from.
//!
//! | what | how it is read |
//! |---|---|
//! | a plain file that nobody is likely to shrink | mapped, piece by piece ([`map`]) |
//! | another plain file, a pipe | read, piece by piece ([`stream`]) |
//! | a capture that this program makes meanwhile | taken from memory ([`live`]) |
//! | gzip, zstd or lz4, from a file or a pipe | unpacked ([`unpack`], [`gunzip`]) by a thread of its own ([`ahead`]) |
//!
//! [`input`] is what all of them look like.
//!
//! A format is known by its first bytes, never by the name of the file.

mod ahead;
mod gunzip;
pub(crate) mod input;
pub(crate) mod live;
mod map;
pub(crate) mod ranges;
mod stream;
pub(crate) mod unpack;

use crate::error::{OpenError, Problem};
use bytes::Bytes;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::Path;

use ahead::Ahead;
use map::Mapped;
use stream::Stream;
use unpack::{Format, MAGIC_LEN};

/// Gives the unpacked stream in pieces.
pub(crate) trait Source: Send {
    /// A chunk that starts with `rest`, the bytes already given that are not used up (they start at byte `at` of the
    /// stream), and goes on with new ones: `wanted` bytes in all if the stream has them, or more. A chunk no longer
    /// than `rest` means that the stream ends, or that it is broken.
    fn more(&mut self, rest: &[u8], at: u64, wanted: usize) -> Bytes;

    /// Why the stream ended, if it should not have. Asked once, the source may have more: what follows a broken
    /// piece. It does not join up with what came before.
    fn fault(&mut self) -> Option<Problem> {
        None
    }

    /// Whether nothing more can be had just now: [`Source::more`] would wait for whoever writes into the pipe.
    fn would_wait(&mut self) -> bool {
        false
    }

    /// How much of the file is used up when `at` bytes of the stream are.
    fn file_position(&self, at: u64) -> u64 {
        at
    }
}

/// A capture that lies in memory.
impl Source for Bytes {
    fn more(&mut self, _: &[u8], at: u64, _: usize) -> Bytes {
        self.slice((at as usize).min(self.len())..)
    }
}

/// What is read, and how large it is in the file.
pub(crate) struct Opened {
    pub source: Box<dyn Source>,
    /// Bytes of the file; `None` for a pipe.
    pub size: Option<u64>,
    /// How it is compressed.
    pub format: Option<Format>,
}

/// Opens a capture file, or a pipe that has a name.
pub(crate) fn open(path: &Path) -> Result<Opened, OpenError> {
    from_file(File::open(path)?, true)
}

/// Opens the standard input.
pub(crate) fn stdin() -> Result<Opened, OpenError> {
    from_file(File::from(io::stdin().as_fd().try_clone_to_owned()?), false)
}

/// `from_start`: that nobody has read from the file before.
fn from_file(mut file: File, from_start: bool) -> Result<Opened, OpenError> {
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(OpenError::NotAFile);
    }
    let size = meta.is_file().then_some(meta.len());
    let mut magic = Vec::new();
    file.by_ref().take(MAGIC_LEN as u64).read_to_end(&mut magic)?;
    let format = Format::of(&magic);
    let source: Box<dyn Source> = match format {
        None if from_start && map::is_stable(&file) => Box::new(Mapped::new(file)?),
        None => Box::new(Stream::new(magic, file, size.unwrap_or(0))),
        Some(format) => Box::new(Ahead::unpack(format, io::Cursor::new(magic).chain(file), size.is_none())),
    };
    Ok(Opened { source, size, format })
}

/// Opens a capture that lies in memory.
pub(crate) fn from_bytes(bytes: Bytes) -> Opened {
    let size = Some(bytes.len() as u64);
    let format = Format::of(&bytes);
    let source: Box<dyn Source> = match format {
        None => Box::new(bytes),
        Some(format) => Box::new(Ahead::unpack(format, io::Cursor::new(bytes), false)),
    };
    Opened { source, size, format }
}
