//! The index at the end of a finished file: which sections it has.

use crate::batch::all;
use crate::column::{Columns, Packer, Stored};
use crate::section::{HEADER, Header, INDEX};
use crate::{Fault, Kind};

/// What a file ends with that has an index, behind the length of its section.
const END: [u8; 8] = *b"CAPINDEX";

/// How many bytes the length and [`END`] have.
pub(crate) const FOOT: usize = 16;

/// What follows the header of the section of an index.
pub(crate) fn encode(sections: &[(u16, u64)], packer: &mut Packer) -> Vec<u8> {
    let mut columns = Columns::new(packer);
    let kinds: Vec<i64> = sections.iter().map(|(kind, _)| i64::from(*kind)).collect();
    let lengths: Vec<i64> = sections.iter().map(|(_, len)| *len as i64).collect();
    columns.numbers(all(Kind::IndexKind), &kinds);
    columns.numbers(all(Kind::IndexLength), &lengths);
    let mut payload = columns.finish();
    let len = (HEADER + payload.len() + FOOT) as u64;
    payload.extend_from_slice(&len.to_le_bytes());
    payload.extend_from_slice(&END);
    payload
}

/// The length of the section of the index that a file ends with; `None` if it has none.
pub(crate) fn section_len(foot: &[u8]) -> Option<u64> {
    let (len, end) = foot.split_first_chunk()?;
    (end == END).then(|| u64::from_le_bytes(*len))
}

/// Reads an index: kind and length of what follows the header of each section before it.
pub(crate) fn read(section: &[u8]) -> Result<Vec<(u16, u64)>, Fault> {
    let header = Header::read(section).filter(|header| header.kind == INDEX).ok_or(Fault::Uneven)?;
    let columns = Stored::open(section.get(HEADER..).unwrap_or_default())?;
    let kinds: Vec<u16> = columns.numbers(all(Kind::IndexKind))?;
    let lengths: Vec<i64> = columns.numbers(all(Kind::IndexLength))?;
    if kinds.len() != lengths.len() || kinds.len() != header.number as usize {
        return Err(Fault::Uneven);
    }
    Ok(kinds.into_iter().zip(lengths.into_iter().map(|len| len as u64)).collect())
}
