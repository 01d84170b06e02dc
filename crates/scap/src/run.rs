//! Runs of blocks that were read together, so that they can be handed over together, to another thread too.

use crate::block::event::EventBlock;
use crate::error::Damage;
use crate::frame::{Frame, Frames};
use crate::read::damage;
use crate::read::event::{Head, Stored, event};
use bytes::Bytes;
use std::time::Duration;

/// The longest run.
const LONGEST: usize = 1024;

/// Some blocks in a row, all in one chunk, and what could not be read before them or among them.
#[derive(Default)]
pub(crate) struct Run {
    items: Vec<Item>,
    chunk: Bytes,
    /// Counts the chunks.
    chunk_id: u64,
    /// How much of the file is used up at its end.
    pub file_position: u64,
    /// Whether more would have to be waited for when it was read.
    pub would_wait: bool,
    /// Where in the file the piece starts that the blocks were unpacked from, if they were: there, damage is.
    piece: Option<u64>,
    /// How long it took to read.
    pub took: Duration,
    /// The block type seen last, and how events of it are stored: most blocks are of the same type.
    last: Option<(u32, Stored)>,
}

/// One piece of a run.
enum Item {
    /// An event: its block's offset, length and type.
    Event { offset: u64, len: u32, block_code: u32, head: Head },
    /// A block that is no event, unread.
    Other(Box<Frame>),
    /// What could not be read, and the type of its block if that is sure.
    Damage(Option<u32>, Box<Damage>),
}

/// One piece of a run, as it is handed out.
pub(crate) enum Taken<'r> {
    /// An event: its block's offset, length and type.
    Event { offset: u64, len: u32, block_code: u32, event: EventBlock<'r> },
    /// A block that is no event, with the chunk that holds it.
    Other(&'r Frame, &'r Bytes),
    /// What could not be read, and the type of its block if that is sure.
    Damage(Option<u32>, &'r Damage),
}

impl Run {
    /// Forgets what was read, and keeps the memory for the next run.
    pub fn clear(&mut self) {
        self.items.clear();
        self.chunk = Bytes::new();
        self.piece = None;
    }

    /// Holds that something could not be read; this one is empty.
    pub fn lose(&mut self, damage: Damage) {
        self.items.push(Item::Damage(None, Box::new(damage)));
    }

    /// Says that its blocks were unpacked from a piece that starts there in the file.
    pub fn place(&mut self, piece: u64) {
        self.piece = Some(piece);
        for item in &mut self.items {
            if let Item::Damage(_, damage) = item {
                (damage.offset, damage.resumes) = (piece, Some(piece));
            }
        }
    }

    /// What is wrong within one of its blocks, with its place in the file.
    pub fn placed(&self, damage: Damage) -> Damage {
        match self.piece {
            Some(offset) => Damage { offset, resumes: Some(offset), ..damage },
            None => damage,
        }
    }

    /// Reads the next run; this one is empty. It ends where the source would have to bring more, so that
    /// nothing that is there waits for what is not. `false` at the end of the capture.
    pub fn fill(&mut self, frames: &mut Frames) -> bool {
        let Some(first) = frames.next() else { return false };
        let (chunk, chunk_id) = frames.chunk();
        (self.chunk, self.chunk_id) = (chunk.clone(), chunk_id);
        match first {
            Ok(frame) => self.push(frame),
            Err(damage) => self.items.push(Item::Damage(None, Box::new(damage))),
        }
        while self.items.len() < LONGEST
            && let Some(frame) = frames.next_at_hand()
        {
            self.push(frame);
        }
        self.file_position = frames.file_position();
        self.would_wait = frames.would_wait();
        true
    }

    #[inline]
    fn push(&mut self, frame: Frame) {
        let last = self.last.filter(|(code, _)| *code == frame.code);
        let Some(stored) = last.map(|(_, stored)| stored).or_else(|| Stored::of(frame.code)) else {
            return self.items.push(Item::Other(Box::new(frame)));
        };
        self.last = Some((frame.code, stored));
        self.items.push(match event(&self.chunk, frame.body.clone(), stored) {
            Ok(head) => Item::Event { offset: frame.offset, len: frame.len, block_code: frame.code, head },
            Err(fault) => Item::Damage(Some(frame.code), Box::new(damage(&frame, fault))),
        });
    }

    /// How many pieces it has.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// A piece.
    #[inline(always)] // events come in millions
    pub fn get(&self, index: usize) -> Option<Taken<'_>> {
        Some(match self.items.get(index)? {
            Item::Event { offset, len, block_code, head } => {
                let event = head.event(&self.chunk, self.chunk_id);
                Taken::Event { offset: *offset, len: *len, block_code: *block_code, event }
            }
            Item::Other(frame) => Taken::Other(frame, &self.chunk),
            Item::Damage(block_code, damage) => Taken::Damage(*block_code, damage),
        })
    }
}
