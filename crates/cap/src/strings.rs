//! The strings of a segment: each is stored once, in the batch that has it first.

use crate::batch::all;
use crate::column::{Columns, MOST_BYTES, MOST_NUMBERS, Stored};
use crate::{Fault, Kind};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Strings by their numbers, which count from 0 in each segment.
#[derive(Default)]
pub struct Strings {
    /// One behind the other, a zero byte behind each.
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
        self.bytes.push(0);
        self.ends.push(self.bytes.len());
    }

    /// Forgets those from this number on.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// One by its number.
    pub fn get(&self, number: usize) -> Option<&[u8]> {
        self.ended(number)?.split_last().map(|(_, string)| string)
    }

    /// One by its number, with a zero byte behind it.
    pub fn ended(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start..end)
    }

    /// Appends those that a set of columns has. They may end as earlier ones of their segment do: those up to `shared`
    /// are here, or in `earlier`, if these are another batch's or section's and the numbers here count from `shared`.
    pub(crate) fn add(&mut self, columns: &Stored<'_>, earlier: Option<(&Strings, usize)>) -> Result<(), Fault> {
        let bytes = columns.bytes(all(Kind::String))?;
        let mut rest = &*bytes;
        let mut models = columns.numbers::<u32>(all(Kind::StringModel))?.into_iter();
        for len in columns.numbers::<u32>(all(Kind::StringLength))? {
            let (len, has_model) = ((len >> 1) as usize, len & 1 != 0);
            if has_model {
                self.push_end(models.next().ok_or(Fault::Uneven)? as usize, len, earlier)?;
            } else {
                let (string, after) = rest.split_at_checked(len).ok_or(Fault::Short)?;
                self.push(string);
                rest = after;
            }
            // Few bytes may stand for many.
            if self.size() > MOST_BYTES || self.len() > MOST_NUMBERS {
                return Err(Fault::Value("size of strings", self.size() as u64));
            }
        }
        Ok(())
    }

    /// Appends the last bytes of another one.
    fn push_end(&mut self, model: usize, len: usize, earlier: Option<(&Strings, usize)>) -> Result<(), Fault> {
        let end = |string: &[u8]| string.len().checked_sub(len);
        if let Some((strings, _)) = earlier.filter(|(_, shared)| model < *shared) {
            let string = strings.get(model).ok_or(Fault::Uneven)?;
            self.push(end(string).and_then(|start| string.get(start..)).ok_or(Fault::Short)?);
            return Ok(());
        }
        let own = model.checked_sub(earlier.map_or(0, |(_, shared)| shared)).ok_or(Fault::Uneven)?;
        let string = self.ended(own).ok_or(Fault::Uneven)?;
        let last = *self.ends.get(own).ok_or(Fault::Uneven)?;
        let first = last.checked_sub(len + 1).filter(|_| len < string.len()).ok_or(Fault::Short)?;
        self.bytes.extend_from_within(first..last);
        self.ends.push(self.bytes.len());
        Ok(())
    }
}

/// So many of a path's ends are known, from the longest on.
const ENDS: usize = 12;

/// Shorter strings are stored whole.
const SHORTEST_END: usize = 6;

/// Strings that are looked up by what they say.
#[derive(Default)]
pub struct Interned {
    strings: Strings,
    numbers: FxHashMap<Box<[u8]>, u32>,
    /// By the hash of what follows a slash in a path: the number of the path.
    ends: FxHashMap<u64, u32>,
    /// For each string: an earlier one that ends with it, if one is known.
    models: Vec<Option<u32>>,
}

impl Interned {
    /// The number of a string, which is appended if it is new.
    pub fn number(&mut self, string: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(string) {
            return *number;
        }
        let number = self.strings.len() as u32;
        self.models.push(self.model(string));
        if string.first() == Some(&b'/') {
            let slashes = string.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/').take(ENDS);
            for end in slashes.filter_map(|(at, _)| string.get(at + 1..)).take_while(|end| end.len() >= SHORTEST_END) {
                self.ends.insert(hash(end), number);
            }
        }
        self.strings.push(string);
        self.numbers.insert(string.into(), number);
        number
    }

    /// A known string that ends with this one: relative names of files are often the ends of their full ones.
    fn model(&self, string: &[u8]) -> Option<u32> {
        if string.len() < SHORTEST_END {
            return None;
        }
        let model = *self.ends.get(&hash(string))?;
        self.strings.get(model as usize).filter(|longer| longer.ends_with(string)).map(|_| model)
    }

    /// Forgets those from this number on.
    pub fn truncate(&mut self, len: usize) {
        for number in len..self.strings.len() {
            if let Some(string) = self.strings.get(number) {
                self.numbers.remove(string);
            }
        }
        self.strings.truncate(len);
        self.models.truncate(len);
    }

    /// Adds those from this number on to a set of columns.
    pub(crate) fn put_from(&self, first: usize, columns: &mut Columns<'_>) {
        let (mut lengths, mut models, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for (number, model) in self.models.iter().enumerate().skip(first) {
            let string = self.strings.get(number).unwrap_or_default();
            lengths.push((string.len() as i64) << 1 | i64::from(model.is_some()));
            match model {
                Some(model) => models.push(i64::from(*model)),
                None => bytes.extend_from_slice(string),
            }
        }
        columns.numbers(all(Kind::StringLength), &lengths);
        columns.numbers(all(Kind::StringModel), &models);
        columns.bytes(all(Kind::String), &bytes);
    }

    /// All of them.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}
