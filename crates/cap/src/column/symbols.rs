//! The numbers of a column of which most are 0, as they are taken one after the other.

use crate::numbers::Others;

/// The numbers of a column.
#[derive(Debug, Default)]
pub struct Symbols {
    len: usize,
    /// What all are that are not among the others.
    rest: i64,
    others: Others,
    /// The next one.
    at: usize,
    /// The first of the others that is not before it.
    other: usize,
}

impl Symbols {
    pub(super) fn same(number: i64, len: usize) -> Symbols {
        Symbols { len, rest: number, ..Symbols::default() }
    }

    pub(super) fn of(others: Others, len: usize) -> Symbols {
        Symbols { len, others, ..Symbols::default() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether all were taken.
    pub fn is_over(&self) -> bool {
        self.at >= self.len
    }

    /// Takes the next one; `None` if all were.
    #[inline]
    pub fn take(&mut self) -> Option<i64> {
        if self.at >= self.len {
            return None;
        }
        let is_other = self.others.places.get(self.other).is_some_and(|place| *place as usize == self.at);
        self.at += 1;
        if !is_other {
            return Some(self.rest);
        }
        self.other += 1;
        self.others.numbers.get(self.other - 1).copied()
    }

    /// Takes those of the next `most` that are 0, up to the first other one: how many these are.
    #[inline]
    pub fn take_zeros(&mut self, most: usize) -> usize {
        if self.rest != 0 {
            return 0;
        }
        let end = self.at.saturating_add(most).min(self.len);
        let next = self.others.places.get(self.other).map_or(end, |place| end.min(*place as usize));
        let zeros = next.saturating_sub(self.at);
        self.at += zeros;
        zeros
    }

    /// Goes on with another one, which is not before those that were taken.
    pub fn pass_to(&mut self, at: usize) {
        self.at = at;
        let passed = self.others.places.get(self.other..).unwrap_or_default();
        self.other += passed.iter().take_while(|place| (**place as usize) < at).count();
    }

    /// Which of the first `most` are not 0.
    pub fn marked(&self, most: usize) -> Vec<usize> {
        let most = most.min(self.len);
        if self.rest != 0 {
            return (0..most).collect();
        }
        self.others.places.iter().map(|place| *place as usize).take_while(|place| *place < most).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Symbols;
    use crate::numbers::Others;

    fn all(mut symbols: Symbols) -> Vec<i64> {
        std::iter::from_fn(|| symbols.take()).collect()
    }

    fn some() -> Symbols {
        Symbols::of(Others { places: vec![1, 4, 5], numbers: vec![7, -8, 9] }, 8)
    }

    #[test]
    fn they_are_taken_one_after_the_other() {
        assert_eq!(all(some()), [0, 7, 0, 0, -8, 9, 0, 0]);
        assert_eq!(all(Symbols::same(3, 2)), [3, 3]);
        assert_eq!((all(Symbols::default()), Symbols::default().is_over()), (vec![], true));
    }

    #[test]
    fn zeros_are_taken_at_once() {
        let mut symbols = some();
        let mut taken = Vec::new();
        while !symbols.is_over() {
            taken.push((symbols.take_zeros(2) as i64, symbols.take()));
        }
        assert_eq!(taken, [(1, Some(7)), (2, Some(-8)), (0, Some(9)), (2, None)]);
        assert_eq!(Symbols::same(0, 5).take_zeros(9), 5);
        assert_eq!(Symbols::same(1, 5).take_zeros(9), 0);
    }

    #[test]
    fn some_are_passed_over() {
        let mut symbols = some();
        symbols.pass_to(4);
        assert_eq!((symbols.take(), symbols.take_zeros(8)), (Some(-8), 0));
        symbols.pass_to(6);
        assert_eq!((symbols.take_zeros(8), symbols.take()), (2, None));
        assert_eq!((some().marked(5), Symbols::same(2, 3).marked(9)), (vec![1, 4], vec![0, 1, 2]));
        assert!(Symbols::same(0, 3).marked(9).is_empty());
    }
}
