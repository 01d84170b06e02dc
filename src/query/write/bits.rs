//! A set of numbers that are mostly dense: one bit each.

/// Numbers from 0.
#[derive(Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Adds a number.
    pub fn insert(&mut self, number: u64) {
        let Ok(word) = usize::try_from(number / 64) else { return };
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether a number is in the set.
    pub fn contains(&self, number: u64) -> bool {
        let word = usize::try_from(number / 64).ok().and_then(|word| self.0.get(word));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn holds_what_was_put_in() {
        let mut bits = Bits::default();
        assert!(!bits.contains(0));
        [0, 63, 64, 1000].into_iter().for_each(|n| bits.insert(n));
        assert!((0..2000).filter(|n| bits.contains(*n)).eq([0, 63, 64, 1000]));
    }
}
