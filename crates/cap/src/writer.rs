//! Writes whole files.

use crate::batch::{EVENTS, Events, encode};
use crate::bindings::Bindings;
use crate::blocks::Blocks;
use crate::column::Packer;
use crate::file::damaged_blocks;
use crate::follow::{Bind, Bound, Following};
use crate::index;
use crate::section::{self, Header};
use crate::strings::Interned;
use capture_scap::{Block, Compression, Content, EventBlock, Form, RawEvent, Target};
use std::io::{self, Write};

/// Events with more parameters, which no recorder writes, are kept as blocks.
const MOST_PARAMS: usize = 1 << 15;

/// So many batches make a segment, at most: they share strings and values.
pub const SEGMENT_BATCHES: usize = 16;

/// A segment is closed when its strings have so many bytes.
const STRINGS: usize = 32 << 20;

/// The version of the format.
pub const VERSION: [u16; 2] = [1, 0];

/// Writes a capture block by block. [`Writer::finish`] must be called at the end.
pub struct Writer<W: Write> {
    out: W,
    /// Kind and length of each section that is written, and how many bytes all have.
    sections: Vec<(u16, u64)>,
    written: u64,
    /// Blocks that are no events, and events, that are not written yet: not both.
    blocks: Blocks,
    events: Events,
    /// Those of an earlier batch, empty: kept for their memory.
    spare: Events,
    strings: Interned,
    packer: Packer,
    /// How many batches the segment has.
    batches: usize,
    bindings: Option<(Following, Bindings)>,
    /// How many events a batch has at most.
    batch_events: usize,
}

impl<W: Write> Writer<W> {
    /// Begins a file. Nothing is written before there is something to write.
    pub fn new(out: W) -> io::Result<Writer<W>> {
        let (blocks, events, spare, strings, packer) = Default::default();
        Ok(Writer {
            out,
            sections: Vec::new(),
            written: 0,
            blocks,
            events,
            spare,
            strings,
            packer,
            batches: 0,
            bindings: None,
            batch_events: EVENTS,
        })
    }

    /// Begins a file whose events are bound to what `bind` knows of them.
    pub fn binding(out: W, bind: Box<dyn Bind>) -> io::Result<Writer<W>> {
        Ok(Writer { bindings: Some((Following::new(bind), Bindings::default())), ..Writer::new(out)? })
    }

    /// Writes batches of so many events at most, from 1 to 65,536.
    pub fn with_batch_events(self, most: usize) -> Writer<W> {
        Writer { batch_events: most.max(1), ..self }
    }

