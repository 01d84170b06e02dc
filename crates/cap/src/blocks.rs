//! Blocks that are no events: what the host looked like, and whatever else a capture holds.

use crate::batch::all;
use crate::column::{Columns, Id, Packer, Stored};
use crate::{Fault, Kind};
use capture_scap::BlockKind;
use std::borrow::Cow;

/// A section of blocks is closed when they have so many bytes.
const BYTES: usize = 32 << 20;

/// Or when there are so many.
const BLOCKS: usize = 1 << 20;

/// Blocks of a `.scap` that are no events, as they are.
#[derive(Default)]
pub struct Blocks {
    kinds: Vec<i64>,
    /// The distinct types, and the lengths and the bytes of the blocks of each.
    of_kind: Vec<(i64, Vec<i64>, Vec<u8>)>,
}

impl Blocks {
    /// Appends a block: its type, and what lies between its two lengths.
    pub fn push(&mut self, kind: u32, body: &[u8]) {
        let kind = i64::from(kind);
        self.kinds.push(kind);
        let at = self.of_kind.iter().position(|(other, ..)| *other == kind).unwrap_or_else(|| {
            self.of_kind.push((kind, Vec::new(), Vec::new()));
            self.of_kind.len() - 1
        });
        if let Some((_, lengths, bytes)) = self.of_kind.get_mut(at) {
            lengths.push(body.len() as i64);
            bytes.extend_from_slice(body);
        }
    }

    /// Whether these should be written before there are more.
    pub fn is_full(&self) -> bool {
        self.kinds.len() >= BLOCKS || self.size() >= BYTES as u64
    }

    /// How many bytes they have.
    pub fn size(&self) -> u64 {
        self.of_kind.iter().map(|(_, _, bytes)| bytes.len() as u64).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// As columns: the blocks' types, then lengths and bytes of those of each type, by its place among the distinct
    /// ones.
    pub fn encode(self, packer: &mut Packer) -> Vec<u8> {
        let mut columns = Columns::new(packer);
        columns.numbers(all(Kind::BlockType), &self.kinds);
        for (at, (_, lengths, bytes)) in self.of_kind.into_iter().enumerate() {
            let id = |kind| Id { kind, code: at as u16, index: 0 };
            columns.numbers(id(Kind::Length), &lengths);
            columns.bytes(id(Kind::Data), &bytes);
        }
        columns.finish()
    }

    /// The type of the first block of a section that is an event all the same.
    pub fn first_event(payload: &[u8]) -> Result<Option<i64>, Fault> {
        let kinds: Vec<i64> = Stored::open(payload)?.numbers(all(Kind::BlockType))?;
        let is_event = |kind: &i64| u32::try_from(*kind).ok().and_then(BlockKind::from_code).is_some_and(is_event);
        Ok(kinds.into_iter().find(is_event))
    }

    /// Gives each block: its type, and what lies between its two lengths.
    pub fn each(payload: &[u8], mut then: impl FnMut(u32, &[u8])) -> Result<(), Fault> {
        let columns = Stored::open(payload)?;
        let kinds = columns.numbers(all(Kind::BlockType))?;
        let mut distinct: Vec<(i64, std::vec::IntoIter<i64>, Cow<'_, [u8]>, usize)> = Vec::new();
        for kind in kinds {
            let at = match distinct.iter().position(|(other, ..)| *other == kind) {
                Some(at) => at,
                None => {
                    let code = u16::try_from(distinct.len()).map_err(|_| Fault::Uneven)?;
                    let id = |kind| Id { kind, code, index: 0 };
                    let (lengths, bytes) = (columns.numbers(id(Kind::Length))?, columns.bytes(id(Kind::Data))?);
                    distinct.push((kind, lengths.into_iter(), bytes, 0));
                    distinct.len() - 1
                }
            };
            let (_, lengths, bytes, start) = distinct.get_mut(at).ok_or(Fault::Uneven)?;
            let len = lengths.next().and_then(|len| usize::try_from(len).ok()).ok_or(Fault::Uneven)?;
            let body = bytes.get(*start..).and_then(|rest| rest.get(..len)).ok_or(Fault::Short)?;
            *start += len;
            then(u32::try_from(kind).map_err(|_| Fault::Value("block type", kind as u64))?, body);
        }
        Ok(())
    }
}

fn is_event(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::Event { .. })
}
