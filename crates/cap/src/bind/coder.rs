//! Values as what they differ in from a prediction, and back: each column is described once, for both ways.

use crate::column::Symbols;
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

    /// How many of the next `most` symbols are 0, up to the first other one, as far as it is known beforehand. They are
    /// passed over: whoever asks knows what they stand for.
    fn zeros(&mut self, most: usize) -> usize {
        let _ = most;
        0
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
    symbols: Symbols,
    /// Whether there were too few.
    pub(super) is_short: bool,
}

impl Take {
    pub(super) fn new(symbols: Symbols) -> Self {
        Take { symbols, is_short: false }
    }

    /// Which of the first `most` symbols are not 0. If there are fewer, it is short.
    pub(super) fn marked(&mut self, most: usize) -> Vec<usize> {
        self.is_short |= self.symbols.len() < most;
        self.symbols.marked(most)
    }

    /// Goes on with another symbol, which is not before those that were read.
    pub(super) fn pass_to(&mut self, at: usize) {
        self.symbols.pass_to(at);
    }
}

impl Coder for Take {
    #[inline]
    fn value(&mut self, value: &mut i64, _: impl FnOnce(i64) -> i64, from: impl FnOnce(i64) -> i64) {
        match self.symbols.take() {
            Some(symbol) => *value = from(symbol),
            None => self.is_short = true,
        }
    }

    fn is_over(&self) -> bool {
        self.symbols.is_over()
    }

    #[inline]
    fn zeros(&mut self, most: usize) -> usize {
        self.symbols.take_zeros(most)
    }
}

/// The last values of contexts. The same few contexts come again and again: those that were asked for last are found
/// without looking among all.
struct LastValues<K> {
    recent: Vec<Recent<K>>,
    others: FxHashMap<K, i64>,
    /// In place of `recent` behind its end, where nobody looks.
    nowhere: Recent<K>,
}

/// A context with its last value; without a context, a place that is free.
#[derive(Clone)]
struct Recent<K> {
    context: Option<K>,
    value: i64,
}

/// How many contexts are looked at first, where it is not known how many there are: a power of two.
pub(super) const RECENT: usize = 2048;

/// More are never looked at first.
const MOST_RECENT: usize = 1 << 16;

impl<K: Copy> Default for LastValues<K> {
    fn default() -> Self {
        LastValues::with(RECENT)
    }
}

impl<K: Copy> LastValues<K> {
    /// `hints`: how many different hints there are. Where they count from 0, and are not too many, each has a place of
    /// its own.
    fn with(hints: usize) -> Self {
        let places = hints.clamp(1, MOST_RECENT).next_power_of_two();
        let free = Recent { context: None, value: 0 };
        LastValues { recent: vec![free.clone(); places], others: FxHashMap::default(), nowhere: free }
    }
}

impl<K: Hash + Eq + Copy> LastValues<K> {
    /// The last value of a context, to be changed; `first` if it is new. `hint`: a number that a context has, and
    /// hardly another one.
    #[inline]
    fn of(&mut self, (hint, context): (usize, K), first: i64) -> &mut i64 {
        let place = hint & (self.recent.len() - 1);
        let recent = self.recent.get_mut(place).unwrap_or(&mut self.nowhere);
        if recent.context != Some(context) {
            recent.bring(&mut self.others, context, first);
        }
        &mut recent.value
    }
}

impl<K: Hash + Eq> Recent<K> {
    /// Puts a context in the place of the one that is here, which goes to the others.
    #[cold]
    fn bring(&mut self, others: &mut FxHashMap<K, i64>, context: K, first: i64) {
        let value = others.remove(&context).unwrap_or(first);
        let before = std::mem::replace(self, Recent { context: Some(context), value });
        if let Some(context) = before.context {
            others.insert(context, before.value);
        }
    }
}

/// Predicts that a value is the same as the last one of its context.
pub(super) struct Last<K>(LastValues<K>);

impl<K: Copy> Default for Last<K> {
    fn default() -> Self {
        Last(LastValues::default())
    }
}

impl<K: Hash + Eq + Copy> Last<K> {
    /// `context`: with a hint ([`LastValues::of`]); `first`: what is predicted where it is new.
    #[inline]
    pub(super) fn code(&mut self, coder: &mut impl Coder, context: (usize, K), first: i64, value: &mut i64) {
        let last = self.0.of(context, first);
        coder.as_predicted(value, *last);
        if *last != *value {
            *last = *value;
        }
    }
}

/// Predicts that a value is the same as the last one of its type of events.
pub(super) struct LastOfType(Vec<i64>);

impl LastOfType {
    /// `codes`: the types of all events; `first`: what is predicted for the first event of a type.
    pub(super) fn new(codes: &[u16], first: impl Fn(u16) -> i64) -> Self {
        LastOfType((0..=codes.iter().copied().max().unwrap_or(0)).map(first).collect())
    }

    #[inline]
    pub(super) fn code(&mut self, coder: &mut impl Coder, code: u16, value: &mut i64) {
        if let Some(last) = self.0.get_mut(usize::from(code)) {
            coder.as_predicted(value, *last);
            // Most change nothing: not to write is faster here and below, since the next one reads the same place.
            if *last != *value {
                *last = *value;
            }
        }
    }

    /// The last value of a type; 0 for one that no event has.
    #[inline]
    pub(super) fn get(&self, code: u16) -> i64 {
        self.0.get(usize::from(code)).copied().unwrap_or(0)
    }
}

/// Predicts numbers of things that are numbered as they come: that of the last one of its context; where the context is
/// new, the next number that none has yet.
pub(super) struct Numbered<K> {
    last: LastValues<K>,
    highest: i64,
}

impl<K: Hash + Eq + Copy> Numbered<K> {
    /// `count`: how many have a number before; `hints`: how many hints contexts have.
    pub(super) fn new(count: i64, hints: usize) -> Self {
        Numbered { last: LastValues::with(hints), highest: count.wrapping_sub(1) }
    }

    /// The value that the symbol 0 stands for.
    #[inline]
    pub(super) fn predicted(&mut self, context: (usize, K)) -> i64 {
        let value = *self.last.of(context, self.highest.wrapping_add(1));
        self.highest = self.highest.max(value);
        value
    }

    /// 0 for the predicted number, 1 for the next one that none has yet, else the distance to the highest one.
    /// `context`: with a hint ([`LastValues::of`]).
    #[inline]
    pub(super) fn code(&mut self, coder: &mut impl Coder, context: (usize, K), value: &mut i64) {
        let (highest, next) = (self.highest, self.highest.wrapping_add(1));
        let last = self.last.of(context, next);
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
