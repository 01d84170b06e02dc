//! Interned values as rows of fields, and back. Each kind of value lists its fields once, for both ways.

use crate::column::{Columns, Id, Stored};
use crate::strings::{Interned, Strings};
use crate::{Fault, Kind};
use capture_batch::{Id as Place, Text};
use std::sync::Arc;

/// One way of going through the fields of a value: writes each, or puts what was read in its place.
pub(super) trait Fields: Sized {
    /// A number.
    fn number(&mut self, value: &mut i64);

    /// Some text.
    fn text(&mut self, value: &mut Text);

    /// A list: the number of its items, then the fields of each.
    fn many<T: Clone + Default>(&mut self, items: &mut Vec<T>, each: impl FnMut(&mut Self, &mut T));

    /// A number without a sign.
    fn unsigned(&mut self, value: &mut u64) {
        self.other(value, |value| *value as i64, |number| number as u64);
    }

    /// A number of 32 bits.
    fn word(&mut self, value: &mut u32) {
        self.other(value, |value| i64::from(*value), |number| number as u32);
    }

    /// A number of 16 bits.
    fn short(&mut self, value: &mut u16) {
        self.other(value, |value| i64::from(*value), |number| number as u16);
    }

    /// Whether something is so.
    fn flag(&mut self, value: &mut bool) {
        self.other(value, |value| i64::from(*value), |number| number != 0);
    }

    /// The place of an interned value; -1 for none.
    fn place<T>(&mut self, value: &mut Place<T>) {
        self.other(value, |place| place_number(*place), place_of);
    }

    /// Whatever can be told by a number.
    fn other<T>(&mut self, value: &mut T, to: impl Fn(&T) -> i64, from: impl Fn(i64) -> T) {
        let before = to(value);
        let mut number = before;
        self.number(&mut number);
        if number != before {
            *value = from(number);
        }
    }

    /// Something that may be missing: a list of one item at most.
    fn maybe<T: Clone + Default>(&mut self, value: &mut Option<T>, each: impl FnMut(&mut Self, &mut T));

    /// Something shared that may be missing.
    fn shared<T: Clone + Default>(&mut self, value: &mut Option<Arc<T>>, each: impl FnMut(&mut Self, &mut T)) {
        let mut inner = value.as_deref().cloned();
        self.maybe(&mut inner, each);
        *value = inner.map(Arc::new);
    }

    /// A list of texts.
    fn texts(&mut self, items: &mut Vec<Text>) {
        self.many(items, Self::text);
    }

    /// A list of pairs of texts.
    fn pairs(&mut self, items: &mut Vec<(Text, Text)>) {
        self.many(items, |fields, (name, value)| {
            fields.text(name);
            fields.text(value);
        });
    }
}

/// The number of a place; -1 for none.
pub(crate) fn place_number<T>(place: Place<T>) -> i64 {
    if place.is_none() { -1 } else { place.index() as i64 }
}

/// The place with a number; none for one that no place has.
pub(crate) fn place_of<T>(number: i64) -> Place<T> {
    u32::try_from(number).map_or(Place::NONE, Place::new)
}

/// The values of one kind, field by field.
pub(super) struct Put<'s> {
    strings: &'s mut Interned,
    columns: Vec<Vec<i64>>,
    field: usize,
    /// Counts fields only.
    is_dry: bool,
}

impl<'s> Put<'s> {
    pub(super) fn new(strings: &'s mut Interned) -> Self {
        Put { strings, columns: Vec::new(), field: 0, is_dry: false }
    }

    /// Begins the next value.
    pub(super) fn next(&mut self) -> &mut Self {
        self.field = 0;
        self
    }

    /// Adds the columns to a set.
    pub(super) fn finish(self, kind: Kind, columns: &mut Columns<'_>) {
        for (code, values) in (0..).zip(self.columns) {
            columns.numbers(Id { kind, code, index: 0 }, &values);
        }
    }
}