    /// Appends a block.
    pub fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        if let Content::Event(event) = &block.content {
            if event.params.len() > MOST_PARAMS {
                return self.odd_event(event);
            }
            self.write_blocks()?;
            if !self.events.has_room(event, self.batch_events) {
                self.hand_over_events()?;
            }
            self.events.push(event);
        } else {
            self.write_events()?;
            if let Some((following, _)) = &mut self.bindings {
                following.see(&block.content);
            }
            self.blocks.push(block.kind, block.body);
            if self.blocks.is_full() {
                self.write_blocks()?;
            }
        }
        Ok(())
    }

    /// Appends an event that no batch can have, as a block. Nothing is bound to it.
    fn odd_event(&mut self, event: &EventBlock<'_>) -> io::Result<()> {
        self.write_events()?;
        let bytes = block_of(event)?;
        if let Some((kind, rest)) = bytes.split_first_chunk()
            && let Some(body) = rest.get(4..rest.len().saturating_sub(4))
        {
            self.blocks.push(u32::from_le_bytes(*kind), body);
        }
        Ok(())
    }

    /// How many bytes were written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// How many bytes were given that are not written yet.
    pub fn waiting(&self) -> u64 {
        let under_way = self.bindings.as_ref().map_or(0, |(following, _)| following.waiting());
        self.blocks.size() + self.events.size() + under_way
    }

    /// Where it writes to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// Writes what was given, as sections of its own: many small ones are larger than few large ones.
    pub fn flush(&mut self) -> io::Result<()> {
        self.write_blocks()?;
        self.write_events()?;
        self.out.flush()
    }

    fn write_blocks(&mut self) -> io::Result<()> {
        if self.blocks.is_empty() {
            return Ok(());
        }
        let payload = std::mem::take(&mut self.blocks).encode(&mut self.packer);
        // Whoever looks for events need not look there then.
        let is_whole =
            Blocks::first_event(&payload) == Ok(None) && damaged_blocks(&payload).is_ok_and(|all| all.is_empty());
        self.section(if is_whole { section::TABLES } else { section::BLOCKS }, &payload)
    }

    /// Writes the events of earlier batches, and begins to work on those that wait.
    fn hand_over_events(&mut self) -> io::Result<()> {
        let Some((following, _)) = &mut self.bindings else { return self.write_events() };
        let last = following.end();
        following.begin(std::mem::replace(&mut self.events, std::mem::take(&mut self.spare)));
        last.map_or(Ok(()), |bound| self.write_bound(bound))
    }

    /// Writes all events.
    fn write_events(&mut self) -> io::Result<()> {
        let Some((following, _)) = &mut self.bindings else { return self.write_unbound() };
        if let Some(bound) = following.end() {
            self.write_bound(bound)?;
        }
        match &mut self.bindings {
            Some((following, _)) if !self.events.is_empty() => {
                let bound = following.bind(std::mem::take(&mut self.events));
                self.write_bound(bound)
            }
            _ => Ok(()),
        }
    }

    fn write_bound(&mut self, mut bound: Bound) -> io::Result<()> {
        let Some((_, bindings)) = &mut self.bindings else { return Ok(()) };
        let (entities, batch) = bindings.encode(&mut bound, &mut self.strings, &mut self.packer);
        self.spare = bound.events;
        self.spare.clear();
        let entities = entities.map_or(Ok(()), |entities| self.section(section::ENTITIES, &entities));
        let written = entities.and_then(|()| self.section(section::BATCH, &batch));
        self.end_batch(written)
    }

    /// Writes events that nothing is bound to.
    fn write_unbound(&mut self) -> io::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        let batch = encode(&self.events, &mut self.strings, &mut self.packer);
        self.events.clear();
        let written = self.section(section::BATCH, &batch);
        self.end_batch(written)
    }

    fn end_batch(&mut self, written: io::Result<()>) -> io::Result<()> {
        self.batches += 1;
        if self.batches == SEGMENT_BATCHES || self.strings.strings().size() >= STRINGS {
            return written.and_then(|()| self.end_segment());
        }
        written
    }

    fn section(&mut self, kind: u16, payload: &[u8]) -> io::Result<()> {
        if self.sections.is_empty() && kind != section::FILE {
            self.section(section::FILE, &VERSION.map(u16::to_le_bytes).concat())?;
        }
        let header = Header { kind, version: 1, len: payload.len() as u64, number: self.sections.len() as u32 };
        self.sections.push((kind, header.len));
        let section = [&header.bytes()[..], payload].concat();
        // Whoever has only whole writes has whole sections.
        let result = self.out.write_all(&section).and_then(|()| self.out.flush());
        match &result {
            Ok(()) => self.written += section.len() as u64,
            // What a batch has that is not there must not be referred to.
            Err(_) => drop(self.begin_segment()),
        }
        result
    }

    /// Refers to nothing that was written before. Gives what the batches of the segment have.
    fn begin_segment(&mut self) -> Option<Vec<u8>> {
        (self.strings, self.batches) = Default::default();
        self.packer.forget();
        self.bindings.as_mut().and_then(|(_, bindings)| bindings.next_segment(&mut self.packer))
    }

    /// Says what the batches of the segment have, and begins another one.
    fn end_segment(&mut self) -> io::Result<()> {
        match self.begin_segment() {
            Some(summaries) => self.section(section::SUMMARIES, &summaries),
            None => Ok(()),
        }
    }

    /// Writes what is left, and gives back where it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        self.end_segment()?;
        if !self.sections.is_empty() {
            let index = index::encode(&self.sections, &mut self.packer);
            self.section(section::INDEX, &index)?;
        }
        Ok(self.out)
    }
}

/// An event as a block of a `.scap`.
fn block_of(event: &EventBlock<'_>) -> io::Result<Vec<u8>> {
    let mut out = capture_scap::Writer::new(Vec::new(), Target::Newest, Compression::None);
    let written = out.event(&RawEvent {
        ts: event.ts,
        tid: event.tid,
        cpu: event.cpu,
        code: event.code,
        dump_flags: event.dump_flags,
        params: &event.params(),
        surplus: event.surplus.of(event.chunk),
        options: &event.options(),
        large: event.form == Form::Large,
    });
    written.map_err(io::Error::other)?;
    out.finish()
}
