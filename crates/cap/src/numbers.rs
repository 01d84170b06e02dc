//! How the numbers of a column are coded before they are compressed.

use crate::Fault;
use crate::varint::{Input, put, unzigzag, zigzag};

/// How numbers are coded. If some are negative, all are made unsigned first (zigzag: 0, -1, 1, -2 …), and so are
/// differences in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// All are the same: that one, as a varint.
    Constant = 0,
    /// Varints.
    Varint = 1,
    /// Varints of the differences to the number before, modulo 2^64; the first to 0.
    Delta = 2,
    /// All lowest bytes, then all of the next higher ones, and so on up to the highest that is not 0.
    Planes = 3,
    /// The number of bits of each (one byte; 0 for 0), then all bits below the highest one of each, packed into bytes,
    /// the lowest first.
    Bits = 4,
}

impl Coding {
    pub(crate) fn of(value: u64) -> Option<Coding> {
        [Coding::Constant, Coding::Varint, Coding::Delta, Coding::Planes, Coding::Bits]
            .into_iter()
            .find(|coding| *coding as u64 == value)
    }
}

/// Whether numbers are made unsigned before they are coded.
pub(crate) fn is_signed(values: &[i64]) -> bool {
    values.iter().any(|value| *value < 0)
}

/// The codings that are worth trying for these numbers, of which there are some, and what they give.
pub(crate) fn codings(values: &[i64]) -> impl Iterator<Item = (Coding, Vec<u8>)> {
    let is_signed = is_signed(values);
    let first = values.first().copied().unwrap_or(0);
    let all: &[Coding] = match values.iter().all(|value| *value == first) {
        true => &[Coding::Constant],
        false => &[Coding::Varint, Coding::Delta, Coding::Planes, Coding::Bits],
    };
    all.iter().map(move |coding| (*coding, encode(*coding, values, is_signed)))
}

fn encode(coding: Coding, values: &[i64], is_signed: bool) -> Vec<u8> {
    let unsigned = |value: &i64| if is_signed { zigzag(*value) } else { *value as u64 };
    let mut out = Vec::with_capacity(2 * values.len());
    match coding {
        Coding::Constant => values.iter().take(1).for_each(|value| put(&mut out, unsigned(value))),
        Coding::Varint => values.iter().for_each(|value| put(&mut out, unsigned(value))),
        Coding::Delta => {
            let mut before = 0;
            for value in values {
                put(&mut out, zigzag(value.wrapping_sub(before)));
                before = *value;
            }
        }
        Coding::Planes => {
            let all = values.iter().fold(0, |all, value| all | unsigned(value));
            let planes = (64 - all.leading_zeros()).div_ceil(8);
            for plane in 0..planes {
                out.extend(values.iter().map(|value| (unsigned(value) >> (8 * plane)) as u8));
            }
        }
        Coding::Bits => {
            out.extend(values.iter().map(|value| bits(unsigned(value)) as u8));
            let mut packed = Packed { out, held: 0, count: 0 };
            values.iter().map(unsigned).for_each(|value| packed.put(value, bits(value).saturating_sub(1)));
            out = packed.finish();
        }
    }
    out
}

fn bits(value: u64) -> u32 {
    64 - value.leading_zeros()
}

/// Bits on their way into bytes.
struct Packed {
    out: Vec<u8>,
    held: u128,
    count: u32,
}

impl Packed {
    /// The lowest `bits` of a value; fewer than 64.
    fn put(&mut self, value: u64, bits: u32) {
        let low = value & ((1u64 << bits) - 1);
        self.held |= u128::from(low) << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.out.push(self.held as u8);
        }
        self.out
    }
}

/// `count` numbers.
pub(crate) fn decode(coding: Coding, is_signed: bool, bytes: &[u8], count: usize) -> Result<Vec<i64>, Fault> {
    let value = |unsigned: u64| if is_signed { unzigzag(unsigned) } else { unsigned as i64 };
    let mut input = Input(bytes);
    match coding {
        Coding::Constant => {
            let value = value(input.varint()?);
            Ok(vec![value; count])
        }
        // Each takes a byte at least.
        _ if count > bytes.len() && coding != Coding::Planes => Err(Fault::Short),
        Coding::Varint => (0..count).map(|_| input.varint().map(value)).collect(),
        Coding::Delta => {
            let mut value = 0i64;
            let mut next = || {
                value = value.wrapping_add(unzigzag(input.varint()?));
                Ok(value)
            };
            (0..count).map(|_| next()).collect()
        }
        Coding::Planes => Ok(planes(bytes, count)?.into_iter().map(value).collect()),
        Coding::Bits => Ok(unpack(bytes, count)?.into_iter().map(value).collect()),
    }
}

fn planes(bytes: &[u8], count: usize) -> Result<Vec<u64>, Fault> {
    let planes = bytes.len() / count.max(1);
    if planes > 8 || planes * count != bytes.len() {
        return Err(Fault::Short);
    }
    let mut values = vec![0u64; count];
    for (plane, column) in bytes.chunks_exact(count.max(1)).enumerate() {
        values.iter_mut().zip(column).for_each(|(value, byte)| *value |= u64::from(*byte) << (8 * plane));
    }
    Ok(values)
}

fn unpack(bytes: &[u8], count: usize) -> Result<Vec<u64>, Fault> {
    let (lengths, packed) = bytes.split_at_checked(count).ok_or(Fault::Short)?;
    let (mut held, mut have) = (0u128, 0u32);
    let mut packed = packed.iter();
    let next = |length: &u8| {
        let bits = match u32::from(*length) {
            0 => return Ok(0),
            bits @ 1..=64 => bits - 1,
            bits => return Err(Fault::Value("number of bits", bits.into())),
        };
        while have < bits {
            held |= u128::from(*packed.next().ok_or(Fault::Short)?) << have;
            have += 8;
        }
        let value = (held & ((1u128 << bits) - 1)) as u64 | 1 << bits;
        held >>= bits;
        have -= bits;
        Ok(value)
    };
    lengths.iter().map(next).collect()
}
