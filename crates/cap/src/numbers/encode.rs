//! Numbers to bytes.

use super::Coding;
use super::rough::rough;
use crate::varint::{put, zigzag};

/// Numbers, of which there are some, and what decides how they can be coded.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<'v> {
    values: &'v [i64],
    /// Some are negative: they are made unsigned before they are coded.
    pub is_signed: bool,
    /// All bits that are set in any, made unsigned.
    all: u64,
    is_constant: bool,
}

impl<'v> Numbers<'v> {
    pub fn new(values: &'v [i64]) -> Numbers<'v> {
        let first = values.first().copied().unwrap_or(0);
        let (mut or, mut differences, mut zigzags) = (0, 0, 0);
        for value in values {
            or |= *value;
            differences |= *value ^ first;
            zigzags |= zigzag(*value);
        }
        let is_signed = or < 0;
        Numbers { values, is_signed, all: if is_signed { zigzags } else { or as u64 }, is_constant: differences == 0 }
    }

    /// Some of them, which are to speak for all.
    pub fn sample(self, most: usize) -> Numbers<'v> {
        let start = self.values.len().saturating_sub(most) / 2;
        Numbers { values: self.values.get(start..).unwrap_or_default().get(..most).unwrap_or(self.values), ..self }
    }

    /// The codings that may suit them.
    pub fn codings(self) -> &'static [Coding] {
        match self {
            Numbers { is_constant: true, .. } => &[Coding::Constant],
            // Of one byte, as varints are of numbers this small.
            Numbers { all: 0..0x80, .. } => &[Coding::Planes, Coding::Delta],
            _ => &[Coding::Planes, Coding::Varint, Coding::Delta, Coding::Rough],
        }
    }

    #[inline]
    fn unsigned(self) -> impl Iterator<Item = u64> + Clone {
        self.values.iter().map(move |value| if self.is_signed { zigzag(*value) } else { *value as u64 })
    }
}

/// Appends the numbers as bytes. How many of these are worth compressing: the rest is as good as random.
pub(crate) fn encode(coding: Coding, numbers: Numbers<'_>, out: &mut Vec<u8>) -> usize {
    let start = out.len();
    match coding {
        Coding::Constant => numbers.unsigned().take(1).for_each(|value| put(out, value)),
        Coding::Varint => numbers.unsigned().for_each(|value| put(out, value)),
        Coding::Delta => {
            let mut before = 0;
            for value in numbers.values {
                put(out, zigzag(value.wrapping_sub(before)));
                before = *value;
            }
        }
        Coding::Planes => {
            for plane in 0..(64 - numbers.all.leading_zeros()).div_ceil(8) {
                out.extend(numbers.unsigned().map(|value| (value >> (8 * plane)) as u8));
            }
        }
        Coding::Rough => {
            out.extend(numbers.unsigned().map(|value| rough(value).0));
            put_lacking(numbers, out);
            return numbers.values.len();
        }
    }
    out.len() - start
}

/// Appends the bits that rough values lack.
fn put_lacking(numbers: Numbers<'_>, out: &mut Vec<u8>) {
    // What is not appended yet: `count` bits, fewer than 64.
    let (mut held, mut count) = (0u64, 0u32);
    for value in numbers.unsigned() {
        let (_, bits) = rough(value);
        let low = value & ((1 << bits) - 1);
        held |= low << count;
        count += bits;
        if count >= 64 {
            out.extend_from_slice(&held.to_le_bytes());
            count -= 64;
            // `bits` is more than `count`, since fewer than 64 were held.
            held = low >> (bits - count);
        }
    }
    let bytes = held.to_le_bytes();
    out.extend(bytes.iter().take(count.div_ceil(8) as usize));
}
