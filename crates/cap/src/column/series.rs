//! The numbers of a column as they are looked at: many columns say the same over and over.

use crate::numbers::Number;

/// The numbers of a column.
#[derive(Debug)]
pub enum Series<T> {
    /// All are the same; how many there are.
    Same(T, usize),
    /// Each fits a byte.
    Bytes(Vec<u8>),
    /// Any.
    Each(Vec<T>),
}

impl<T> Default for Series<T> {
    fn default() -> Self {
        Series::Each(Vec::new())
    }
}

impl<T: Number> Series<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Series::Same(_, count) => *count,
            Series::Bytes(bytes) => bytes.len(),
            Series::Each(numbers) => numbers.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them.
    #[inline]
    pub fn get(&self, at: usize) -> Option<T> {
        match self {
            Series::Same(number, count) => (at < *count).then_some(*number),
            Series::Bytes(bytes) => bytes.get(at).map(|byte| T::of((*byte).into())),
            Series::Each(numbers) => numbers.get(at).copied(),
        }
    }

    /// The number that all are, if that is known.
    pub fn same(&self) -> Option<T> {
        match self {
            Series::Same(number, _) => Some(*number),
            Series::Bytes(_) | Series::Each(_) => None,
        }
    }

    /// The highest; `None` if there are none.
    pub fn max(&self) -> Option<T>
    where
        T: Ord,
    {
        match self {
            Series::Same(number, count) => (*count > 0).then_some(*number),
            Series::Bytes(bytes) => {
                let highest = bytes.iter().fold(0, |highest, byte| *byte.max(&highest));
                (!bytes.is_empty()).then(|| T::of(highest.into()))
            }
            Series::Each(numbers) => numbers.iter().max().copied(),
        }
    }

    /// Looks at all of them, in order. Faster than [`Series::iter`] where there are many.
    #[inline]
    pub fn for_each(&self, mut then: impl FnMut(T)) {
        match self {
            Series::Same(number, count) => (0..*count).for_each(|_| then(*number)),
            Series::Bytes(bytes) => bytes.iter().for_each(|byte| then(T::of((*byte).into()))),
            Series::Each(numbers) => numbers.iter().for_each(|number| then(*number)),
        }
    }

    /// What each of them is made into.
    pub fn map<U: Clone>(&self, of: impl Fn(T) -> U) -> Vec<U> {
        match self {
            Series::Same(number, count) => vec![of(*number); *count],
            Series::Bytes(bytes) => bytes.iter().map(|byte| of(T::of((*byte).into()))).collect(),
            Series::Each(numbers) => numbers.iter().map(|number| of(*number)).collect(),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}
