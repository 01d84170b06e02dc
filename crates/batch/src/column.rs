//! One column of a batch.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One column of a batch: a list, which may be put together only when somebody looks at it.
pub struct Column<T> {
    here: Vec<T>,
    /// What stands for `here` until somebody changes it.
    late: Option<Late<T>>,
}

/// Values that come with the first look.
struct Late<T> {
    values: OnceLock<Vec<T>>,
    load: Box<dyn Fn() -> Vec<T> + Send + Sync>,
    one: One<T>,
    /// How many values were given one by one.
    looks: AtomicUsize,
}

/// Whoever looks at more values is given the list: a value alone takes several times as long as one among all.
const FEW: usize = 16_384;

/// What gives the value in a place, while the others are not there; `None` if nothing can.
type One<T> = Option<Box<dyn Fn(usize) -> Option<T> + Send + Sync>>;

impl<T> Column<T> {
    /// An empty column with room for so many values.
    pub fn with_capacity(values: usize) -> Self {
        Column::from(Vec::with_capacity(values))
    }

    /// A column that `load` gives when somebody looks at it first.
    pub fn late(load: impl Fn() -> Vec<T> + Send + Sync + 'static) -> Self {
        let (values, looks) = Default::default();
        Column { here: Vec::new(), late: Some(Late { values, load: Box::new(load), one: None, looks }) }
    }

    /// The same, where `one` gives the value in a place, `None` behind the end, without putting the list together.
    pub fn late_or_one(
        load: impl Fn() -> Vec<T> + Send + Sync + 'static,
        one: impl Fn(usize) -> Option<T> + Send + Sync + 'static,
    ) -> Self {
        let mut column = Column::late(load);
        if let Some(late) = &mut column.late {
            late.one = Some(Box::new(one));
        }
        column
    }
}

impl<T: Copy> Column<T> {
    /// The value in a place; `None` behind the end. Who looks at few of them need not wait for all.
    #[inline]
    pub fn value(&self, at: usize) -> Option<T> {
        match &self.late {
            None => self.here.get(at).copied(),
            Some(late) => late.value(at),
        }
    }
}

impl<T: Copy> Late<T> {
    /// Counts a look: whether there were few. Looks at the same moment may count as one.
    #[inline]
    fn is_few(&self) -> bool {
        let looks = self.looks.load(Ordering::Relaxed);
        self.looks.store(looks + 1, Ordering::Relaxed);
        looks < FEW
    }

    fn value(&self, at: usize) -> Option<T> {
        match (self.values.get(), &self.one) {
            (Some(values), _) => values.get(at).copied(),
            (None, Some(one)) if self.is_few() => one(at),
            (None, _) => self.values.get_or_init(&self.load).get(at).copied(),
        }
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(here: Vec<T>) -> Self {
        Column { here, late: None }
    }
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column::from(Vec::new())
    }
}

impl<T> Deref for Column<T> {
    type Target = Vec<T>;

    #[inline]
    fn deref(&self) -> &Vec<T> {
        match &self.late {
            None => &self.here,
            Some(late) => late.values.get_or_init(&late.load),
        }
    }
}

impl<T> DerefMut for Column<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<T> {
        if self.late.is_some() {
            self.look();
        }
        &mut self.here
    }
}

impl<T> Column<T> {
    /// Puts it together.
    #[cold]
    fn look(&mut self) {
        if let Some(late) = self.late.take() {
            self.here = late.values.into_inner().unwrap_or_else(late.load);
        }
    }
}

impl<T> IntoIterator for Column<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(mut self) -> Self::IntoIter {
        std::mem::take(&mut *self).into_iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Column;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_late_column_is_put_together_once_and_only_if_looked_at() {
        let looks = Arc::new(AtomicUsize::new(0));
        let column = || {
            let looks = looks.clone();
            Column::late(move || {
                looks.fetch_add(1, Ordering::Relaxed);
                vec![1, 2]
            })
        };
        drop(column());
        assert_eq!(looks.load(Ordering::Relaxed), 0);
        let mut late = column();
        assert_eq!((late.len(), late.get(1)), (2, Some(&2)));
        late.push(3);
        assert_eq!((&*late, looks.load(Ordering::Relaxed)), (&vec![1, 2, 3], 1));
        assert!(column().into_iter().eq([1, 2]));
    }

    #[test]
    fn a_value_is_the_same_alone_and_among_all() {
        let looks = Arc::new(AtomicUsize::new(0));
        let counted = looks.clone();
        let load = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            vec![5, 6]
        };
        let late = Column::late_or_one(load, |at| [5, 6].get(at).copied());
        let values = || [0, 1, 2].map(|at| late.value(at));
        let alone = values();
        assert_eq!((alone, looks.load(Ordering::Relaxed)), ([Some(5), Some(6), None], 0));
        assert!((0..super::FEW).all(|_| values() == alone));
        assert_eq!((late.len(), values(), looks.load(Ordering::Relaxed)), (2, alone, 1));
        assert_eq!([0, 1, 2].map(|at| Column::from(vec![5, 6]).value(at)), alone);
        assert_eq!([0, 1, 2].map(|at| Column::late(|| vec![5, 6]).value(at)), alone);
    }
}
