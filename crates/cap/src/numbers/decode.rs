//! Bytes to numbers.

use super::rough::{lacking, smallest};
use super::{Coding, Number};
use crate::Fault;
use crate::varint::{Input, MORE, unzigzag};

/// The highest rough value.
const ROUGHEST: u8 = 251;

/// So many numbers are put together from planes at a time: they stay in the nearest cache.
const BLOCK: usize = 512;

/// Whether each of the bytes is one of the numbers. All types of numbers hold it.
pub(crate) fn are_bytes(coding: Coding, is_signed: bool, bytes: &[u8], count: usize) -> bool {
    let is_small = match coding {
        Coding::Planes => true,
        Coding::Varint => bytes.is_ascii(),
        Coding::Constant | Coding::Delta | Coding::Rough => false,
    };
    !is_signed && bytes.len() == count && is_small
}

/// Those of the numbers that are not 0, with their places.
pub(crate) fn others(coding: Coding, is_signed: bool, bytes: &[u8], count: usize) -> Result<Others, Fault> {
    let mut others = Others::default();
    let number = |value| if is_signed { unzigzag(value) } else { value as i64 };
    if coding == Coding::Rough {
        let (roughs, mut bits) = Bits::behind(bytes, count)?;
        // The rough value of 0 lacks nothing.
        others.extend(roughs, |rough| number(bits.exact(*rough)));
        bits.finish()?;
    } else if are_bytes(coding, is_signed, bytes, count) {
        others.extend(bytes, |byte| number((*byte).into()));
    } else {
        others.extend(&decode::<i64>(coding, is_signed, bytes, count)?, |number| *number);
    }
    Ok(others)
}

/// Numbers that are not 0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Others {
    /// Which they are among all, ascending.
    pub(crate) places: Vec<u32>,
    /// They themselves.
    pub(crate) numbers: Vec<i64>,
}

impl Others {
    /// Adds those of all numbers that are not 0, made into what they mean.
    fn extend<T: PartialEq + Default>(&mut self, all: &[T], mut number: impl FnMut(&T) -> i64) {
        let is_other = |number: &T| *number != T::default();
        // Most are 0: that is seen of many at once.
        for (start, some) in (0..).step_by(32).zip(all.chunks(32)) {
            if some.iter().fold(false, |any, number| any | is_other(number)) {
                for (place, other) in (start..).zip(some).filter(|(_, number)| is_other(number)) {
                    self.places.push(place);
                    self.numbers.push(number(other));
                }
            }
        }
    }
}

/// The numbers that were coded as these bytes.
pub(crate) fn decode<T: Number>(coding: Coding, is_signed: bool, bytes: &[u8], count: usize) -> Result<Vec<T>, Fault> {
    if are_bytes(coding, is_signed, bytes, count) {
        return Ok(bytes.iter().map(|byte| T::of((*byte).into())).collect());
    }
    // Two bytes fit all types but one.
    if let (Coding::Planes, false, true, Some((low, high))) =
        (coding, is_signed, T::holds(u16::MAX.into()) && bytes.len() == 2 * count, bytes.split_at_checked(count))
    {
        return Ok(low.iter().zip(high).map(|(low, high)| T::of(u16::from_le_bytes([*low, *high]).into())).collect());
    }
    // The bits that any has tell whether all fit.
    let mut any = 0;
    let mut number = |wide: i64| {
        if !T::HOLDS_ALL {
            any |= wide;
        }
        T::of(wide)
    };
    let mut sum = 0i64;
    let numbers = match (coding, is_signed) {
        (Coding::Delta, _) => varints(bytes, count, |difference| {
            sum = sum.wrapping_add(unzigzag(difference));
            number(sum)
        }),
        (_, true) => plain(coding, bytes, count, |value| number(unzigzag(value))),
        (_, false) => plain(coding, bytes, count, |value| number(value as i64)),
    };
    numbers.and_then(|numbers| if T::holds(any) { Ok(numbers) } else { Err(Fault::Large) })
}

#[inline]
fn plain<T: Number>(
    coding: Coding,
    bytes: &[u8],
    count: usize,
    mut number: impl FnMut(u64) -> T,
) -> Result<Vec<T>, Fault> {
    match coding {
        Coding::Constant => Ok(vec![number(Input(bytes).varint()?); count]),
        Coding::Planes => planes(bytes, count, number),
        Coding::Rough => exact(bytes, count, number),
        Coding::Varint | Coding::Delta => varints(bytes, count, number),
    }
}

/// Varints. Most numbers are small: where the next eight have a byte each, they are taken at once.
#[inline]
fn varints<T: Number>(bytes: &[u8], count: usize, mut number: impl FnMut(u64) -> T) -> Result<Vec<T>, Fault> {
    // Each takes a byte at least.
    if count > bytes.len() {
        return Err(Fault::Short);
    }
    let (mut input, mut numbers) = (Input(bytes), Vec::with_capacity(count));
    while numbers.len() < count {
        let left = count - numbers.len();
        match input.0.split_first_chunk::<8>() {
            Some((short, rest)) if left >= 8 && u64::from_le_bytes(*short) & MORE == 0 => {
                numbers.extend(short.iter().map(|byte| number(u64::from(*byte))));
                input.0 = rest;
            }
            _ => {
                for _ in 0..left.min(8) {
                    numbers.push(number(input.varint()?));
                }
            }
        }
    }
    Ok(numbers)
}

