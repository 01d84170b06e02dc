//! Values as what they differ in from a prediction, and back: each column is described once, for both ways.

use crate::column::Series;
use crate::varint::{unzigzag, zigzag};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// One way of going through the values of a column.
pub(super) trait Coder {
    /// Writes a value as a symbol, or puts the value of the next symbol in its place.
    fn value(&mut self, value: &mut i64, to: impl FnOnce(i64) -> i64, from: impl FnOnce(i64) -> i64);

    /// Whether there is no next symbol to be read.
    fn is_over(&self) -> bool {
        false
    }

    /// A value as the difference to a prediction.
    #[inline]
    fn near(&mut self, value: &mut i64, predicted: i64) {
        let to = |value: i64| value.wrapping_sub(predicted);
        self.value(value, to, |symbol| symbol.wrapping_add(predicted));
    }

    /// A value that is the predicted one as a rule: 0; else one more than what [`zigzag`] makes of it.
    #[inline]
    fn as_predicted(&mut self, value: &mut i64, predicted: i64) {
        let to = |value| if value == predicted { 0 } else { (zigzag(value) as i64).wrapping_add(1) };
        let from = |symbol: i64| if symbol == 0 { predicted } else { unzigzag(symbol.wrapping_sub(1) as u64) };
        self.value(value, to, from);
    }
}

/// Writes symbols.
#[derive(Default)]
pub(super) struct Put(pub(super) Vec<i64>);

impl Coder for Put {
    fn value(&mut self, value: &mut i64, to: impl FnOnce(i64) -> i64, _: impl FnOnce(i64) -> i64) {
        self.0.push(to(*value));
    }
}

/// Reads symbols.
pub(super) struct Take {
    symbols: Series<i64>,
    /// The next one.
    at: usize,
    /// Whether there were too few.
    pub(super) is_short: bool,
}

impl Take {
    pub(super) fn new(symbols: Series<i64>) -> Self {
        Take { symbols, at: 0, is_short: false }
    }

    /// Whether all symbols are 0, and there are at least so many.
    pub(super) fn are_zero(&self, count: usize) -> bool {
        self.symbols.same() == Some(0) && self.symbols.len() >= count
    }
}

impl Coder for Take {
    #[inline]
    fn value(&mut self, value: &mut i64, _: impl FnOnce(i64) -> i64, from: impl FnOnce(i64) -> i64) {
        match self.symbols.get(self.at) {
            Some(symbol) => {
                *value = from(symbol);
                self.at += 1;
            }
            None => self.is_short = true,
        }
    }

    fn is_over(&self) -> bool {
        self.at >= self.symbols.len()
    }
}

/// Finds what is kept for contexts: the same few come again and again, so the last ones that were asked for are looked at
/// before all are.
struct Slots<K> {
    recent: Vec<Option<(K, u32)>>,
    all: FxHashMap<K, u32>,
}

/// How many contexts are looked at first.
const RECENT: usize = 2048;

impl<K> Default for Slots<K> {
    fn default() -> Self {
        Slots { recent: Vec::new(), all: FxHashMap::default() }
    }
}

impl<K: Hash + Eq + Copy> Slots<K> {
    /// The place of a context: they are numbered from 0 as they come. `hint`: any number that tells contexts apart well.
    #[inline]
    fn of(&mut self, hint: usize, context: K) -> usize {
        match self.recent.get(hint % RECENT) {
            Some(Some((known, slot))) if *known == context => *slot as usize,
            _ => self.look_up(hint, context),
        }
    }

    fn look_up(&mut self, hint: usize, context: K) -> usize {
        if self.recent.is_empty() {
            self.recent.resize(RECENT, None);
        }
        let next = self.all.len() as u32;
        let slot = *self.all.entry(context).or_insert(next);
        if let Some(recent) = self.recent.get_mut(hint % RECENT) {
            *recent = Some((context, slot));
        }
        slot as usize
    }
}

/// Predicts that a value is the same as the last one of its context.
pub(super) struct Last<K> {
    slots: Slots<K>,
    values: Vec<i64>,
}

impl<K> Default for Last<K> {
    fn default() -> Self {
        Last { slots: Slots::default(), values: Vec::new() }
    }
}

impl<K: Hash + Eq + Copy> Last<K> {
    /// `first`: what is predicted where the context is new; `hint`: tells contexts apart well.
    #[inline]
    pub(super) fn code(&mut self, coder: &mut impl Coder, (hint, context): (usize, K), first: i64, value: &mut i64) {
        let slot = self.slots.of(hint, context);
        if slot >= self.values.len() {
            self.values.push(first);
        }
        if let Some(last) = self.values.get_mut(slot) {
            coder.as_predicted(value, *last);
            if *last != *value {
                *last = *value;
            }
        }
    }
}

/// Predicts that a value is the same as the last one of its type of events.
#[derive(Default)]
pub(super) struct LastOfType(Vec<Option<i64>>);

impl LastOfType {
    /// `first`: what is predicted for the first event of a type.
    #[inline]
    pub(super) fn code(&mut self, coder: &mut impl Coder, code: u16, first: i64, value: &mut i64) {
        let place = usize::from(code);
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        if let Some(last) = self.0.get_mut(place) {
            coder.as_predicted(value, last.unwrap_or(first));
            // Most change nothing: not to write is faster here and below, since the next one reads the same place.
            if *last != Some(*value) {
                *last = Some(*value);
            }
        }
    }
}

/// Predicts numbers of things that are numbered as they come: that of the last one of its context; where the context is
/// new, the next number that none has yet.
pub(super) struct Numbered<K> {
    slots: Slots<K>,
    values: Vec<i64>,
    highest: i64,
}

impl<K: Hash + Eq + Copy> Numbered<K> {
    /// `count`: how many have a number before.
    pub(super) fn new(count: i64) -> Self {
        Numbered { slots: Slots::default(), values: Vec::new(), highest: count.wrapping_sub(1) }
    }

    /// 0 for the predicted number, 1 for the next one that none has yet, else the distance to the highest one. `hint`:
    /// tells contexts apart well.
    #[inline]
    pub(super) fn code(&mut self, coder: &mut impl Coder, (hint, context): (usize, K), value: &mut i64) {
        let (highest, next) = (self.highest, self.highest.wrapping_add(1));
        let slot = self.slots.of(hint, context);
        if slot >= self.values.len() {
            self.values.push(next);
        }
        let Some(last) = self.values.get_mut(slot) else { return };
        let predicted = *last;
        let to = |value: i64| match value {
            _ if value == predicted => 0,
            _ if value == next => 1,
            _ => (zigzag(highest.wrapping_sub(value)) as i64).wrapping_add(2),
        };
        let from = |symbol: i64| match symbol {
            0 => predicted,
            1 => next,
            _ => highest.wrapping_sub(unzigzag(symbol.wrapping_sub(2) as u64)),
        };
        coder.value(value, to, from);
        if *last != *value {
            *last = *value;
        }
        self.highest = highest.max(*value);
    }
}
