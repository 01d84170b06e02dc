//! A whole file, of which any batch can be read.

use crate::batch::Late;
use crate::entities::{EntityHead, Loaded};
use crate::reader::blocks;
use crate::section::{self, HEADER, Header};
use crate::{Fault, VERSION};
use bytes::Bytes;
use capture_scap::{Problem, Ranges};
use std::ops::Range;
use std::sync::Arc;

/// What the sections of a file are read from.
enum Input {
    File(Ranges),
    Memory(Bytes),
}

impl Input {
    fn size(&self) -> u64 {
        match self {
            Input::File(file) => file.size(),
            Input::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes of a range.
    fn get(&self, range: Range<u64>) -> Result<Bytes, Problem> {
        let len = range.end.saturating_sub(range.start);
        let bytes = match self {
            Input::File(file) => file.get(range)?,
            Input::Memory(bytes) => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                bytes.slice(place(range.start)..place(range.end))
            }
        };
        let present = bytes.len() as u64;
        if present < len { Err(Problem::Truncated { needed: len, present }) } else { Ok(bytes) }
    }
}

/// Whether all blocks of a section can be read.
fn are_sound(payload: &[u8]) -> bool {
    let Ok(blocks) = blocks(payload) else { return false };
    let mut reader = capture_scap::Reader::of_blocks(blocks);
    while let Some(block) = reader.next_block() {
        if block.is_err() {
            return false;
        }
    }
    true
}

/// Where the batches of a file are, and what they are read with.
pub struct File {
    input: Input,
    /// By segment the sections of interned values: where what follows their headers stands.
    segments: Vec<Vec<Range<u64>>>,
    batches: Vec<BatchAt>,
}

/// A batch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchAt {
    /// Where what follows its header stands.
    pub payload: Range<u64>,
    /// The place of its segment.
    pub segment: usize,
}

impl File {
    /// Finds the batches of a file; `None` if it cannot be read in batches: where anything is damaged or unknown, and where
    /// nothing is bound to events, it has to be read from its beginning.
    pub fn open(file: Ranges) -> Option<File> {
        File::of(Input::File(file))
    }

    /// The same for a file in memory.
    pub fn from_bytes(bytes: Bytes) -> Option<File> {
        File::of(Input::Memory(bytes))
    }

    fn of(input: Input) -> Option<File> {
        let mut file = File { input, segments: Vec::new(), batches: Vec::new() };
        let (mut at, mut number) = (0, 0);
        while at < file.input.size() {
            let start = at + HEADER as u64;
            let header = Header::read(&file.input.get(at..start).ok()?).filter(|header| header.number == number)?;
            let payload = start..start.checked_add(header.len)?;
            at = payload.end;
            number = number.wrapping_add(1);
            file.take(header.kind, payload)?;
        }
        Some(file).filter(|file| at == file.input.size())
    }

    fn take(&mut self, kind: u16, payload: Range<u64>) -> Option<()> {
        match kind {
            section::FILE => {
                let version = self.input.get(payload).ok()?;
                version.starts_with(&VERSION[0].to_le_bytes()).then_some(())
            }
            section::ENTITIES => {
                let head = EntityHead::of(&self.input.get(payload.clone()).ok()?).ok()?;
                if head.is_first() {
                    self.segments.push(Vec::new());
                }
                self.segments.last_mut()?.push(payload);
                Some(())
            }
            section::BATCH => {
                let segment = self.segments.len().checked_sub(1)?;
                self.batches.push(BatchAt { payload, segment });
                Some(())
            }
            // What is wrong with tables is told by who reads them.
            section::BLOCKS => are_sound(&self.input.get(payload).ok()?).then_some(()),
            _ => Some(()),
        }
    }

    /// Its batches, in their order.
    pub fn batches(&self) -> &[BatchAt] {
        &self.batches
    }

    /// The interned values of a segment, by its place.
    pub fn segment(&self, place: usize) -> Result<Loaded, Problem> {
        let mut loaded = Loaded::default();
        for payload in self.segments.get(place).into_iter().flatten() {
            loaded.add(&self.input.get(payload.clone())?).map_err(section)?;
        }
        Ok(loaded)
    }

    /// A batch. `loaded`: the values of its segment.
    pub fn batch(&self, at: &BatchAt, loaded: Arc<Loaded>) -> Result<Late, Problem> {
        Late::open(self.input.get(at.payload.clone())?, loaded).map_err(section)
    }
}

fn section(fault: Fault) -> Problem {
    Problem::Section(fault.to_string())
}
