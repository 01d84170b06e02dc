//! Numbers as a rough value, which compresses well, and the bits that it lacks, which do not.
//!
//! The rough value is a byte. 0 to 7 are these numbers. From 8 on, each four stand for numbers of one more bit (8 to
//! 11: of four bits): the highest bit is set, the next two are those of the rough value, the others are lacking.
//! Latencies of one kind of call lie near each other: their rough values are few, the bits behind them as good as
//! random.

/// Rough values that have no lacking bits.
const EXACT: u64 = 8;

/// The rough value of a number, and how many bits it lacks.
#[inline]
pub(super) fn rough(value: u64) -> (u8, u32) {
    if value < EXACT {
        return (value as u8, 0);
    }
    let lacking = 61 - value.leading_zeros();
    // The three highest bits: 4 to 7.
    ((4 * lacking + (value >> lacking) as u32) as u8, lacking)
}

/// How many bits a rough value lacks.
#[inline]
pub(super) const fn lacking(rough: u8) -> u32 {
    (rough as u32 / 4).saturating_sub(1)
}

/// The number of a rough value, with zeros for what it lacks. The three highest values stand for nothing.
pub(super) const fn smallest(rough: u8) -> u64 {
    let lacking = lacking(rough);
    (rough as u64 - 4 * lacking as u64) << lacking
}
