//! Reads whole files, from the first byte to the last.

use crate::Fault;
use crate::batch::Decoded;
use crate::blocks::Blocks;
use crate::column::Stored;
use crate::entities::read_strings;
use crate::section::{self, HEADER, Header};
use crate::strings::Strings;
use capture_scap::{Compression, Damage, Problem, Target, Unpacked, Writer};
use std::io::{self, Read};

/// So much is read at a time where a section is looked for.
const PIECE: usize = 1 << 16;

/// Reads a file section by section, and gives the blocks of each as a `.scap` has them.
pub struct Reader<R: Read> {
    pub(crate) input: R,
    /// What was read and is not used up.
    ahead: Vec<u8>,
    /// Where that begins in the file.
    offset: u64,
    strings: Strings,
    /// What is damaged in the section that was read last, beside its blocks.
    pending: Option<Damage>,
}

impl<R: Read> Reader<R> {
    /// Begins at the first byte of a file.
    pub fn new(input: R) -> Reader<R> {
        Reader { input, ahead: Vec::new(), offset: 0, strings: Strings::default(), pending: None }
    }

    /// Where in the file what comes next begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The blocks of the next section that has some, or in its place what could not be read; `None` at the end.
    pub fn next_blocks(&mut self) -> Option<Result<Unpacked, Damage>> {
        if let Some(damage) = self.pending.take() {
            return Some(Err(damage));
        }
        loop {
            let start = self.offset;
            let (header, payload) = match self.next_section()? {
                Ok(section) => section,
                Err(damage) => return Some(Err(damage)),
            };
            let (reading, blocks) = match header.kind {
                section::BLOCKS => ("blocks", blocks(&payload).map(Some)),
                section::TABLES => ("tables", tables(&payload).map(Some)),
                section::BATCH => ("a batch of events", self.events(&payload).map(Some)),
                section::ENTITIES => {
                    ("what events are bound to", read_strings(&payload, &mut self.strings).map(|()| None))
                }
                section::SUMMARIES => ("what batches have", Ok(None)),
                section::INDEX => ("the index", Ok(None)),
                _ => continue,
            };
            let damage = |fault: Fault| {
                let problem = Problem::Section(fault.to_string());
                Damage { offset: start, reading, problem, resumes: Some(self.offset) }
            };
            // What is not needed for the blocks may be damaged all the same.
            let checked = Stored::open(&payload).and_then(|columns| columns.check());
            match blocks {
                Err(fault) => return Some(Err(damage(fault))),
                Ok(None) => match checked {
                    Ok(()) => {}
                    Err(fault) => return Some(Err(damage(fault))),
                },
                Ok(Some(blocks)) => {
                    self.pending = checked.err().map(damage);
                    return Some(Ok(Unpacked { offset: start, blocks }));
                }
            }
        }
    }

    fn next_section(&mut self) -> Option<Result<(Header, Vec<u8>), Damage>> {
        let found = match self.fill(HEADER) {
            Ok(_) if self.ahead.is_empty() => return None,
            Ok(_) => Header::read(&self.ahead),
            Err(error) => return Some(Err(self.end(Problem::Io(error.to_string())))),
        };
        let Some(header) = found else { return Some(Err(self.look_for_section())) };
        let whole = HEADER + header.len as usize;
        match self.fill(whole) {
            Ok(true) => {}
            Ok(false) => {
                let present = self.ahead.len() as u64;
                return Some(Err(self.end(Problem::Truncated { needed: whole as u64, present })));
            }
            Err(error) => return Some(Err(self.end(Problem::Io(error.to_string())))),
        }
        let rest = self.ahead.split_off(whole);
        let payload = std::mem::replace(&mut self.ahead, rest).split_off(HEADER);
        self.offset += whole as u64;
        Some(Ok((header, payload)))
    }

    /// Reads until `len` bytes are at hand; whether they are. Memory is taken as bytes come.
    fn fill(&mut self, len: usize) -> io::Result<bool> {
        let missing = len.saturating_sub(self.ahead.len()) as u64;
        if missing > 0 {
            self.input.by_ref().take(missing).read_to_end(&mut self.ahead)?;
        }
        Ok(self.ahead.len() >= len)
    }

    /// What is at hand is no section: goes on to where one begins.
    fn look_for_section(&mut self) -> Damage {
        let (offset, mut skipped) = (self.offset, 1);
        let problem = Problem::Section("no section begins here".to_owned());
        loop {
            if let Some(at) = section::find(self.ahead.get(skipped..).unwrap_or_default()) {
                self.skip(skipped + at);
                return Damage { offset, reading: "a section", problem, resumes: Some(self.offset) };
            }
            // A header may begin in the last bytes.
            skipped = self.ahead.len().saturating_sub(HEADER - 1).max(skipped);
            self.skip(skipped);
            skipped = 0;
            let before = self.ahead.len();
            // Whether it failed or came to the end: what counts is what there is.
            let _ = self.fill(before + PIECE);
            if self.ahead.len() == before {
                self.skip(before);
                return Damage { offset, reading: "a section", problem, resumes: None };
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        let bytes = bytes.min(self.ahead.len());
        self.ahead.drain(..bytes);
        self.offset += bytes as u64;
    }

    /// Nothing more can be read.
    fn end(&mut self, problem: Problem) -> Damage {
        let offset = self.offset;
        self.skip(self.ahead.len());
        Damage { offset, reading: "a section", problem, resumes: None }
    }

    fn events(&mut self, payload: &[u8]) -> Result<Vec<u8>, Fault> {
        let decoded = Decoded::read(payload, &mut self.strings)?;
        let mut out = Writer::new(Vec::new(), Target::Newest, Compression::None);
        let mut too_long = false;
        decoded.each(&self.strings, |event| too_long |= out.event(event).is_err())?;
        match out.finish() {
            Ok(blocks) if !too_long => Ok(blocks),
            _ => Err(Fault::Uneven),
        }
    }
}

/// The blocks of a section that must not have events: readers of batches would not see them.
fn tables(payload: &[u8]) -> Result<Vec<u8>, Fault> {
    match Blocks::first_event(payload)? {
        Some(kind) => Err(Fault::Value("block type among tables", kind as u64)),
        None => blocks(payload),
    }
}

/// The blocks of a section that has them as they are.
pub(crate) fn blocks(payload: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    Blocks::each(payload, |kind, body| {
        let len = (body.len() as u32).wrapping_add(12).to_le_bytes();
        [&kind.to_le_bytes(), &len, body, &len].into_iter().for_each(|part: &[u8]| out.extend_from_slice(part));
    })?;
    Ok(out)
}
