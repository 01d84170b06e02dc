//! A set of numbers that are mostly dense: one bit each, where there are any.

/// So many numbers stand together.
const PAGE: u64 = 1 << 16;

/// Numbers from 0.
#[derive(Debug, Default)]
pub struct Bits(Vec<Option<Box<[u64; PAGE as usize / 64]>>>);

impl Bits {
    /// Adds a number.
    pub fn insert(&mut self, number: u64) {
        let Ok(page) = usize::try_from(number / PAGE) else { return };
        if page >= self.0.len() {
            self.0.resize_with(page + 1, || None);
        }
        let page = self.0.get_mut(page).map(|page| page.get_or_insert_with(|| Box::new([0; PAGE as usize / 64])));
        if let Some(word) = page.and_then(|page| page.get_mut((number % PAGE / 64) as usize)) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether a number is in the set.
    pub fn contains(&self, number: u64) -> bool {
        let page = usize::try_from(number / PAGE).ok().and_then(|page| self.0.get(page)?.as_ref());
        let word = page.and_then(|page| page.get((number % PAGE / 64) as usize));
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
        let numbers = [0, 63, 64, 1000, 65_535, 65_536, 1_000_000];
        numbers.into_iter().for_each(|n| bits.insert(n));
        assert!((0..2_000_000).filter(|n| bits.contains(*n)).eq(numbers));
    }
}
