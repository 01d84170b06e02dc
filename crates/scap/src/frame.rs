//! Framing: type, length, body, length again; and how to find the next block when that does not hold.
//!
//! A block is taken as it is when the lengths before and after it agree. Otherwise, in this order:
//!
//! 1. another block (or the end) follows where the first length says: only the second is wrong;
//! 2. an event's own length leads to a second length that agrees with it: only the first is wrong;
//! 3. a list gives what it holds up to the fault; anything else is lost;
//!    then the next place is looked for where a block of a known type has two equal lengths.

use crate::error::{Damage, Problem};
use crate::kind::BlockKind;
use crate::read::interface::undercounted_len;
use crate::source::input::Input;
use bytes::Bytes;
use std::collections::VecDeque;
use std::ops::Range;

/// Bytes before the body.
const HEADER: usize = 8;
/// Bytes of a block without a body.
const EMPTY_BLOCK: usize = 12;
/// No block is longer: the largest lists of real hosts are well below.
const LONGEST_BLOCK: usize = 1 << 30;
/// How many bytes of options may follow an event.
const LONGEST_OPTIONS: usize = 1 << 20;
/// When blocks are looked for, a longer list is not taken for one.
const LONGEST_FOUND_LIST: usize = 16 << 20;
/// When blocks are looked for, a longer block of another kind is not taken for one.
const LONGEST_FOUND_BLOCK: usize = 1 << 20;

/// One block, still unread.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Where it starts in the stream.
    pub offset: u64,
    /// Its type.
    pub code: u32,
    /// Its length in the stream.
    pub len: u32,
    /// Where its body is in the chunk.
    pub body: Range<usize>,
    /// Whether the body is only what is left of it.
    pub partial: bool,
}

/// Cuts the stream into blocks.
pub(crate) struct Frames {
    input: Input,
    /// What is wrong in or behind the block that was handed out last.
    pending: VecDeque<Damage>,
}

impl Frames {
    pub(crate) fn new(input: Input) -> Frames {
        Frames { input, pending: VecDeque::new() }
    }

    /// The chunk that holds the last block, and its number.
    pub(crate) fn chunk(&self) -> (&Bytes, u64) {
        self.input.chunk()
    }

    /// Goes on with these blocks.
    pub(crate) fn give(&mut self, blocks: Bytes) {
        self.input.give(blocks);
    }

    /// Where the next block starts in the stream.
    pub(crate) fn offset(&self) -> u64 {
        self.input.offset()
    }

    /// How far the file is used up.
    pub(crate) fn file_position(&self) -> u64 {
        self.input.file_position()
    }

    /// Why the stream ended, if it should not have.
    pub(crate) fn fault(&mut self) -> Option<Problem> {
        self.input.fault()
    }

    /// Remembers what is wrong before the next block.
    pub(crate) fn note(&mut self, damage: Damage) {
        self.pending.push_back(damage);
    }

    /// Whether the next block is not here yet, and asking for it would mean to wait.
    #[inline]
    pub(crate) fn would_wait(&mut self) -> bool {
        let ahead = self.input.at_hand();
        let len = ahead.get(4..).and_then(|bytes| bytes.first_chunk()).map(|len| u32::from_le_bytes(*len));
        let is_here = len.is_some_and(|len| len as usize <= ahead.len());
        !is_here && self.pending.is_empty() && self.input.source_would_wait()
    }

    /// What follows: at least `wanted` bytes if the stream has them.
    pub(crate) fn peek(&mut self, wanted: usize) -> &[u8] {
        self.input.peek(wanted)
    }

