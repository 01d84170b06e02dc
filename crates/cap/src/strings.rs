//! The strings of a segment: each is stored once, in the batch that has it first.

use crate::batch::all;
use crate::column::{Columns, MOST_BYTES, MOST_NUMBERS, Stored};
use crate::{Fault, Kind};
use rustc_hash::FxHashMap;

/// Strings by their numbers, which count from 0 in each segment.
#[derive(Default)]
pub struct Strings {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Strings {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many bytes they have.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Appends one.
    pub fn push(&mut self, string: &[u8]) {
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len());
    }

    /// Forgets those from this number on.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// One by its number.
    pub fn get(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start..end)
    }

    /// The lengths of those from this number on, and their bytes.
    pub fn from(&self, first: usize) -> (Vec<i64>, &[u8]) {
        let start = first.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let mut before = start;
        let length = |end: &usize| (end - std::mem::replace(&mut before, *end)) as i64;
        let lengths = self.ends.iter().skip(first).map(length).collect();
        (lengths, self.bytes.get(start..).unwrap_or_default())
    }

    /// Appends those that a set of columns has.
    pub(crate) fn add(&mut self, columns: &Stored<'_>) -> Result<(), Fault> {
        let bytes = columns.bytes(all(Kind::String))?;
        let mut rest = &*bytes;
        for len in columns.numbers::<u32>(all(Kind::StringLength))? {
            let (string, after) = rest.split_at_checked(len as usize).ok_or(Fault::Short)?;
            self.push(string);
            rest = after;
        }
        if self.size() > MOST_BYTES || self.len() > MOST_NUMBERS {
            return Err(Fault::Value("number of strings", self.len() as u64));
        }
        Ok(())
    }
}

/// Strings that are looked up by what they say.
#[derive(Default)]
pub struct Interned {
    strings: Strings,
    numbers: FxHashMap<Box<[u8]>, u32>,
}

impl Interned {
    /// The number of a string, which is appended if it is new.
    pub fn number(&mut self, string: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(string) {
            return *number;
        }
        let number = self.strings.len() as u32;
        self.strings.push(string);
        self.numbers.insert(string.into(), number);
        number
    }

    /// Forgets those from this number on.
    pub fn truncate(&mut self, len: usize) {
        for number in len..self.strings.len() {
            if let Some(string) = self.strings.get(number) {
                self.numbers.remove(string);
            }
        }
        self.strings.truncate(len);
    }

    /// Adds those from this number on to a set of columns.
    pub(crate) fn put_from(&self, first: usize, columns: &mut Columns<'_>) {
        let (lengths, bytes) = self.strings.from(first);
        columns.numbers(all(Kind::StringLength), &lengths);
        columns.bytes(all(Kind::String), bytes);
    }

    /// All of them.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }
}
