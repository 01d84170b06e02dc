//! Numbers of seven bits a byte, the lowest first (LEB128), and how bytes are taken from a slice.

use crate::Fault;

/// In each of eight bytes the bit that says that the next one belongs to the same number.
pub(crate) const MORE: u64 = 0x8080_8080_8080_8080;

/// Appends a number.
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A signed number so that small ones, of either sign, are small.
#[inline]
pub(crate) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// The opposite of [`zigzag`].
#[inline]
pub(crate) fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// What is left of some bytes.
pub(crate) struct Input<'b>(pub &'b [u8]);

impl<'b> Input<'b> {
    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'b [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Fault::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A little-endian number.
    pub fn u32(&mut self) -> Result<u32, Fault> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Fault::Short)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    /// A number as [`put`] wrote it.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, Fault> {
        match self.0 {
            [number @ 0..0x80, rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(*number))
            }
            [low, high @ 0..0x80, rest @ ..] => {
                self.0 = rest;
                Ok(u64::from(low & 0x7f) | u64::from(*high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    /// The same of any length.
    fn long_varint(&mut self) -> Result<u64, Fault> {
        if let Some((word, _)) = self.0.split_first_chunk()
            && let word = u64::from_le_bytes(*word)
            && let ends @ 1.. = !word & MORE
        {
            self.0 = self.0.get(ends.trailing_zeros() as usize / 8 + 1..).unwrap_or_default();
            return Ok(closed_up(word & (ends ^ (ends - 1))));
        }
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(Fault::Short)?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Fault::Value("number", number))
    }
}

/// The lower seven bits of each byte, without gaps.
#[inline]
fn closed_up(word: u64) -> u64 {
    let sevens = word & !MORE;
    let pairs = sevens & 0x007f_007f_007f_007f | sevens >> 1 & 0x3f80_3f80_3f80_3f80;
    let fours = pairs & 0x0000_3fff_0000_3fff | pairs >> 2 & 0x0fff_c000_0fff_c000;
    fours & 0x0fff_ffff | fours >> 4 & 0x00ff_ffff_f000_0000
}

#[cfg(test)]
mod tests {
    use super::{Input, put};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_of_any_length_come_back(numbers in prop::collection::vec((any::<u64>(), 0..64u32), 0..20)) {
            let numbers: Vec<u64> = numbers.into_iter().map(|(number, shift)| number >> shift).collect();
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| put(&mut bytes, *number));
            let mut input = Input(&bytes);
            for number in &numbers {
                prop_assert_eq!(input.varint(), Ok(*number));
            }
            prop_assert!(input.0.is_empty());
            prop_assert!(input.varint().is_err());
        }
    }
}
