//! A whole file, of which any batch can be read.

use crate::batch::Late;
use crate::blocks::Blocks;
use crate::column::Stored;
use crate::entities::{self, EntityHead, Loaded};
use crate::index::{self, FOOT};
use crate::reader::blocks;
use crate::section::{self, HEADER, Header};
use crate::{Fault, VERSION, VIEWS, summaries};
use bytes::Bytes;
use capture_batch::{SourceInfo, Summary, View};
use capture_scap::{Damage, Problem, Ranges, Reader};
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

/// Where the batches of a file are, and what they are read with.
pub struct File {
    input: Input,
    segments: Vec<SegmentAt>,
    /// The sections of blocks that are no events, by kind: where what follows their headers stands.
    tables: Vec<(u16, Range<u64>)>,
}

/// The sections of a segment: where what follows their headers stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentAt {
    entities: Vec<Range<u64>>,
    /// Its batches.
    pub batches: Vec<Range<u64>>,
    summaries: Option<Range<u64>>,
}

impl SegmentAt {
    /// How many bytes its summaries and interned values have.
    pub fn overhead(&self) -> u64 {
        self.entities.iter().chain(&self.summaries).map(|payload| payload.end - payload.start).sum()
    }
}

impl File {
    /// Finds the batches of a file; `None` if it cannot be read in batches: where anything is damaged or unknown, and
    /// where nothing is bound to events, it has to be read from its beginning.
    pub fn open(file: Ranges) -> Option<File> {
        File::of(Input::File(file))
    }

    /// The same for a file in memory.
    pub fn from_bytes(bytes: Bytes) -> Option<File> {
        File::of(Input::Memory(bytes))
    }

    fn of(input: Input) -> Option<File> {
        let sections = indexed(&input).or_else(|| scanned(&input))?;
        let mut file = File { input, segments: Vec::new(), tables: Vec::new() };
        let mut at = 0u64;
        for (kind, len) in sections {
            let start = at.checked_add(HEADER as u64)?;
            at = start.checked_add(len)?;
            file.take(kind, start..at)?;
        }
        Some(file).filter(|file| at == file.input.size())
    }

    fn take(&mut self, kind: u16, payload: Range<u64>) -> Option<()> {
        match kind {
            section::FILE => {
                let version = self.input.get(payload).ok()?;
                return version.starts_with(&VERSION[0].to_le_bytes()).then_some(());
            }
            section::ENTITIES => {
                // A segment that ended has its summaries; one that a recorder did not end has none.
                let is_new = match self.segments.last() {
                    None => true,
                    Some(last) if last.summaries.is_some() => true,
                    Some(_) => EntityHead::of(&self.input.get(payload.clone()).ok()?).ok()?.is_first(),
                };
                if is_new {
                    self.segments.push(SegmentAt::default());
                }
                self.segments.last_mut()?.entities.push(payload);
            }
            section::BATCH => self.segments.last_mut()?.batches.push(payload),
            section::SUMMARIES => self.segments.last_mut()?.summaries = Some(payload),
            section::BLOCKS => {
                // Nothing is bound to an event that stands there.
                if Blocks::first_event(&self.input.get(payload.clone()).ok()?) != Ok(None) {
                    return None;
                }
                self.tables.push((kind, payload));
            }
            section::TABLES => self.tables.push((kind, payload)),
            _ => {}
        }
        Some(())
    }

