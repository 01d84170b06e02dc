//! Runs of blocks that were read together, so that they can be handed over together, to another thread too.

use crate::block::event::EventBlock;
use crate::error::Damage;
use crate::frame::{Frame, Frames};
use crate::read::damage;
use crate::read::event::{Head, Stored, event};
use bytes::Bytes;
use std::time::Duration;

/// The longest run.
const LONGEST: usize = 8192;

/// Some blocks in a row, all in one chunk, and what could not be read before them or among them.
#[derive(Default)]
pub(crate) struct Run {
    /// The first `len` of these, which are kept for the next run: writing over one is faster than pushing one.
    items: Vec<Item>,
    len: usize,
    /// The blocks among them that are no events, and what could not be read.
    others: Vec<Frame>,
    damages: Vec<(Option<u32>, Damage)>,
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
#[derive(Clone, Copy)]
enum Item {
    /// An event: its block's offset, length and type.
    Event { offset: u64, len: u32, block_code: u32, head: Head },
    /// The next block that is no event, unread: its place among these.
    Other(usize),
    /// What could not be read: its place among all that.
    Damage(usize),
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
        self.len = 0;
        self.others.clear();
        self.damages.clear();
        self.chunk = Bytes::new();
        self.piece = None;
    }

    /// Holds that something could not be read; this one is clear.
    pub fn lose(&mut self, damage: Damage) {
        self.push_damage(None, damage);
    }

    /// Says that its blocks were unpacked from a piece that starts there in the file.
    pub fn place(&mut self, piece: u64) {
        self.piece = Some(piece);
        for (_, damage) in &mut self.damages {
            (damage.offset, damage.resumes) = (piece, Some(piece));
        }
    }

    /// What is wrong within one of its blocks, with its place in the file.
    pub fn placed(&self, damage: Damage) -> Damage {
        match self.piece {
            Some(offset) => Damage { offset, resumes: Some(offset), ..damage },
            None => damage,
        }
    }

    /// Reads the next run; this one is clear. It ends where the source would have to bring more, so that
    /// nothing that is there waits for what is not. `false` at the end of the capture.
    pub fn fill(&mut self, frames: &mut Frames) -> bool {
        let Some(first) = frames.next() else { return false };
        let (chunk, chunk_id) = frames.chunk();
        (self.chunk, self.chunk_id) = (chunk.clone(), chunk_id);
        match first {
            Ok(frame) => self.push(frame),
            Err(damage) => self.lose(damage),
        }
        while self.len < LONGEST
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
            let place = self.others.len();
            self.others.push(frame);
            return self.push_item(Item::Other(place));
        };
        self.last = Some((frame.code, stored));
        match event(&self.chunk, frame.body.clone(), stored) {
            Ok(head) => {
                self.push_item(Item::Event { offset: frame.offset, len: frame.len, block_code: frame.code, head })
            }
            Err(fault) => self.push_damage(Some(frame.code), damage(&frame, fault)),
        }
    }

    #[inline]
    fn push_item(&mut self, item: Item) {
        match self.items.get_mut(self.len) {
            Some(place) => *place = item,
            None => self.items.push(item),
        }
        self.len += 1;
    }

    fn push_damage(&mut self, block_code: Option<u32>, damage: Damage) {
        let place = self.damages.len();
        self.damages.push((block_code, damage));
        self.push_item(Item::Damage(place));
    }

    /// How many pieces it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// A piece.
    #[inline(always)] // events come in millions
    pub fn get(&self, index: usize) -> Option<Taken<'_>> {
        Some(match self.items.get(..self.len)?.get(index)? {
            Item::Event { offset, len, block_code, head } => {
                let event = head.event(&self.chunk, self.chunk_id);
                Taken::Event { offset: *offset, len: *len, block_code: *block_code, event }
            }
            Item::Other(place) => Taken::Other(self.others.get(*place)?, &self.chunk),
            Item::Damage(place) => self.damages.get(*place).map(|(code, damage)| Taken::Damage(*code, damage))?,
        })
    }
}
