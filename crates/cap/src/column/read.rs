//! Bytes to columns.

use super::{BYTES, Id, MOST_BYTES, MOST_COLUMNS, MOST_DIRECTORY, MOST_NUMBERS, SIGNED, Series, Symbols};
use crate::numbers::{self, Coding, Number};
use crate::varint::Input;
use crate::{Fault, Kind};
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use zstd::bulk::Decompressor;

/// A column that is not read yet.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: Id,
    coding: u8,
    compression: u8,
    checksum: u32,
    count: u32,
    len: u32,
    stored: u32,
    start: u64,
}

/// Which columns there are, and where.
#[derive(Clone)]
pub struct Directory {
    entries: Arc<[Entry]>,
    /// Where the columns begin.
    body: usize,
}

impl Directory {
    /// The columns of the set that it is from: the same bytes as it was read from.
    pub fn over<'b>(&self, bytes: &'b [u8]) -> Stored<'b> {
        Stored { entries: self.entries.clone(), body: bytes.get(self.body..).unwrap_or_default(), at: self.body }
    }
}

/// Columns to be read.
pub struct Stored<'b> {
    entries: Arc<[Entry]>,
    body: &'b [u8],
    /// Where that begins.
    at: usize,
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
        let directory = unpacked(packed, directory_len(packed)?)?;
        let (mut entries, mut sums) = (Vec::new(), Sums::default());
        let mut listed = Input(&directory);
        while !listed.0.is_empty() {
            if let Some(entry) = sums.read(&mut listed)? {
                entries.push(entry);
            }
        }
        entries.sort_by_key(|entry| entry.id);
        Ok(Stored { entries: entries.into(), body: input.0, at: bytes.len() - input.0.len() })
    }

    /// Its directory, for reading the same bytes again.
    pub fn directory(&self) -> Directory {
        Directory { entries: self.entries.clone(), body: self.at }
    }

    /// Which columns there are, in order, and how many bytes each takes.
    pub fn sizes(&self) -> impl Iterator<Item = (Id, usize)> {
        self.entries.iter().map(|entry| (entry.id, entry.stored as usize))
    }

    /// The columns of a kind, in order.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = Id> {
        self.entries.iter().map(|entry| entry.id).filter(move |id| id.kind == kind)
    }

    /// Whether there is such a column.
    pub fn has(&self, id: Id) -> bool {
        self.entry(id).is_some()
    }

    /// A column of numbers; none if there is no such column. It is an error if one is larger than a `T` can be.
    pub fn numbers<T: Number>(&self, id: Id) -> Result<Vec<T>, Fault> {
        let Some(entry) = self.entry(id) else { return Ok(Vec::new()) };
        numbers::decode(coding(entry)?, is_signed(entry), &self.content(entry)?, entry.count as usize)
    }

    /// The same, as they are looked at one by one.
    pub fn series<T: Number>(&self, id: Id) -> Result<Series<T>, Fault> {
        let Some(entry) = self.entry(id) else { return Ok(Series::default()) };
        let (coding, content, count) = (coding(entry)?, self.content(entry)?, entry.count as usize);
        let decode = |count| numbers::decode(coding, is_signed(entry), &content, count);
        match coding {
            Coding::Constant => Ok(decode(1)?.first().map_or_else(Series::default, |same| Series::Same(*same, count))),
            _ if numbers::are_bytes(coding, is_signed(entry), &content, count) => {
                Ok(Series::Bytes(content.into_owned()))
            }
            _ => decode(count).map(Series::Each),
        }
    }

    /// The same, where most are 0.
    pub fn symbols(&self, id: Id) -> Result<Symbols, Fault> {
        let Some(entry) = self.entry(id) else { return Ok(Symbols::default()) };
        let (coding, content, count) = (coding(entry)?, self.content(entry)?, entry.count as usize);
        if coding == Coding::Constant {
            let same = numbers::decode(coding, is_signed(entry), &content, 1)?;
            return Ok(same.first().map_or_else(Symbols::default, |same| Symbols::same(*same, count)));
        }
        Ok(Symbols::of(numbers::others(coding, is_signed(entry), &content, count)?, count))
    }

    /// A column of bytes; none if there is no such column.
    pub fn bytes(&self, id: Id) -> Result<Cow<'b, [u8]>, Fault> {
        match self.entry(id) {
            Some(entry) if entry.coding == BYTES => self.content(entry),
            Some(entry) => Err(Fault::Value("coding of bytes", entry.coding.into())),
            None => Ok(Cow::Borrowed(&[])),
        }
    }

    fn entry(&self, id: Id) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.entries.get(at)
    }

    /// Checks the checksums of all columns.
    pub fn check(&self) -> Result<(), Fault> {
        self.entries.iter().try_for_each(|entry| self.checked(entry).map(|_| ()))
    }

    /// The stored bytes of a column, if they are as they were written.
    fn checked(&self, entry: &Entry) -> Result<&'b [u8], Fault> {
        let start = usize::try_from(entry.start).map_err(|_| Fault::Short)?;
        let stored = self.body.get(start..).and_then(|rest| rest.get(..entry.stored as usize)).ok_or(Fault::Short)?;
        if crc32c::crc32c(stored) == entry.checksum { Ok(stored) } else { Err(Fault::Checksum("a column")) }
    }

    fn content(&self, entry: &Entry) -> Result<Cow<'b, [u8]>, Fault> {
        let stored = self.checked(entry)?;
        let len = entry.len as usize;
        match entry.compression {
            0 => Ok(Cow::Borrowed(stored)),
            1 => unpacked(stored, len).map(Cow::Owned),
            2 => {
                let mut input = Input(stored);
                let packed = usize::try_from(input.varint()?).map_err(|_| Fault::Short)?;
                let (front, rest) = (input.take(packed)?, input.0);
                let mut bytes = unpacked(front, len.checked_sub(rest.len()).ok_or(Fault::Short)?)?;
                bytes.extend_from_slice(rest);
                Ok(Cow::Owned(bytes))
            }
            other => Err(Fault::Value("compression", other.into())),
        }
    }
}

