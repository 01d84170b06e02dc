//! Columns: many values of one kind, coded and compressed together.
//!
//! A set of columns is a directory, then the columns' bytes:
//!
//! | type | what |
//! |---|---|
//! | u32 | length of the directory as it is stored |
//! | u32 | CRC-32C of that |
//! | … | the directory, compressed with zstd |
//! | … | the columns, one behind the other |
//!
//! An entry of the directory is a row of varints (LEB128): kind, code, index, coding, compression (0: none, 1: zstd, 2:
//! a varint with the length of a front part that is compressed with zstd, that part, and the rest as it is),
//! number of values, length as coded, length as stored; then the CRC-32C of the stored bytes (u32). A column can be read
//! without the others.

use crate::numbers::{self, Coding};
use crate::varint::{self, Input};
use crate::{Fault, Kind};
use std::borrow::Cow;

/// Which column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// What it holds.
    pub kind: Kind,
    /// Of which type of events; 0 for those of all events.
    pub code: u16,
    /// Which parameter, or option; 0 where that means nothing.
    pub index: u16,
}

/// How columns are compressed.
const LEVEL: i32 = 12;

/// How they are compressed to see which coding is best.
const FAST: i32 = 1;

/// Shorter ones are not compressed.
const SHORTEST: usize = 24;

/// No column has more bytes.
const MOST_BYTES: usize = 1 << 28;

/// No column has more numbers.
const MOST_NUMBERS: usize = 1 << 22;

/// The value of the coding of columns that are bytes, not numbers.
const BYTES: u64 = 15;

/// Added to the coding of numbers of which some are negative.
const SIGNED: u64 = 16;

/// Columns to be written.
#[derive(Default)]
pub struct Columns {
    directory: Vec<u8>,
    body: Vec<u8>,
}

impl Columns {
    /// Adds a column of numbers, unless there are none.
    pub fn numbers(&mut self, id: Id, values: &[i64]) {
        if values.is_empty() {
            return;
        }
        let tried = numbers::codings(values).map(|(coding, bytes)| {
            let front = if coding == Coding::Bits { values.len() } else { bytes.len() };
            (packed(bytes.get(..front).unwrap_or_default(), FAST).len() + bytes.len() - front, coding, front, bytes)
        });
        if let Some((_, coding, front, bytes)) = tried.min_by_key(|(size, ..)| *size) {
            let len = bytes.len();
            let stored = if front < len { half_compressed(bytes, front) } else { compressed(bytes) };
            let signed = if numbers::is_signed(values) { SIGNED } else { 0 };
            self.add(id, coding as u64 | signed, values.len(), len, stored);
        }
    }

    /// Adds a column of bytes, unless there are none.
    pub fn bytes(&mut self, id: Id, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let len = bytes.len();
            self.add(id, BYTES, len, len, compressed(bytes));
        }
    }

    fn add(&mut self, id: Id, coding: u64, count: usize, len: usize, (stored, compression): (Vec<u8>, u64)) {
        let entry = [
            id.kind as u64,
            id.code.into(),
            id.index.into(),
            coding,
            compression,
            count as u64,
            len as u64,
            stored.len() as u64,
        ];
        entry.into_iter().for_each(|number| varint::put(&mut self.directory, number));
        self.directory.extend_from_slice(&crc32c::crc32c(&stored).to_le_bytes());
        self.body.extend_from_slice(&stored);
    }

    /// The bytes of the set.
    pub fn finish(self) -> Vec<u8> {
        let directory = packed(&self.directory, LEVEL);
        let mut out = (directory.len() as u32).to_le_bytes().to_vec();
        out.extend_from_slice(&crc32c::crc32c(&directory).to_le_bytes());
        out.extend_from_slice(&directory);
        out.extend_from_slice(&self.body);
        out
    }
}

/// Bytes as they are stored, and how they are compressed.
fn compressed(bytes: Vec<u8>) -> (Vec<u8>, u64) {
    let packed = packed(&bytes, LEVEL);
    if bytes.len() >= SHORTEST && packed.len() < bytes.len() { (packed, 1) } else { (bytes, 0) }
}

/// Bytes of which only those up to `front` are worth compressing.
fn half_compressed(bytes: Vec<u8>, front: usize) -> (Vec<u8>, u64) {
    let (front, rest) = bytes.split_at_checked(front).unwrap_or((&bytes, &[]));
    let packed = packed(front, LEVEL);
    let mut stored = Vec::with_capacity(packed.len() + rest.len() + 4);
    varint::put(&mut stored, packed.len() as u64);
    stored.extend_from_slice(&packed);
    stored.extend_from_slice(rest);
    (stored, 2)
}

fn packed(bytes: &[u8], level: i32) -> Vec<u8> {
    // Memory is compressed to memory: it cannot fail.
    zstd::bulk::compress(bytes, level).unwrap_or_default()
}

