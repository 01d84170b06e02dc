//! The reader: blocks one after the other.

use crate::block::event::Span;
use crate::block::section::MAGIC;
use crate::block::{Block, Content};
use crate::error::{Damage, OpenError, Problem};
use crate::frame::{Frame, Frames};
use crate::kind::{BlockKind, Counts};
use crate::read::event::Stored;
use crate::read::{self, Fault};
use crate::source::unpack::Format;
use crate::source::{self, Opened};
use bytes::Bytes;
use std::collections::VecDeque;
use std::path::Path;

/// How far into a file that does not start with a section header a block is looked for.
const SEARCHED: usize = 16 << 20;

/// Reads a capture block by block.
pub struct Reader {
    frames: Frames,
    params: Vec<Span>,
    counts: Counts,
    size: Option<u64>,
    compression: Option<&'static str>,
    /// What is wrong within the block that was handed out last.
    pending: VecDeque<Damage>,
    /// Blocks that were looked at before their turn.
    ahead: VecDeque<Ahead>,
    /// The chunk of the block that was handed out last, if that had been looked at.
    chunk: Bytes,
}

/// A block that was looked at before its turn, or what could not be read, with the chunk that holds it.
struct Ahead {
    frame: Result<Frame, Damage>,
    chunk: Bytes,
    chunk_id: u64,
}

impl Ahead {
    fn event(&self) -> Option<Preview> {
        let frame = self.frame.as_ref().ok()?;
        let stored = Stored::of(frame.code)?;
        let mut params = Vec::new();
        let event = read::event::event(&self.chunk, self.chunk_id, frame.body.clone(), stored, &mut params).ok()?;
        let params = u32::try_from(event.params().len()).unwrap_or(u32::MAX);
        Some(Preview { ts: event.ts, code: event.code, params })
    }
}

/// What [`Reader::find_ahead`] says of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// Nanoseconds since the epoch.
    pub ts: u64,
    /// The event type; may be one that no schema has.
    pub code: u16,
    /// How many parameters it has.
    pub params: u32,
}

impl Reader {
    /// Opens a capture file, or a pipe that has a name.
    pub fn open(path: &Path) -> Result<Reader, OpenError> {
        Reader::start(source::open(path)?)
    }

    /// Reads a capture from the standard input.
    pub fn stdin() -> Result<Reader, OpenError> {
        Reader::start(source::stdin()?)
    }

    /// Reads a capture that lies in memory.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Reader, OpenError> {
        Reader::start(source::from_bytes(bytes.into()))
    }

    fn start(opened: Opened) -> Result<Reader, OpenError> {
        let (size, compression) = (opened.size, opened.format.map(Format::name));
        let mut frames = Frames::new(opened.source);
        check_start(&mut frames)?;
        let (params, counts, pending, ahead, chunk) = Default::default();
        Ok(Reader { frames, params, counts, size, compression, pending, ahead, chunk })
    }

    /// How many blocks of each type were read so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many bytes of the unpacked stream were read so far.
    pub fn offset(&self) -> u64 {
        self.frames.offset()
    }

    /// How many bytes of the file were read so far.
    pub fn file_position(&self) -> u64 {
        self.frames.file_position()
    }

    /// How the file is compressed: `gzip`, `zstd`, `lz4`; `None` if it is not.
    pub fn compression(&self) -> Option<&'static str> {
        self.compression
    }

    /// The size of the file when it was opened; `None` for a pipe.
    pub fn file_size(&self) -> Option<u64> {
        self.size
    }

    /// The next block, or in its place what could not be read; `None` at the end. What is wrong within a block (or
    /// behind it) comes after the block.
    pub fn next_block(&mut self) -> Option<Result<Block<'_>, Damage>> {
        if let Some(damage) = self.pending.pop_front() {
            return Some(Err(damage));
        }
        let (frame, (chunk, chunk_id)) = match self.ahead.pop_front() {
            Some(ahead) => {
                self.chunk = ahead.chunk;
                (ahead.frame, (&self.chunk, ahead.chunk_id))
            }
            None => (self.frames.next()?, self.frames.chunk()),
        };
        let frame = match frame {
            Ok(frame) => frame,
            Err(damage) => return Some(Err(damage)),
        };
        self.counts.add(frame.code);
        if let Some(stored) = Stored::of(frame.code) {
            let event = read::event::event(chunk, chunk_id, frame.body.clone(), stored, &mut self.params);
            return Some(match event {
                Ok(event) => Ok(Block { offset: frame.offset, len: frame.len, content: Content::Event(event) }),
                Err(fault) => Err(damage(&frame, fault)),
            });
        }
        match content(&frame, chunk) {
            Err(fault) => Some(Err(damage(&frame, fault))),
            Ok((content, faults)) => {
                let faults = if frame.partial { Vec::new() } else { faults };
                self.pending.extend(faults.into_iter().map(|fault| damage(&frame, fault)));
                Some(Ok(Block { offset: frame.offset, len: frame.len, content }))
            }
        }
    }

    /// Whether the next block is not here yet, and asking for it would mean to wait for whoever writes into the pipe
    /// that is read.
    #[inline]
    pub fn would_wait(&mut self) -> bool {
        self.pending.is_empty() && self.ahead.is_empty() && self.frames.would_wait()
    }

    /// Looks at the next `within` events, without taking them, for the first one that is wanted. What it reads stays
    /// in memory until it is taken; it reads no further than it must.
    pub fn find_ahead(&mut self, within: usize, mut is_wanted: impl FnMut(&Preview) -> bool) -> Option<Preview> {
        let (mut looked_at, mut seen) = (0, 0);
        while seen < within {
            let ahead = match self.ahead.get(looked_at) {
                Some(ahead) => ahead,
                None => self.look_ahead()?,
            };
            looked_at += 1;
            let Some(event) = ahead.event() else { continue };
            seen += 1;
            if is_wanted(&event) {
                return Some(event);
            }
        }
        None
    }

    /// Whether what comes next is an event.
    pub fn is_at_event(&mut self) -> bool {
        if self.ahead.is_empty() {
            self.look_ahead();
        }
        let frame = self.ahead.front().and_then(|ahead| ahead.frame.as_ref().ok());
        frame.is_some_and(|frame| matches!(BlockKind::from_code(frame.code), Some(BlockKind::Event { .. })))
    }

    /// Reads one block or damage more before its turn.
    fn look_ahead(&mut self) -> Option<&Ahead> {
        let frame = self.frames.next()?;
        let (chunk, chunk_id) = self.frames.chunk();
        self.ahead.push_back(Ahead { frame, chunk: chunk.clone(), chunk_id });
        self.ahead.back()
    }
}