#[inline]
fn planes<T: Number>(bytes: &[u8], count: usize, mut number: impl FnMut(u64) -> T) -> Result<Vec<T>, Fault> {
    let planes = bytes.len() / count.max(1);
    if planes > 8 || planes * count != bytes.len() {
        return Err(Fault::Short);
    }
    if planes == 1 {
        return Ok(bytes.iter().map(|byte| number(u64::from(*byte))).collect());
    }
    let mut numbers = Vec::with_capacity(count);
    let mut block = [0u64; BLOCK];
    for start in (0..count).step_by(BLOCK) {
        let len = BLOCK.min(count - start);
        block.fill(0);
        for (plane, column) in bytes.chunks_exact(count).enumerate() {
            let column = column.get(start..start + len).unwrap_or_default();
            block.iter_mut().zip(column).for_each(|(value, byte)| *value |= u64::from(*byte) << (8 * plane));
        }
        numbers.extend(block.iter().take(len).map(|value| number(*value)));
    }
    Ok(numbers)
}

/// Rough numbers, made exact.
#[inline]
fn exact<T: Number>(bytes: &[u8], count: usize, mut number: impl FnMut(u64) -> T) -> Result<Vec<T>, Fault> {
    let (roughs, mut bits) = Bits::behind(bytes, count)?;
    let mut numbers = Vec::with_capacity(count);
    let (some, rest) = roughs.as_chunks();
    for roughs in some {
        numbers.extend(bits.exact_some(roughs).map(&mut number));
    }
    numbers.extend(rest.iter().map(|rough| number(bits.exact(*rough))));
    bits.finish()?;
    Ok(numbers)
}

/// The bits that rough numbers lack.
struct Bits {
    /// Zeros stand behind the end: whole words are read.
    bytes: Vec<u8>,
    /// The next bit.
    at: usize,
}

impl Bits {
    /// Those behind so many rough values, and these.
    fn behind(bytes: &[u8], count: usize) -> Result<(&[u8], Bits), Fault> {
        let (roughs, rest) = bytes.split_at_checked(count).ok_or(Fault::Short)?;
        let highest = roughs.iter().fold(0, |highest, rough| *rough.max(&highest));
        if highest > ROUGHEST {
            return Err(Fault::Value("rough value", u64::from(highest)));
        }
        Ok((roughs, Bits { bytes: [rest, &[0; 2 * WORD]].concat(), at: 0 }))
    }

    /// The next number, of which this is the rough value.
    #[inline]
    fn exact(&mut self, rough: u8) -> u64 {
        let (smallest, lacking) = ROUGH[usize::from(rough)];
        let bits = bits_at(&self.bytes, self.at, lacking);
        self.at += lacking as usize;
        smallest | bits
    }

    /// The next numbers: as a rule, what they lack is in one word.
    #[inline]
    fn exact_some(&mut self, roughs: &[u8; SOME]) -> [u64; SOME] {
        let parts = roughs.map(|rough| ROUGH[usize::from(rough)]);
        let lacking = parts.iter().fold(0, |sum, (_, lacking)| sum + lacking);
        if lacking > WORD as u32 * 7 {
            return roughs.map(|rough| self.exact(rough));
        }
        let mut word = word_at(&self.bytes, self.at / 8) >> (self.at % 8);
        self.at += lacking as usize;
        parts.map(|(smallest, lacking)| {
            let bits = word & !(u64::MAX << lacking);
            word >>= lacking;
            smallest | bits
        })
    }

    /// Whether all were taken, and none was missing.
    fn finish(self) -> Result<(), Fault> {
        if self.at.div_ceil(8) + 2 * WORD == self.bytes.len() { Ok(()) } else { Err(Fault::Short) }
    }
}

/// The smallest number of each rough value, and how many bits it lacks.
static ROUGH: [(u64, u32); 256] = {
    let (mut all, mut rough) = ([(0, 0); 256], 0);
    while rough <= ROUGHEST {
        all[rough as usize] = (smallest(rough), lacking(rough));
        rough += 1;
    }
    all
};

/// Bytes of a word.
const WORD: usize = 8;

/// So many rough numbers are made exact together.
const SOME: usize = 4;

/// So many bits, fewer than 64, from this bit on; zeros where there is no whole word.
#[inline]
fn bits_at(bytes: &[u8], at: usize, len: u32) -> u64 {
    let (byte, shift) = (at / 8, at as u32 % 8);
    let mut bits = word_at(bytes, byte) >> shift;
    if shift + len > 64 {
        bits |= word_at(bytes, byte + WORD) << (64 - shift);
    }
    bits & !(u64::MAX << len)
}

/// The word from here on.
#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u64::from_le_bytes(*word))
}
