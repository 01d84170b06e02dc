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
        any |= wide;
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
    let (roughs, rest) = bytes.split_at_checked(count).ok_or(Fault::Short)?;
    let bits: usize = roughs.iter().map(|rough| lacking(*rough) as usize).sum();
    if let Some(rough) = roughs.iter().find(|rough| **rough > ROUGHEST) {
        return Err(Fault::Value("rough value", u64::from(*rough)));
    }
    if bits.div_ceil(8) != rest.len() {
        return Err(Fault::Short);
    }
    let mut at = 0;
    let exact = |rough: &u8| {
        let lacking = lacking(*rough);
        let value = smallest(*rough) | bits_at(rest, at, lacking);
        at += lacking as usize;
        number(value)
    };
    Ok(roughs.iter().map(exact).collect())
}

/// So many bits, fewer than 64, from this bit on.
#[inline]
fn bits_at(bytes: &[u8], at: usize, len: u32) -> u64 {
    let (byte, shift) = (at / 8, at as u32 % 8);
    let low = word_at(bytes, byte) >> shift;
    let high = if shift + len > 64 { word_at(bytes, byte + 8) << (64 - shift) } else { 0 };
    (low | high) & ((1 << len) - 1)
}

/// The eight bytes from here on; zeros behind the end.
#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}
