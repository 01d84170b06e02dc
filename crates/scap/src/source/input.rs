//! The bytes of a capture, whatever its form.

use super::ahead::Ahead;
use super::live::{FromLive, Live};
use super::unpack::Format;
use super::{Opened, Source};
use crate::error::{OpenError, Problem};
use bytes::Bytes;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a file, a pipe or a piece of memory, unpacked, from the first to the last. What follows can be looked
/// at before it is used up.
pub struct Input {
    source: Box<dyn Source>,
    /// What is at hand of the stream.
    chunk: Bytes,
    /// Counts the chunks.
    chunk_id: u64,
    /// Where the chunk starts in the stream.
    base: u64,
    /// How far it is used up.
    at: usize,
    size: Option<u64>,
    format: Option<Format>,
}

impl Input {
    /// Opens a file, or a pipe that has a name.
    pub fn open(path: &Path) -> Result<Input, OpenError> {
        super::open(path).map(Input::new)
    }

    /// The standard input.
    pub fn stdin() -> Result<Input, OpenError> {
        super::stdin().map(Input::new)
    }

    /// What lies in memory.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Input {
        Input::new(super::from_bytes(bytes.into()))
    }

    /// What this program, or another one, makes meanwhile. Waits for its first bytes.
    pub fn live(input: Box<dyn Live>) -> Input {
        let mut live = FromLive::new(input);
        let format = Format::of(live.start());
        let source: Box<dyn Source> = match format {
            None => Box::new(live),
            Some(format) => Box::new(Ahead::unpack(format, live, true)),
        };
        Input::new(Opened { source, size: None, format })
    }

    pub(crate) fn new(Opened { source, size, format }: Opened) -> Input {
        Input { source, chunk: Bytes::new(), chunk_id: 0, base: 0, at: 0, size, format }
    }

    /// How many bytes the file had when it was opened; `None` for a pipe.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How the file is compressed: `gzip`, `zstd`, `lz4`; `None` if it is not.
    pub fn compression(&self) -> Option<&'static str> {
        self.format.map(Format::name)
    }

    /// What follows: at least `wanted` bytes if the stream has them.
    pub fn peek(&mut self, wanted: usize) -> &[u8] {
        if self.chunk.len() - self.at < wanted {
            let rest = self.chunk.get(self.at..).unwrap_or_default();
            let chunk = self.source.more(rest, self.base + self.at as u64, wanted);
            if chunk.len() > rest.len() {
                self.base += self.at as u64;
                self.at = 0;
                self.chunk = chunk;
                self.chunk_id += 1;
            }
        }
        self.at_hand()
    }

    /// Whether nothing is at hand, and asking for more would mean to wait for whoever writes into the pipe.
    pub fn would_wait(&mut self) -> bool {
        self.at == self.chunk.len() && self.source_would_wait()
    }

    /// How far the file is used up.
    pub fn file_position(&self) -> u64 {
        self.source.file_position(self.offset())
    }

    /// Why the stream ended, if it should not have.
    pub(crate) fn fault(&mut self) -> Option<Problem> {
        self.source.fault()
    }

    /// Whether asking for more than is at hand would mean to wait.
    #[inline]
    pub(crate) fn source_would_wait(&mut self) -> bool {
        self.source.would_wait()
    }

    /// What follows, as far as nothing must be asked for.
    #[inline]
    pub(crate) fn at_hand(&self) -> &[u8] {
        self.chunk.get(self.at..).unwrap_or_default()
    }

    /// The chunk that holds what was used up last, and its number.
    pub(crate) fn chunk(&self) -> (&Bytes, u64) {
        (&self.chunk, self.chunk_id)
    }

    /// How far the chunk is used up.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How far the stream is used up.
    #[inline]
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Uses up what is at hand.
    #[inline]
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.chunk.len());
    }

    /// Goes on with these bytes, where the stream has come to its end.
    pub(crate) fn give(&mut self, chunk: Bytes) {
        self.base = self.offset();
        self.at = 0;
        self.chunk = chunk;
        self.chunk_id += 1;
    }
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.peek(1.min(buf.len())).read(buf)?;
        self.skip(got);
        match self.fault().filter(|_| got == 0) {
            Some(problem) => Err(io::Error::other(problem.to_string())),
            None => Ok(got),
        }
    }
}