    /// The 32 bits that stand `ahead` bytes from here.
    fn word(&mut self, ahead: usize) -> Option<u32> {
        let bytes = self.peek(ahead.checked_add(4)?).get(ahead..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }

    fn skip(&mut self, bytes: usize) {
        self.input.skip(bytes);
    }

    /// The next block, or what is wrong there.
    pub(crate) fn next(&mut self) -> Option<Result<Frame, Damage>> {
        if let Some(damage) = self.pending.pop_front() {
            return Some(Err(damage));
        }
        if let Some(frame) = self.sound() {
            return Some(Ok(frame));
        }
        let (Some(code), Some(len)) = (self.word(0), self.word(4)) else {
            return self.end().map(Err);
        };
        Some(self.block(code, len))
    }

    /// The next block if it is at hand and sound, and nothing is to be said before it.
    #[inline]
    pub(crate) fn next_at_hand(&mut self) -> Option<Frame> {
        if self.pending.is_empty() { self.sound() } else { None }
    }

    /// The next block if it lies whole in the chunk and nothing speaks against it. A shortcut of [`Frames::block`]:
    /// events come in millions.
    #[inline]
    fn sound(&mut self) -> Option<Frame> {
        let ahead = self.input.at_hand();
        let code = u32::from_le_bytes(*ahead.first_chunk()?);
        let len = u32::from_le_bytes(*ahead.get(4..)?.first_chunk()?);
        let size = len as usize;
        if !(EMPTY_BLOCK..LONGEST_OPTIONS).contains(&size) {
            return None;
        }
        let trailer = u32::from_le_bytes(*ahead.get(..size)?.last_chunk()?);
        (trailer == len).then(|| self.whole(code, len))
    }

    /// What is wrong with the end of the stream, if anything.
    fn end(&mut self) -> Option<Damage> {
        let present = self.peek(HEADER).len();
        let fault = self.input.fault();
        if present == 0 && fault.is_none() {
            return None;
        }
        let cut = Problem::Truncated { needed: HEADER as u64, present: present as u64 };
        let damage = self.damage("block header", fault.unwrap_or(cut));
        self.skip(present);
        Some(self.resume(damage))
    }

    fn damage(&self, reading: &'static str, problem: Problem) -> Damage {
        Damage { offset: self.offset(), reading, problem, resumes: None }
    }

    fn block(&mut self, code: u32, len: u32) -> Result<Frame, Damage> {
        let kind = BlockKind::from_code(code);
        let size = len as usize;
        if code == 0 && len == 0 {
            return Err(self.zeros());
        }
        if !(EMPTY_BLOCK..=LONGEST_BLOCK).contains(&size) || !self.may_have_size(kind, size) {
            return self.broken(code, Problem::BlockLength(len));
        }
        let present = self.peek(size).len();
        if present < size {
            return self.cut_off(code, size, present);
        }
        let trailer = self.word(size - 4).unwrap_or_default();
        if trailer == len {
            return Ok(self.whole(code, len));
        }
        if kind == Some(BlockKind::Interfaces(2))
            && let Some(len) = self.undercounted(len)
        {
            return Ok(self.whole(code, len));
        }
        let problem = Problem::Trailer { expected: len, found: trailer };
        if self.block_follows(size) {
            let offset = self.offset() + size as u64 - 4;
            let reading = kind.map_or("block", BlockKind::name);
            self.pending.push_back(Damage { offset, reading, problem, resumes: Some(offset + 4) });
            return Ok(self.whole(code, len));
        }
        self.broken(code, problem)
    }

    /// Hands out what can be saved of a block of which only a part is present.
    fn cut_off(&mut self, code: u32, size: usize, present: usize) -> Result<Frame, Damage> {
        let cut = Problem::Truncated { needed: size as u64, present: present as u64 };
        let Some(problem) = self.input.fault() else { return self.broken(code, cut) };
        if self.peek(present + 1).len() == present {
            return self.broken(code, problem);
        }
        // What follows the break does not join up with the part before it.
        let damage = self.damage(BlockKind::from_code(code).map_or("block", BlockKind::name), problem);
        self.skip(present);
        Err(self.resume(damage))
    }

    /// Hands out a block of this length.
    fn whole(&mut self, code: u32, len: u32) -> Frame {
        let size = len as usize;
        let at = self.input.at();
        let body = at + HEADER..at + size - 4;
        let frame = Frame { offset: self.offset(), code, len, body, partial: false };
        self.skip(size);
        frame
    }

    /// Hands out what can be saved of a block whose length is not to be trusted.
    fn broken(&mut self, code: u32, problem: Problem) -> Result<Frame, Damage> {
        let kind = BlockKind::from_code(code);
        let damage = self.damage(kind.map_or("block", BlockKind::name), problem);
        if let Some(len) = self.event_len(kind).and_then(|len| u32::try_from(len).ok())
            && self.word(len as usize - 4) == Some(len)
        {
            let resumes = Some(damage.offset + u64::from(len));
            self.pending.push_back(Damage { resumes, ..damage });
            return Ok(self.whole(code, len));
        }
        if kind.is_some_and(BlockKind::is_list)
            && let Some(frame) = self.partial(code, &damage)
        {
            return Ok(frame);
        }
        self.skip(if kind.is_some() { HEADER } else { 1 });
        Err(self.resume(damage))
    }

    /// Hands out what there is of a list: all up to the next block or the end.
    fn partial(&mut self, code: u32, damage: &Damage) -> Option<Frame> {
        let offset = self.offset();
        let next = self.find_ahead(HEADER);
        let size = match next {
            Some(next) => next,
            None => self.peek(HEADER).len(),
        };
        let end = if next.is_some() { size.checked_sub(4)? } else { size };
        if end < 2 * HEADER || size > LONGEST_FOUND_LIST {
            return None;
        }
        let at = self.input.at();
        let body = at + HEADER..at + end;
        self.skip(size);
        let resumes = next.map(|next| offset + next as u64);
        self.pending.push_back(Damage { resumes, ..damage.clone() });
        Some(Frame { offset, code, len: size as u32, body, partial: true })
    }

    /// The length that a block of this type would have by the length of the event in it, without options.
    fn event_len(&mut self, kind: Option<BlockKind>) -> Option<usize> {
        let Some(BlockKind::Event { flags, .. }) = kind else { return None };
        let before = if flags { HEADER + 6 } else { HEADER + 2 };
        let event = self.word(before + 16)? as usize;
        let len = before.checked_add(event)?.checked_next_multiple_of(4)?.checked_add(4)?;
        (len <= LONGEST_BLOCK).then_some(len)
    }

    /// Whether a block of this type can have this size. A long event would have to be read before the length after
    /// it is seen; its own length is seen at once.
    fn may_have_size(&mut self, kind: Option<BlockKind>, size: usize) -> bool {
        size < LONGEST_OPTIONS
            || !matches!(kind, Some(BlockKind::Event { .. }))
            || self.event_len(kind).is_some_and(|len| len <= size && size - len < LONGEST_OPTIONS)
    }

    /// The true length of an interface list whose length leaves out the lengths of its entries.
    fn undercounted(&mut self, len: u32) -> Option<u32> {
        let at_most = (len as usize).checked_mul(2).filter(|&bytes| bytes <= LONGEST_FOUND_LIST)?;
        let body = self.peek(at_most).get(HEADER..)?;
        let true_len = undercounted_len(body, len)?;
        self.block_follows(true_len as usize).then_some(true_len)
    }

    /// Skips zero bytes.
    fn zeros(&mut self) -> Damage {
        let damage = self.damage("block header", Problem::Zeros(0));
        loop {
            let rest = self.peek(1);
            let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
            let ended = zeros < rest.len() || rest.is_empty();
            self.skip(zeros);
            if ended {
                break;
            }
        }
        let problem = Problem::Zeros(self.offset() - damage.offset);
        self.resume(Damage { problem, ..damage })
    }

    /// Skips bytes until a block starts, behind further breaks of the stream if need be.
    fn resume(&mut self, damage: Damage) -> Damage {
        let resumes = loop {
            if let Some(offset) = self.find_block(usize::MAX) {
                break Some(offset);
            }
            let Some(problem) = self.input.fault() else { break None };
            self.pending.push_back(self.damage("block header", problem));
        };
        self.pending.iter_mut().for_each(|damage| damage.resumes = resumes);
        Damage { resumes, ..damage }
    }

    /// Skips at most `limit` bytes until a block starts that another one follows, or the end, and gives the place. One
    /// block alone may be chance: any file has a few bytes that look like one.
    pub(crate) fn find_start(&mut self, limit: usize) -> Option<u64> {
        let end = self.offset().saturating_add(limit as u64);
        loop {
            let left = usize::try_from(end.checked_sub(self.offset())?).ok()?;
            let offset = self.find_block(left)?;
            let len = self.word(4)? as usize;
            if self.block_follows(len) {
                return Some(offset);
            }
            self.skip(1);
        }
    }

    /// Skips at most `limit` bytes until a block starts, and gives the place.
    fn find_block(&mut self, limit: usize) -> Option<u64> {
        let mut skipped = 0;
        while skipped <= limit {
            let step = self.until_known_code(0);
            self.skip(step);
            if self.block_starts(0) {
                return Some(self.offset());
            }
            let present = self.peek(HEADER).len();
            if present < HEADER {
                self.skip(present);
                return None;
            }
            self.skip(1);
            skipped += step + 1;
        }
        None
    }

    /// How far ahead the next block starts, from a distance on; it is looked for as far as a list may reach.
    fn find_ahead(&mut self, from: usize) -> Option<usize> {
        let mut ahead = from;
        while ahead <= LONGEST_FOUND_LIST && self.peek(ahead + HEADER).len() >= ahead + HEADER {
            ahead += self.until_known_code(ahead);
            if self.block_starts(ahead) {
                return Some(ahead);
            }
            ahead += 1;
        }
        None
    }

    /// How many bytes, from a distance on and as far as they are at hand, are not where a known code stands.
    fn until_known_code(&mut self, ahead: usize) -> usize {
        let known = |bytes: &[u8]| {
            bytes.first_chunk().is_some_and(|code| BlockKind::from_code(u32::from_le_bytes(*code)).is_some())
        };
        let at_hand = self.peek(ahead + HEADER).get(ahead..).unwrap_or_default();
        at_hand.windows(HEADER).take_while(|bytes| !known(bytes)).count()
    }

    /// Whether a block of a known type, with two equal lengths, starts `ahead` bytes from here.
    fn block_starts(&mut self, ahead: usize) -> bool {
        let (Some(code), Some(len)) = (self.word(ahead), self.word(ahead + 4)) else { return false };
        let Some(kind) = BlockKind::from_code(code) else { return false };
        let longest = if kind.is_list() { LONGEST_FOUND_LIST } else { LONGEST_FOUND_BLOCK };
        let size = len as usize;
        (EMPTY_BLOCK..=longest).contains(&size) && self.word(ahead + size - 4) == Some(len)
    }

    /// Whether the stream ends, or another block starts, `size` bytes from here.
    fn block_follows(&mut self, size: usize) -> bool {
        self.peek(size + HEADER).len() == size || self.block_starts(size)
    }
}
