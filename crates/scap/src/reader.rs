//! The reader: blocks one after the other.

use crate::block::event::EventBlock;
use crate::block::section::MAGIC;
use crate::block::{Block, Content};
use crate::error::{Damage, OpenError, Problem};
use crate::feed::{Feed, Runs};
use crate::frame::Frames;
use crate::kind::Counts;
use crate::packed::{Packed, Unpacking};
use crate::read;
use crate::run::{Run, Taken};
use crate::source::input::Input;
use crate::source::live::Live;
use bytes::Bytes;
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

/// How far into a file that does not start with a section header a block is looked for.
const SEARCHED: usize = 16 << 20;

/// Reads a capture block by block.
pub struct Reader {
    feed: Feed,
    /// The runs that were read: the first is being handed out, others were looked at before their turn.
    runs: VecDeque<Run>,
    /// The next piece of the first run.
    next: usize,
    counts: Counts,
    size: Option<u64>,
    compression: Option<&'static str>,
    /// What is wrong within the block that was handed out last.
    pending: VecDeque<Damage>,
    /// What reading took, on whatever thread.
    time_reading: Duration,
    /// How long that was waited for.
    time_waited: Duration,
}

impl Reader {
    /// Opens a capture file, or a pipe that has a name.
    pub fn open(path: &Path) -> Result<Reader, OpenError> {
        Reader::of(Input::open(path)?)
    }

