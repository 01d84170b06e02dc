//! A whole file, of which any batch can be read.

use crate::batch::Late;
use crate::entities::{EntityHead, Loaded};
use crate::section::{self, HEADER, Header};
use crate::{Fault, VERSION};
use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Where the batches of a file are, and what they are read with.
pub struct File {
    bytes: Bytes,
    /// By segment the sections of interned values: where what follows their headers stands.
    segments: Vec<Vec<Range<usize>>>,
    batches: Vec<BatchAt>,
}

/// A batch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchAt {
    /// Where what follows its header stands.
    pub payload: Range<usize>,
    /// The place of its segment.
    pub segment: usize,
}

impl File {
    /// Finds the batches of a file; `None` if it cannot be read in batches: where anything is damaged or unknown, and where
    /// nothing is bound to events, it has to be read from its beginning.
    pub fn open(bytes: Bytes) -> Option<File> {
        let mut file = File { bytes: bytes.clone(), segments: Vec::new(), batches: Vec::new() };
        let (mut at, mut number) = (0, 0);
        while at < bytes.len() {
            let header = Header::read(bytes.get(at..)?).filter(|header| header.number == number)?;
            let start = at.checked_add(HEADER)?;
            let payload = start..start.checked_add(usize::try_from(header.len).ok()?)?;
            at = payload.end;
            number = number.wrapping_add(1);
            file.take(header.kind, bytes.get(payload.clone())?, payload)?;
        }
        Some(file)
    }

    fn take(&mut self, kind: u16, bytes: &[u8], payload: Range<usize>) -> Option<()> {
        match kind {
            section::FILE => bytes.starts_with(&VERSION[0].to_le_bytes()).then_some(()),
            section::ENTITIES => {
                let head = EntityHead::of(bytes).ok()?;
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
            _ => Some(()),
        }
    }

    /// Its batches, in their order.
    pub fn batches(&self) -> &[BatchAt] {
        &self.batches
    }

    /// The interned values of a segment, by its place.
    pub fn segment(&self, place: usize) -> Result<Loaded, Fault> {
        let mut loaded = Loaded::default();
        for payload in self.segments.get(place).into_iter().flatten() {
            loaded.add(self.bytes.get(payload.clone()).ok_or(Fault::Short)?)?;
        }
        Ok(loaded)
    }

    /// A batch. `loaded`: the values of its segment.
    pub fn batch(&self, at: &BatchAt, loaded: Arc<Loaded>) -> Result<Late, Fault> {
        let range = at.payload.clone();
        let bytes = if self.bytes.get(range.clone()).is_some() { self.bytes.slice(range) } else { Bytes::new() };
        Late::open(bytes, loaded)
    }
}
