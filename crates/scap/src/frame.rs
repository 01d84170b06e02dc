//! Framing: type, length, body, length again.

use crate::error::{Damage, Problem};
use crate::kind::BlockKind;
use crate::source::Source;
use bytes::Bytes;
use std::collections::VecDeque;
use std::ops::Range;

/// Bytes before the body, and in a block without a body.
const HEADER: usize = 8;
const EMPTY_BLOCK: usize = 12;

/// A longer block is taken for damage when blocks are looked for behind damage.
const PLAUSIBLE_LEN: usize = 64 << 20;

/// One block, still unread.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Where it starts in the stream.
    pub offset: u64,
    /// Its type.
    pub code: u32,
    /// Its length as stored.
    pub len: u32,
    /// Where its body is in the chunk.
    pub body: Range<usize>,
}

/// Cuts the stream into blocks.
pub(crate) struct Frames {
    source: Box<dyn Source>,
    /// What is at hand of the stream.
    pub chunk: Bytes,
    /// Counts the chunks.
    pub chunk_id: u64,
    /// Where the chunk starts in the stream.
    base: u64,
    /// How far it is used up.
    at: usize,
    /// What is wrong behind the block that was handed out last.
    pub pending: VecDeque<Damage>,
}

impl Frames {
    pub(crate) fn new(source: Box<dyn Source>) -> Frames {
        Frames { source, chunk: Bytes::new(), chunk_id: 0, base: 0, at: 0, pending: VecDeque::new() }
    }

    /// Where the next block starts in the stream.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// What follows: at least `wanted` bytes if the stream has them.
    pub(crate) fn peek(&mut self, wanted: usize) -> &[u8] {
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
        self.chunk.get(self.at..).unwrap_or_default()
    }

    fn word(&mut self, at: usize) -> Option<u32> {
        let bytes = self.peek(at + 4).get(at..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.chunk.len());
    }

    /// The next block, or what is wrong there.
    pub(crate) fn next(&mut self) -> Option<Result<Frame, Damage>> {
        if let Some(damage) = self.pending.pop_front() {
            return Some(Err(damage));
        }
        let present = self.peek(HEADER).len();
        if present == 0 {
            return None;
        }
        let (Some(code), Some(len)) = (self.word(0), self.word(4)) else {
            return Some(Err(self.ends_early("block header", HEADER)));
        };
        Some(self.block(code, len))
    }

    fn block(&mut self, code: u32, len: u32) -> Result<Frame, Damage> {
        let name = BlockKind::from_code(code).map_or("block", BlockKind::name);
        let size = len as usize;
        if size < EMPTY_BLOCK {
            return Err(self.lost(name, Problem::BlockLength(len), 1));
        }
        let present = self.peek(size).len();
        if present < size {
            let problem = Problem::Truncated { needed: size as u64, present: present as u64 };
            return Err(self.lost(name, problem, HEADER));
        }
        let trailer = self.word(size - 4).unwrap_or_default();
        let frame = Frame { offset: self.offset(), code, len, body: self.at + HEADER..self.at + size - 4 };
        if trailer != len {
            let problem = Problem::Trailer { expected: len, found: trailer };
            if !self.block_follows(size) {
                return Err(self.lost(name, problem, HEADER));
            }
            let offset = self.offset() + size as u64 - 4;
            self.pending.push_back(Damage { offset, reading: name, problem, resumes: Some(offset + 4) });
        }
        self.skip(size);
        Ok(frame)
    }

    fn ends_early(&mut self, reading: &'static str, needed: usize) -> Damage {
        let (offset, present) = (self.offset(), self.peek(needed).len());
        self.skip(present);
        let problem = Problem::Truncated { needed: needed as u64, present: present as u64 };
        Damage { offset, reading, problem, resumes: None }
    }

    /// Goes on at the next place, `skip` bytes or more from here, where a block starts.
    fn lost(&mut self, reading: &'static str, problem: Problem, skip: usize) -> Damage {
        let offset = self.offset();
        self.skip(skip);
        let resumes = self.find_block();
        Damage { offset, reading, problem, resumes }
    }

    /// Skips bytes until a block starts.
    fn find_block(&mut self) -> Option<u64> {
        loop {
            if self.block_starts(0) {
                return Some(self.offset());
            }
            if self.peek(HEADER).len() < HEADER {
                let rest = self.peek(HEADER).len();
                self.skip(rest);
                return None;
            }
            self.skip(1);
        }
    }

    /// Whether a block of a known type, with two equal lengths, starts `ahead` bytes from here.
    fn block_starts(&mut self, ahead: usize) -> bool {
        let (Some(code), Some(len)) = (self.word(ahead), self.word(ahead + 4)) else { return false };
        let size = len as usize;
        BlockKind::from_code(code).is_some()
            && (EMPTY_BLOCK..PLAUSIBLE_LEN).contains(&size)
            && self.word(ahead + size - 4) == Some(len)
    }

    /// Whether the stream ends, or another block starts, `size` bytes from here.
    fn block_follows(&mut self, size: usize) -> bool {
        self.peek(size + HEADER).len() == size || self.block_starts(size)
    }
}