/// How many bytes tell whether this is a capture.
const START: usize = 16;

/// Whether this is a capture. What does not start with a section header must at least hold a block.
fn check_start(frames: &mut Frames) -> Result<(), OpenError> {
    const SECTION: &[u8] = &[0x0A, 0x0D, 0x0D, 0x0A];
    let start: Vec<u8> = frames.peek(START).iter().take(START).copied().collect();
    let word = |at: usize| start.get(at..).and_then(|bytes| bytes.first_chunk()).map(|b| u32::from_le_bytes(*b));
    if start.len() < 12 {
        return Err(match frames.fault() {
            Some(problem) => OpenError::Unreadable(problem),
            None if start.is_empty() => OpenError::Empty,
            None if start.starts_with(SECTION) || SECTION.starts_with(&start) => {
                OpenError::TooShort(start.len() as u64)
            }
            None => OpenError::NotACapture(start),
        });
    }
    if start.starts_with(SECTION) {
        let major = start.get(12..).and_then(|bytes| bytes.first_chunk()).map(|b| u16::from_le_bytes(*b));
        return match (word(8), major) {
            (Some(magic), _) if magic == MAGIC.swap_bytes() => Err(OpenError::BigEndian),
            (Some(MAGIC), Some(major)) if major > 1 => Err(OpenError::Version(major)),
            _ => Ok(()),
        };
    }
    let found = frames.find_start(SEARCHED);
    let Some(resumes) = found else { return Err(OpenError::NotACapture(start)) };
    let problem = Problem::Value { name: "type of the first block", found: word(0).unwrap_or_default().into() };
    frames.note(Damage { offset: 0, reading: "section header", problem, resumes: Some(resumes) });
    Ok(())
}

/// A fault within a block, in its place in the stream.
fn damage(frame: &Frame, fault: Fault) -> Damage {
    let reading = BlockKind::from_code(frame.code).map_or("block", BlockKind::name);
    let body_end = frame.offset + u64::from(frame.len).saturating_sub(4);
    let offset = body_end.saturating_sub(fault.left as u64);
    Damage { offset, reading, problem: fault.problem, resumes: Some(frame.offset + u64::from(frame.len)) }
}

/// Parses the body of a block that is no event.
fn content<'r>(frame: &Frame, chunk: &'r Bytes) -> Result<(Content<'r>, Vec<Fault>), Fault> {
    let body = chunk.get(frame.body.clone()).unwrap_or_default();
    let unknown = Content::Unknown { kind: frame.code, body };
    let Some(kind) = BlockKind::from_code(frame.code) else { return Ok((unknown, Vec::new())) };
    Ok(match kind {
        BlockKind::Event { .. } => (unknown, Vec::new()),
        BlockKind::Section => with(read::section::section(body)?, Content::Section),
        BlockKind::Machine => (Content::Machine(read::machine::machine(body)?), Vec::new()),
        BlockKind::Processes(version) => with(read::process::processes(body, version), Content::Processes),
        BlockKind::Fds(version) => with(read::fd::fds(body, version)?, Content::Fds),
        BlockKind::Interfaces(version) => with(read::interface::interfaces(body, version), Content::Interfaces),
        BlockKind::Users(version) => with(read::user::users(body, version), Content::Users),
    })
}

fn with<'r, T>((parsed, faults): (T, Vec<Fault>), content: impl FnOnce(T) -> Content<'r>) -> (Content<'r>, Vec<Fault>) {
    (content(parsed), faults)
}