fn coding(entry: &Entry) -> Result<Coding, Fault> {
    Coding::of(entry.coding & !SIGNED).ok_or(Fault::Value("coding of numbers", entry.coding.into()))
}

fn is_signed(entry: &Entry) -> bool {
    entry.coding & SIGNED != 0
}

/// What the columns of a set claim together, so far.
#[derive(Default)]
struct Sums {
    columns: usize,
    numbers: usize,
    bytes: usize,
    stored: u64,
}

impl Sums {
    /// Reads the next entry; `None` for one of a kind that this version does not know.
    fn read(&mut self, input: &mut Input<'_>) -> Result<Option<Entry>, Fault> {
        let (kind, code, index) = (input.varint()?, narrow(input)?, narrow(input)?);
        let (coding, compression) = (input.varint()?, input.varint()?);
        let (count, len, stored) = (length(input)?, length(input)?, length(input)?);
        let (checksum, start) = (input.u32()?, self.stored);
        // Each is at most MOST_BYTES, and the directory has an end: the sums stay far from theirs.
        self.columns += 1;
        self.numbers += if coding == u64::from(BYTES) { 0 } else { count as usize };
        self.bytes += len as usize;
        self.stored += u64::from(stored);
        let most = [(self.columns, MOST_COLUMNS), (self.numbers, MOST_NUMBERS), (self.bytes, MOST_BYTES)];
        if let Some((claimed, _)) = most.iter().find(|(claimed, most)| claimed > most) {
            return Err(Fault::Value("size of a set of columns", *claimed as u64));
        }
        let Some(kind) = Kind::of(kind) else { return Ok(None) };
        let byte = |what, value: u64| u8::try_from(value).map_err(|_| Fault::Value(what, value));
        let (coding, compression) = (byte("coding", coding)?, byte("compression", compression)?);
        let id = Id { kind, code, index };
        Ok(Some(Entry { id, coding, compression, checksum, count, len, stored, start }))
    }
}

fn narrow(input: &mut Input<'_>) -> Result<u16, Fault> {
    let value = input.varint()?;
    u16::try_from(value).map_err(|_| Fault::Value("event type or parameter", value))
}

fn length(input: &mut Input<'_>) -> Result<u32, Fault> {
    match input.varint()? {
        len if len <= MOST_BYTES as u64 => Ok(len as u32),
        len => Err(Fault::Value("length of a column", len)),
    }
}

/// How long the directory is, as its frame says.
fn directory_len(packed: &[u8]) -> Result<usize, Fault> {
    let len = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().and_then(|len| usize::try_from(len).ok());
    len.filter(|len| *len <= MOST_DIRECTORY).ok_or(Fault::Compression)
}

thread_local! {
    /// Unpacks: kept for its memory. `None` if there was none.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

/// Unpacks `packed`, which gives `len` bytes, at most [`MOST_BYTES`]. The system gives memory as bytes come, whatever
/// is claimed.
fn unpacked(packed: &[u8], len: usize) -> Result<Vec<u8>, Fault> {
    let unpack = |decompressor: &RefCell<Option<Decompressor<'static>>>| {
        decompressor.borrow_mut().as_mut().and_then(|decompressor| decompressor.decompress(packed, len).ok())
    };
    DECOMPRESSOR.with(unpack).filter(|bytes| bytes.len() == len).ok_or(Fault::Compression)
}