    /// Reads a capture that lies in memory.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Reader, OpenError> {
        Reader::of(Input::from_bytes(bytes))
    }

    /// Reads a capture that this program makes meanwhile. Waits for its first bytes.
    pub fn live(input: Box<dyn Live>) -> Result<Reader, OpenError> {
        Reader::of(Input::live(input))
    }

    /// Reads a capture of which nothing is used up yet.
    pub fn of(input: Input) -> Result<Reader, OpenError> {
        let (size, compression) = (input.size(), input.compression());
        let mut frames = Frames::new(input);
        check_start(&mut frames)?;
        Ok(Reader::new(frames, size, compression))
    }

    /// Reads whole blocks that a writer made, from anywhere in a capture.
    pub fn of_blocks(blocks: impl Into<Bytes>) -> Reader {
        let input = Input::from_bytes(blocks);
        let size = input.size();
        Reader::new(Frames::new(input), size, None)
    }

    /// Reads a capture that holds its blocks in another form: in a file of `size` bytes (`None` for a pipe), all of
    /// which may be compressed.
    pub fn of_packed(packed: Box<dyn Packed>, size: Option<u64>, compression: Option<&'static str>) -> Reader {
        Reader::new(Unpacking::new(packed), size, compression)
    }

    fn new(source: impl Runs + 'static, size: Option<u64>, compression: Option<&'static str>) -> Reader {
        let (runs, next, counts, pending) = Default::default();
        let (time_reading, time_waited) = Default::default();
        let feed = Feed::here(source);
        Reader { feed, runs, next, counts, size, compression, pending, time_reading, time_waited }
    }

    /// The same capture, read by a thread of its own, a little ahead of what is asked for.
    pub fn ahead(self) -> Reader {
        Reader { feed: self.feed.ahead(), ..self }
    }

    /// How many blocks of each type were read so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many bytes of the file were read so far.
    pub fn file_position(&self) -> u64 {
        self.runs.front().map_or(0, |run| run.file_position)
    }

    /// How long it took to read so far, on whatever thread.
    pub fn time_reading(&self) -> Duration {
        self.time_reading
    }

    /// For how long callers had to wait for that so far.
    pub fn time_waited(&self) -> Duration {
        self.time_waited
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
        if !self.has_next() {
            return None;
        }
        let run = self.runs.front()?;
        let taken = run.get(self.next)?;
        self.next += 1;
        match taken {
            Taken::Event { offset, len, block_code, event } => {
                self.counts.add(block_code);
                Some(Ok(Block { offset, len, kind: block_code, body: &[], content: Content::Event(event) }))
            }
            Taken::Damage(block_code, damage) => {
                block_code.into_iter().for_each(|code| self.counts.add(code));
                Some(Err(damage.clone()))
            }
            Taken::Other(frame, chunk) => {
                self.counts.add(frame.code);
                match read::content(frame, chunk) {
                    Err(fault) => Some(Err(run.placed(read::damage(frame, fault)))),
                    Ok((content, faults)) => {
                        let faults = if frame.partial { Vec::new() } else { faults };
                        let faults = faults.into_iter().map(|fault| run.placed(read::damage(frame, fault)));
                        self.pending.extend(faults);
                        let body = chunk.get(frame.body.clone()).unwrap_or_default();
                        Some(Ok(Block { offset: frame.offset, len: frame.len, kind: frame.code, body, content }))
                    }
                }
            }
        }
    }

    /// Takes the next blocks as [`Reader::next_block`] does, in less time each, as long as they are events that were
    /// read already and until `take` says that it is full; whether it did. It is told the block's place in the file,
    /// its length and its type.
    #[inline]
    pub fn take_events(&mut self, mut take: impl FnMut(&EventBlock<'_>, (u64, u32, u32)) -> bool) -> bool {
        let Some(run) = self.runs.front().filter(|_| self.pending.is_empty()) else { return false };
        while let Some(Taken::Event { offset, len, block_code, event }) = run.get(self.next) {
            self.next += 1;
            self.counts.add(block_code);
            if take(&event, (offset, len, block_code)) {
                return true;
            }
        }
        false
    }

    /// Whether the next block is not here yet, and asking for it would mean to wait for whoever writes into the pipe
    /// that is read.
    #[inline]
    pub fn would_wait(&mut self) -> bool {
        let is_here = self.runs.len() > 1 || self.runs.front().is_some_and(|run| self.next < run.len());
        !is_here && self.pending.is_empty() && self.feed.would_wait()
    }

    /// Looks at what stands before the first event, or all that is left if there is none, without taking it. Damage
    /// is passed over.
    pub fn head(&mut self) -> Vec<Content<'_>> {
        self.find_ahead(1, |_| Some(()));
        let first = self.runs.iter().take(1).map(|run| (run, self.next));
        let all = first.chain(self.runs.iter().skip(1).map(|run| (run, 0)));
        let pieces = all.flat_map(|(run, from)| (from..run.len()).filter_map(|at| run.get(at)));
        let contents = pieces.map_while(|taken| match taken {
            Taken::Event { .. } => None,
            Taken::Other(frame, chunk) => Some(read::content(frame, chunk).ok().map(|(content, _)| content)),
            Taken::Damage(..) => Some(None),
        });
        contents.flatten().collect()
    }

    /// Looks at the next `within` events, without taking them, for the first of which `wanted` gives something. What it
    /// reads stays in memory until it is taken; it reads no further than it must.
    pub fn find_ahead<T>(&mut self, within: usize, mut wanted: impl FnMut(&EventBlock<'_>) -> Option<T>) -> Option<T> {
        let (mut run, mut next, mut seen) = (0, self.next, 0);
        while seen < within {
            if run == self.runs.len() && !self.read_run() {
                return None;
            }
            let Some(taken) = self.runs.get(run)?.get(next) else {
                (run, next) = (run + 1, 0);
                continue;
            };
            next += 1;
            let Taken::Event { event, .. } = taken else { continue };
            seen += 1;
            let found = wanted(&event);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Whether what comes next is an event.
    pub fn is_at_event(&mut self) -> bool {
        self.has_next() && matches!(self.runs.front().and_then(|run| run.get(self.next)), Some(Taken::Event { .. }))
    }

    /// Whether there is another piece: then it is in the first run.
    #[inline]
    fn has_next(&mut self) -> bool {
        while self.runs.front().is_none_or(|run| self.next >= run.len()) {
            if self.runs.len() <= 1 && !self.read_run() {
                return false;
            }
            // The last run stays: it says how far the file is read.
            if self.runs.len() > 1 {
                let used = self.runs.pop_front();
                used.into_iter().for_each(|run| self.feed.recycle(run));
                self.next = 0;
            }
        }
        true
    }

    /// Reads one run more.
    fn read_run(&mut self) -> bool {
        let asked = Instant::now();
        let run = self.feed.next();
        self.time_waited += asked.elapsed();
        let Some(run) = run else { return false };
        self.time_reading += run.took;
        self.runs.push_back(run);
        true
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
