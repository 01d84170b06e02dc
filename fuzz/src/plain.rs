//! Files of the native form as bytes that a fuzzer can change with effect: no checksums, nothing compressed.
//!
//! A row of parts: 0, and the kind of the section that begins; 1 and 2, and a column of numbers, of bytes. A column:
//! kind (a byte), type and parameter (u16 each), number of values (u16); then each number (signed, seven bits a byte,
//! the lowest first), or the bytes.

use capture_cap::Kind;
use capture_cap::column::{Columns, Id, Packer, Stored};
use capture_cap::section::{self, HEADER, Header};

/// The plain form of a file.
pub fn plain(file: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), file);
    while let Some(header) = Header::read(rest) {
        let (payload, after) = rest[HEADER..].split_at(header.len as usize);
        rest = after;
        // Others are no sets of columns.
        let Ok(columns) = Stored::open(payload) else { continue };
        out.extend([0, header.kind as u8]);
        for (id, _) in columns.sizes() {
            let head = |tag: u8, count: usize| {
                let fields = [id.code, id.index, count as u16].map(u16::to_le_bytes).concat();
                [&[tag, id.kind as u8][..], &fields].concat()
            };
            match columns.numbers::<i64>(id) {
                Ok(numbers) => {
                    out.extend(head(1, numbers.len()));
                    numbers.iter().for_each(|number| put(&mut out, *number));
                }
                Err(_) => {
                    let bytes = columns.bytes(id).expect("what we write can be read");
                    out.extend(head(2, bytes.len()));
                    out.extend_from_slice(&bytes);
                }
            }
        }
    }
    out
}

/// The file that has a plain form, as far as that can be read.
pub fn file(mut plain: &[u8]) -> Vec<u8> {
    let mut sections = vec![section(section::FILE, 0, &[1, 0, 0, 0])];
    while let Some((&0, after)) = plain.split_first() {
        let Some((kind, after)) = after.split_first() else { break };
        plain = after;
        let mut packer = Packer::default();
        let mut columns = Columns::new(&mut packer);
        while column(&mut plain, &mut columns).is_some() {}
        sections.push(section((*kind).into(), sections.len() as u32, &columns.finish()));
    }
    sections.concat()
}

fn section(kind: u16, number: u32, payload: &[u8]) -> Vec<u8> {
    let header = Header { kind, version: 1, len: payload.len() as u64, number };
    [&header.bytes(), payload].concat()
}

fn column(plain: &mut &[u8], columns: &mut Columns<'_>) -> Option<()> {
    let (tag, after) = plain.split_first().filter(|(tag, _)| **tag != 0)?;
    let (kind, after) = after.split_first()?;
    let (fields, mut after) = after.split_first_chunk::<6>()?;
    let [code, index, count] = [0, 2, 4].map(|at| u16::from_le_bytes([fields[at], fields[at + 1]]));
    let id = Kind::of((*kind).into()).map(|kind| Id { kind, code, index });
    if *tag == 1 {
        let mut numbers = Vec::new();
        for _ in 0..count {
            numbers.push(take(&mut after)?);
        }
        id.into_iter().for_each(|id| columns.numbers(id, &numbers));
    } else {
        let (bytes, rest) = after.split_at_checked(count.into())?;
        after = rest;
        id.into_iter().for_each(|id| columns.bytes(id, bytes));
    }
    *plain = after;
    Some(())
}

fn put(out: &mut Vec<u8>, mut number: i64) {
    while !(-0x40..0x40).contains(&number) {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8 & 0x7f);
}

fn take(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0i64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= i64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            let unused = 64u32.saturating_sub(shift + 7);
            return Some(number << unused >> unused);
        }
    }
    None
}
