//! The reader: blocks one after the other.

use crate::block::event::{Form, Span};
use crate::block::{Block, Content};
use crate::error::{Damage, OpenError};
use crate::frame::{Frame, Frames};
use crate::kind::{BlockKind, Counts};
use crate::read::event::Stored;
use crate::read::{self, Fault};
use crate::source;
use bytes::Bytes;
use std::path::Path;

/// Reads a capture block by block.
pub struct Reader {
    frames: Frames,
    params: Vec<Span>,
    counts: Counts,
    total: Option<u64>,
}

impl Reader {
    /// Opens a capture file.
    pub fn open(path: &Path) -> Result<Reader, OpenError> {
        let total = std::fs::metadata(path)?.len();
        Ok(Reader { total: Some(total), ..Reader::new(Frames::new(source::open(path)?)) })
    }

    /// Reads a capture that lies in memory.
    pub fn from_bytes(bytes: Bytes) -> Result<Reader, OpenError> {
        let total = bytes.len() as u64;
        Ok(Reader { total: Some(total), ..Reader::new(Frames::new(Box::new(bytes))) })
    }

    fn new(frames: Frames) -> Reader {
        Reader { frames, params: Vec::new(), counts: Counts::default(), total: None }
    }

    /// How many blocks of each type were read so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many bytes of the file are used up.
    pub fn position(&self) -> u64 {
        self.frames.offset()
    }

    /// The size of the file; `None` for a pipe.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The next block, or in its place what could not be read; `None` at the end. What is wrong within a block (or
    /// behind it) comes after the block.
    pub fn next_block(&mut self) -> Option<Result<Block<'_>, Damage>> {
        let frame = match self.frames.next()? {
            Ok(frame) => frame,
            Err(damage) => return Some(Err(damage)),
        };
        self.counts.add(frame.code);
        let (content, faults) = match content(&frame, &self.frames.chunk, self.frames.chunk_id, &mut self.params) {
            Ok(parsed) => parsed,
            Err(fault) => return Some(Err(damage(&frame, fault))),
        };
        self.frames.pending.extend(faults.into_iter().map(|fault| damage(&frame, fault)));
        Some(Ok(Block { offset: frame.offset, len: frame.len, content }))
    }
}

/// A fault within a block, in its place in the stream.
fn damage(frame: &Frame, fault: Fault) -> Damage {
    let reading = BlockKind::from_code(frame.code).map_or("block", BlockKind::name);
    let body_end = frame.offset + u64::from(frame.len).saturating_sub(4);
    let offset = body_end.saturating_sub(fault.left as u64);
    Damage { offset, reading, problem: fault.problem, resumes: Some(frame.offset + u64::from(frame.len)) }
}

/// Parses a block's body.
fn content<'r>(
    frame: &Frame,
    chunk: &'r Bytes,
    chunk_id: u64,
    params: &'r mut Vec<Span>,
) -> Result<(Content<'r>, Vec<Fault>), Fault> {
    let body = chunk.get(frame.body.clone()).unwrap_or_default();
    let Some(kind) = BlockKind::from_code(frame.code) else {
        return Ok((Content::Unknown { kind: frame.code, body }, Vec::new()));
    };
    Ok(match kind {
        BlockKind::Event { version, flags, large } => {
            let form = match (version, large) {
                (1, _) => Form::V1,
                (_, false) => Form::V2,
                (_, true) => Form::Large,
            };
            let stored = Stored { form, has_dump_flags: flags };
            let event = read::event::event(chunk, chunk_id, frame.body.clone(), stored, params)?;
            (Content::Event(event), Vec::new())
        }
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