/// A column that is not read yet.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: Id,
    coding: u64,
    compression: u64,
    count: usize,
    len: usize,
    start: usize,
    stored: usize,
    checksum: u32,
}

/// Columns to be read.
pub struct Stored<'b> {
    entries: Vec<Entry>,
    body: &'b [u8],
}

impl<'b> Stored<'b> {
    /// Reads the directory.
    pub fn open(bytes: &'b [u8]) -> Result<Stored<'b>, Fault> {
        let mut input = Input(bytes);
        let (len, checksum) = (input.u32()?, input.u32()?);
        let packed = input.take(len as usize)?;
        if crc32c::crc32c(packed) != checksum {
            return Err(Fault::Checksum("the directory of columns"));
        }
        let directory = unpacked(packed, MOST_BYTES)?;
        let (mut entries, mut start) = (Vec::new(), 0usize);
        let mut listed = Input(&directory);
        while !listed.0.is_empty() {
            let entry = Entry::read(&mut listed, start)?;
            start = start.saturating_add(entry.stored);
            entries.push(entry);
        }
        entries.sort_by_key(|entry| entry.id);
        Ok(Stored { entries, body: input.0 })
    }

    /// Which columns there are, in order, and how many bytes each takes.
    pub fn sizes(&self) -> impl Iterator<Item = (Id, usize)> {
        self.entries.iter().map(|entry| (entry.id, entry.stored))
    }

    /// The columns of a kind, in order.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = Id> {
        self.entries.iter().map(|entry| entry.id).filter(move |id| id.kind == kind)
    }

    /// A column of numbers; none if there is no such column.
    pub fn numbers(&self, id: Id) -> Result<Vec<i64>, Fault> {
        let Some(entry) = self.entry(id) else { return Ok(Vec::new()) };
        let coding = Coding::of(entry.coding & !SIGNED).ok_or(Fault::Value("coding of numbers", entry.coding))?;
        numbers::decode(coding, entry.coding & SIGNED != 0, &self.content(entry)?, entry.count)
    }

    /// A column of bytes; none if there is no such column.
    pub fn bytes(&self, id: Id) -> Result<Vec<u8>, Fault> {
        match self.entry(id) {
            Some(entry) if entry.coding == BYTES => self.content(entry).map(Cow::into_owned),
            Some(entry) => Err(Fault::Value("coding of bytes", entry.coding)),
            None => Ok(Vec::new()),
        }
    }

    fn entry(&self, id: Id) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.entries.get(at)
    }

    fn content(&self, entry: &Entry) -> Result<Cow<'b, [u8]>, Fault> {
        let stored = self.body.get(entry.start..).and_then(|rest| rest.get(..entry.stored)).ok_or(Fault::Short)?;
        if crc32c::crc32c(stored) != entry.checksum {
            return Err(Fault::Checksum("a column"));
        }
        match entry.compression {
            0 => Ok(Cow::Borrowed(stored)),
            1 => unpacked(stored, entry.len).map(Cow::Owned),
            2 => {
                let mut input = Input(stored);
                let len = usize::try_from(input.varint()?).map_err(|_| Fault::Short)?;
                let mut bytes = unpacked(input.take(len)?, entry.len)?;
                bytes.extend_from_slice(input.0);
                Ok(Cow::Owned(bytes))
            }
            other => Err(Fault::Value("compression", other)),
        }
    }
}

impl Entry {
    fn read(input: &mut Input<'_>, start: usize) -> Result<Entry, Fault> {
        let mut number = || input.varint();
        let (kind, code, index) = (number()?, number()?, number()?);
        let kind = Kind::of(kind).ok_or(Fault::Value("kind of column", kind))?;
        let narrow = |what, value: u64| u16::try_from(value).map_err(|_| Fault::Value(what, value));
        let id = Id { kind, code: narrow("event type", code)?, index: narrow("parameter", index)? };
        let (coding, compression) = (number()?, number()?);
        let mut length = || match number()? {
            many if many > MOST_BYTES as u64 => Err(Fault::Value("length of a column", many)),
            len => Ok(len as usize),
        };
        let (count, len, stored) = (length()?, length()?, length()?);
        if coding != BYTES && count > MOST_NUMBERS {
            return Err(Fault::Value("number of values", count as u64));
        }
        let checksum = input.u32()?;
        Ok(Entry { id, coding, compression, count, len, start, stored, checksum })
    }
}

/// Unpacks `bytes`, which give `limit` bytes at most. Memory is taken as bytes come, whatever they claim.
fn unpacked(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    use std::io::Read;
    let decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(|_| Fault::Compression)?;
    let mut out = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut out).map_err(|_| Fault::Compression)?;
    if out.len() > limit { Err(Fault::Compression) } else { Ok(out) }
}