impl Fields for Put<'_> {
    fn number(&mut self, value: &mut i64) {
        if self.columns.len() <= self.field {
            self.columns.resize_with(self.field + 1, Vec::new);
        }
        if let Some(column) = self.columns.get_mut(self.field).filter(|_| !self.is_dry) {
            column.push(*value);
        }
        self.field += 1;
    }

    fn text(&mut self, value: &mut Text) {
        let mut number = if self.is_dry { 0 } else { i64::from(self.strings.number(value)) };
        self.number(&mut number);
    }

    fn maybe<T: Clone + Default>(&mut self, value: &mut Option<T>, each: impl FnMut(&mut Self, &mut T)) {
        let mut items: Vec<T> = value.iter().cloned().collect();
        self.many(&mut items, each);
    }

    fn many<T: Clone + Default>(&mut self, items: &mut Vec<T>, mut each: impl FnMut(&mut Self, &mut T)) {
        self.number(&mut (items.len() as i64));
        let first = self.field;
        if !self.is_dry {
            for item in items {
                self.field = first;
                each(self, item);
            }
        }
        let was_dry = std::mem::replace(&mut self.is_dry, true);
        self.field = first;
        each(self, &mut T::default());
        self.is_dry = was_dry;
    }
}

/// The values of one kind, read field by field.
pub(super) struct Take<'s> {
    strings: &'s Strings,
    /// Strings that were named before, by their numbers.
    texts: Vec<Option<Text>>,
    columns: Vec<std::vec::IntoIter<i64>>,
    field: usize,
    is_dry: bool,
    /// Whether a column ended too early, or named a string that is not there.
    is_short: bool,
}

impl<'s> Take<'s> {
    pub(super) fn new(strings: &'s Strings) -> Self {
        Take { strings, texts: Vec::new(), columns: Vec::new(), field: 0, is_dry: false, is_short: false }
    }

    /// Reads all values of a kind that a section has, each into one that stands for no value.
    pub(super) fn section<T>(
        &mut self,
        kind: Kind,
        columns: &Stored<'_>,
        none: impl Fn() -> T,
        fields: impl Fn(&mut Self, &mut T),
        values: &mut Vec<T>,
    ) -> Result<(), Fault> {
        let count = columns.of(kind).map(|id| id.code).max().map_or(0, |last| last.saturating_add(1));
        let read = |code| Ok(columns.numbers::<i64>(Id { kind, code, index: 0 })?.into_iter());
        self.columns = (0..count).map(read).collect::<Result<_, Fault>>()?;
        while self.columns.first().is_some_and(|column| column.len() > 0) {
            self.field = 0;
            // Values are large: they are not moved.
            values.push(none());
            if let Some(value) = values.last_mut() {
                fields(self, value);
            }
            if self.is_short {
                values.pop();
                return Err(Fault::Uneven);
            }
        }
        Ok(())
    }

    fn known(&mut self, number: usize) -> Option<Text> {
        if let Some(Some(text)) = self.texts.get(number) {
            return Some(text.clone());
        }
        let text = Text::from(self.strings.get(number)?);
        if self.texts.len() <= number {
            self.texts.resize(self.strings.len(), None);
        }
        if let Some(known) = self.texts.get_mut(number) {
            *known = Some(text.clone());
        }
        Some(text)
    }

    /// Goes through the fields of an item that is not there.
    fn pass_over<T: Default>(&mut self, first: usize, mut each: impl FnMut(&mut Self, &mut T)) {
        let was_dry = std::mem::replace(&mut self.is_dry, true);
        self.field = first;
        each(self, &mut T::default());
        self.is_dry = was_dry;
    }
}

impl Fields for Take<'_> {
    fn number(&mut self, value: &mut i64) {
        if !self.is_dry {
            match self.columns.get_mut(self.field).and_then(Iterator::next) {
                Some(number) => *value = number,
                None => self.is_short = true,
            }
        }
        self.field += 1;
    }

    fn text(&mut self, value: &mut Text) {
        let mut number = 0;
        self.number(&mut number);
        if !self.is_dry {
            match usize::try_from(number).ok().and_then(|number| self.known(number)) {
                Some(text) => *value = text,
                None => self.is_short = true,
            }
        }
    }

    fn maybe<T: Clone + Default>(&mut self, value: &mut Option<T>, mut each: impl FnMut(&mut Self, &mut T)) {
        let mut count = 0;
        self.number(&mut count);
        if self.is_dry || count != 1 {
            self.is_short |= count > 1;
            return self.pass_over(self.field, each);
        }
        each(self, value.insert(T::default()));
    }

    fn many<T: Clone + Default>(&mut self, items: &mut Vec<T>, mut each: impl FnMut(&mut Self, &mut T)) {
        let mut count = 0;
        self.number(&mut count);
        let first = self.field;
        // Every item takes a value of some column: what a count claims beyond that ends with the columns.
        for _ in 0..if self.is_dry { 0 } else { count } {
            self.field = first;
            let mut item = T::default();
            each(self, &mut item);
            if self.is_short {
                break;
            }
            items.push(item);
        }
        self.pass_over(first, each);
    }
}