    /// What of its tables of threads, descriptors and the like cannot be read.
    pub fn damaged_tables(&self) -> Vec<Damage> {
        let damaged = |(kind, payload): &(u16, Range<u64>)| {
            let found = self.input.get(payload.clone()).and_then(|bytes| match *kind {
                // Who wrote them read them.
                section::TABLES => {
                    Stored::open(&bytes).and_then(|columns| columns.check()).map_err(problem).map(|()| Vec::new())
                }
                _ => damaged_blocks(&bytes).map_err(problem),
            });
            let reading = if *kind == section::TABLES { "tables" } else { "blocks" };
            let all = found.unwrap_or_else(|problem| vec![(reading, problem)]);
            all.into_iter().map(|(reading, problem)| damage(payload, reading, problem)).collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(damaged).collect()
    }

    /// What is known of the capture where it begins; nothing without events.
    pub fn source(&self) -> Option<SourceInfo> {
        let entities = self.segments.first()?.entities.first()?.clone();
        entities::first_source(&self.input.get(entities).ok()?).ok()?
    }

    /// The types of its first events, so many at least if there are, and the time of the first one, ns since the epoch.
    pub fn first_events(&self, count: usize) -> (Vec<u16>, Option<u64>) {
        let (mut codes, mut first) = (Vec::new(), None);
        for payload in self.segments.iter().flat_map(|segment| &segment.batches) {
            let Ok(batch) = self.batch(payload, Arc::default()) else { continue };
            codes.extend_from_slice(batch.codes().get(batch.carried()..).unwrap_or_default());
            first = first.or_else(|| batch.times().get(batch.carried()).copied());
            if codes.len() >= count {
                break;
            }
        }
        (codes, first)
    }

    /// Its segments, in their order.
    pub fn segments(&self) -> &[SegmentAt] {
        &self.segments
    }

    /// What the batches of a segment have, as a view shows them; none if that is not stored.
    pub fn summaries(&self, segment: &SegmentAt, view: View) -> Vec<Summary> {
        let place = VIEWS.iter().position(|other| *other == view).unwrap_or(0) as u16;
        let payload = segment.summaries.clone().and_then(|payload| self.input.get(payload).ok());
        let read = payload.and_then(|payload| summaries::read(&payload, place).ok()).unwrap_or_default();
        // Others than of its batches would say nothing true.
        if read.len() == segment.batches.len() { read } else { Vec::new() }
    }

    /// The interned values of a segment.
    pub fn load(&self, segment: &SegmentAt) -> Result<Loaded, Damage> {
        let damaged = |at: &Range<u64>, problem| damage(at, "what events are bound to", problem);
        let payload = |at: &Range<u64>| self.input.get(at.clone()).map_err(|problem| damaged(at, problem));
        let payloads = segment.entities.iter().map(payload).collect::<Result<_, _>>()?;
        Loaded::open(payloads).map_err(|(which, fault)| {
            let at = segment.entities.get(which).cloned().unwrap_or_default();
            damaged(&at, problem(fault))
        })
    }

    /// A batch. `loaded`: the values of its segment.
    pub fn batch(&self, payload: &Range<u64>, loaded: Arc<Loaded>) -> Result<Late, Damage> {
        let bytes = self.input.get(payload.clone());
        let opened = bytes.and_then(|bytes| Late::open(bytes, payload.clone(), loaded).map_err(problem));
        opened.map_err(|problem| damage(payload, READING, problem))
    }
}

/// The sections that the index of a file lists, and the index; `None` if it has none.
fn indexed(input: &Input) -> Option<Vec<(u16, u64)>> {
    let size = input.size();
    let foot = input.get(size.checked_sub(FOOT as u64)?..size).ok()?;
    let len = index::section_len(&foot)?;
    let mut sections = index::read(&input.get(size.checked_sub(len)?..size).ok()?).ok()?;
    sections.push((section::INDEX, len.checked_sub(HEADER as u64)?));
    Some(sections)
}

/// The sections of a file, one after the other; `None` if there is anything else in it.
fn scanned(input: &Input) -> Option<Vec<(u16, u64)>> {
    let (mut sections, mut at) = (Vec::new(), 0u64);
    while at < input.size() {
        let start = at + HEADER as u64;
        let header = Header::read(&input.get(at..start).ok()?)?;
        if header.number as usize != sections.len() {
            return None;
        }
        sections.push((header.kind, header.len));
        at = start.checked_add(header.len)?;
    }
    Some(sections)
}

/// What of the blocks of a section cannot be read, and why.
pub(crate) fn damaged_blocks(payload: &[u8]) -> Result<Vec<(&'static str, Problem)>, Fault> {
    let (mut reader, mut all) = (Reader::of_blocks(blocks(payload)?), Vec::new());
    while let Some(block) = reader.next_block() {
        all.extend(block.err().map(|damage| (damage.reading, damage.problem)));
    }
    Ok(all)
}

/// What is read of a section of events.
pub(crate) const READING: &str = "a batch of events";

/// What is wrong with a section, of which this is what follows its header.
pub(crate) fn damage(payload: &Range<u64>, reading: &'static str, problem: Problem) -> Damage {
    let offset = payload.start.saturating_sub(HEADER as u64);
    Damage { offset, reading, problem, resumes: Some(payload.end) }
}

pub(crate) fn problem(fault: Fault) -> Problem {
    Problem::Section(fault.to_string())
}
