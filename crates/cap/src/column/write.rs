//! Columns to bytes.

use super::{BYTES, Id, SIGNED};
use crate::Kind;
use crate::numbers::{self, Coding, Numbers};
use crate::varint;
use rustc_hash::FxHashMap;
use zstd::bulk::Compressor;

/// How numbers are compressed.
const LEVEL: i32 = 6;

/// How rough numbers are compressed: few of them repeat, so that looking further gains nothing.
const ROUGH_LEVEL: i32 = 1;

/// How buffers are compressed: they are the most bytes, and gain least.
const BUFFER_LEVEL: i32 = 4;

/// How numbers are compressed to see which coding is best.
const TRIAL_LEVEL: i32 = 1;

/// So many numbers of a column are tried.
const SAMPLE: usize = 4096;

/// Shorter ones are not compressed.
const SHORTEST: usize = 24;

/// What sets of columns share while they are written: a compressor, and which coding was best for each column.
pub struct Packer {
    /// None if there was no memory for it: nothing is compressed then.
    compressor: Option<Compressor<'static>>,
    level: i32,
    codings: FxHashMap<Id, Coding>,
    /// Numbers as they are coded, and bytes as they are packed: kept for their memory.
    coded: Vec<u8>,
    packed: Vec<u8>,
}

impl Default for Packer {
    fn default() -> Packer {
        let (codings, coded, packed) = Default::default();
        Packer { compressor: Compressor::new(LEVEL).ok(), level: LEVEL, codings, coded, packed }
    }
}

impl Packer {
    /// Forgets which codings were best: each is tried again.
    pub fn forget(&mut self) {
        self.codings.clear();
    }

    /// Compresses; whether that makes the bytes fewer. If so they are in `packed`.
    fn pack(&mut self, bytes: &[u8], level: i32) -> bool {
        let Some(compressor) = &mut self.compressor else { return false };
        if level != self.level && compressor.set_compression_level(level).is_err() {
            return false;
        }
        self.level = level;
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        compressor.compress_to_buffer(bytes, &mut self.packed).is_ok() && self.packed.len() < bytes.len()
    }

    /// The coding that makes these numbers smallest, as far as a sample tells.
    fn best(&mut self, id: Id, numbers: Numbers<'_>) -> Coding {
        let codings = numbers.codings();
        if let Some(coding) = self.codings.get(&id).filter(|coding| codings.contains(coding)) {
            return *coding;
        }
        let sample = numbers.sample(SAMPLE);
        let mut coded = std::mem::take(&mut self.coded);
        let mut size = |coding: &&Coding| {
            coded.clear();
            let front = numbers::encode(**coding, sample, &mut coded);
            let front = coded.get(..front).unwrap_or_default();
            let packed = if self.pack(front, TRIAL_LEVEL) { self.packed.len() } else { front.len() };
            packed + coded.len() - front.len()
        };
        let best = match codings {
            [only] => *only,
            _ => codings.iter().min_by_key(&mut size).copied().unwrap_or(Coding::Varint),
        };
        self.coded = coded;
        self.codings.insert(id, best);
        best
    }
}

/// Columns to be written.
pub struct Columns<'p> {
    directory: Vec<u8>,
    body: Vec<u8>,
    packer: &'p mut Packer,
}

impl<'p> Columns<'p> {
    /// An empty set.
    pub fn new(packer: &'p mut Packer) -> Columns<'p> {
        Columns { directory: Vec::new(), body: Vec::new(), packer }
    }

    /// Adds a column of numbers, unless there are none.
    pub fn numbers(&mut self, id: Id, values: &[i64]) {
        if values.is_empty() {
            return;
        }
        let numbers = Numbers::new(values);
        let coding = self.packer.best(id, numbers);
        let mut coded = std::mem::take(&mut self.packer.coded);
        coded.clear();
        let front = numbers::encode(coding, numbers, &mut coded);
        let level = if coding == Coding::Rough { ROUGH_LEVEL } else { LEVEL };
        let signed = if numbers.is_signed { SIGNED } else { 0 };
        self.add(id, coding as u8 | signed, values.len(), &coded, front, level);
        self.packer.coded = coded;
    }

    /// Adds a column of bytes, unless there are none.
    pub fn bytes(&mut self, id: Id, bytes: &[u8]) {
        if !bytes.is_empty() {
            let level = if matches!(id.kind, Kind::Data | Kind::Surplus) { BUFFER_LEVEL } else { LEVEL };
            self.add(id, BYTES, bytes.len(), bytes, bytes.len(), level);
        }
    }

    /// Adds a column of which the first `front` bytes are worth compressing.
    fn add(&mut self, id: Id, coding: u8, count: usize, bytes: &[u8], front: usize, level: i32) {
        let start = self.body.len();
        let (front, rest) = bytes.split_at_checked(front).unwrap_or((bytes, &[]));
        let is_packed = front.len() >= SHORTEST && self.packer.pack(front, level);
        let compression = match (is_packed, rest.is_empty()) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => 2,
        };
        if compression == 2 {
            varint::put(&mut self.body, self.packer.packed.len() as u64);
        }
        self.body.extend_from_slice(if is_packed { &self.packer.packed } else { front });
        self.body.extend_from_slice(rest);
        let stored = self.body.get(start..).unwrap_or_default();
        let (code, index, coding) = (id.code.into(), id.index.into(), coding.into());
        let lengths = [count as u64, bytes.len() as u64, stored.len() as u64];
        for number in [id.kind as u64, code, index, coding, compression].into_iter().chain(lengths) {
            varint::put(&mut self.directory, number);
        }
        self.directory.extend_from_slice(&crc32c::crc32c(stored).to_le_bytes());
    }

    /// The bytes of the set.
    pub fn finish(self) -> Vec<u8> {
        // Compressed in any case: a frame says itself how long it is.
        let directory = zstd::bulk::compress(&self.directory, LEVEL).unwrap_or_default();
        let mut out = Vec::with_capacity(directory.len() + self.body.len() + 8);
        out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
        out.extend_from_slice(&crc32c::crc32c(&directory).to_le_bytes());
        out.extend_from_slice(&directory);
        out.extend_from_slice(&self.body);
        out
    }
}
