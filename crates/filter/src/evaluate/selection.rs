//! A set of rows of a batch.

/// A set of rows of a batch, one bit each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    words: Vec<u64>,
    len: usize,
}

impl Selection {
    /// No row of a batch with `len` rows.
    pub fn none(len: usize) -> Self {
        Selection { words: vec![0; len.div_ceil(64)], len }
    }

    /// Every row of a batch with `len` rows.
    pub fn all(len: usize) -> Self {
        let mut all = Selection { words: vec![u64::MAX; len.div_ceil(64)], len };
        if let Some(last) = all.words.last_mut() {
            *last >>= (64 - len % 64) % 64;
        }
        all
    }

    /// The rows of a batch with `len` rows for which `wanted` holds.
    pub fn with(len: usize, mut wanted: impl FnMut(&usize) -> bool) -> Self {
        let mut selection = Selection::none(len);
        for (word, first) in selection.words.iter_mut().zip((0..).step_by(64)) {
            for row in first..len.min(first + 64) {
                *word |= u64::from(wanted(&row)) << (row - first);
            }
        }
        selection
    }

    /// The rows whose value in a column of the batch is wanted.
    pub fn by_value<T>(column: &[T], wanted: impl Fn(&T) -> bool) -> Self {
        let word = |values: &[T]| values.iter().rev().fold(0, |word, value| word << 1 | u64::from(wanted(value)));
        Selection { words: column.chunks(64).map(word).collect(), len: column.len() }
    }

    /// Those of its rows for which `wanted` holds. Asks in their order.
    pub fn filter(&self, mut wanted: impl FnMut(usize) -> bool) -> Self {
        let of_word = |(word, rows): (usize, &u64)| match *rows {
            0 => 0,
            u64::MAX => (0..64).fold(0, |found, bit| found | u64::from(wanted(word * 64 + bit)) << bit),
            some => Bits(some).fold(0, |found, bit| found | u64::from(wanted(word * 64 + bit)) << bit),
        };
        Selection { words: self.words.iter().enumerate().map(of_word).collect(), len: self.len }
    }

    /// How many rows the batch has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many rows are in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no row is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Whether a row is in the set.
    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The first row in the set from a row on.
    pub fn next(&self, from: usize) -> Option<usize> {
        let rest = self.words.get(from / 64..)?;
        let first = rest.first()? & (u64::MAX << (from % 64));
        let words = std::iter::once(first).chain(rest.iter().skip(1).copied());
        let (i, word) = words.enumerate().find(|(_, word)| *word != 0)?;
        Some((from / 64 + i) * 64 + word.trailing_zeros() as usize)
    }

    /// Adds a row. One that the batch does not have is not added.
    pub fn insert(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64).filter(|_| row < self.len) {
            *word |= 1 << (row % 64);
        }
    }

    /// Adds the rows of another set of the same batch.
    pub fn add(&mut self, other: &Selection) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Takes out the rows of another set of the same batch.
    pub fn remove(&mut self, other: &Selection) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Takes out the rows that are not in another set of the same batch.
    pub fn keep(&mut self, other: &Selection) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// The rows in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(i, &word)| Bits(word).map(move |bit| i * 64 + bit))
    }
}

/// The places of the bits set in a word, ascending.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bit = self.0.trailing_zeros() as usize;
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn sets_have_exactly_the_rows_of_the_batch() {
        for len in [0, 1, 63, 64, 65, 128, 1000] {
            let all = Selection::all(len);
            assert_eq!((all.count(), all.is_empty()), (len, len == 0));
            assert!(all.iter().eq(0..len));
            let odd = Selection::with(len, |row| row % 2 == 1);
            let mut even = all.clone();
            even.remove(&odd);
            assert!(even.iter().eq((0..len).step_by(2)));
            let next = |row: usize| Some(row + row % 2).filter(|next| *next < len);
            assert!((0..len + 130).all(|row| even.next(row) == next(row)));
            let mut both = all.clone();
            both.keep(&odd);
            assert_eq!(both, odd);
            both.keep(&even);
            assert!(both.is_empty());
            even.add(&odd);
            assert_eq!(even, all);
            assert!(!all.contains(len));
        }
        let mut none = Selection::none(10);
        none.insert(10);
        assert!(none.is_empty());
    }
}
