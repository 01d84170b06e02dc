//! Parameters by type of event: where the value of each event stands.

use super::heads::{Calls, NO_ROW};
use super::values::Values;
use crate::column::{Id, Series, Stored};
use crate::{Fault, Kind};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The events of a batch by type.
#[derive(Default)]
pub struct Rows {
    /// The distinct types: those of [`Calls::types`].
    pub types: Vec<OfType>,
    /// The rows of all events, type by type, those of each in the order of the columns ([`Calls::order`]).
    rows: Vec<u32>,
    /// Where each event is among them.
    places: Vec<u32>,
}

/// The events of a type.
pub struct OfType {
    /// The type.
    pub code: u16,
    /// How many parameters each has.
    pub counts: Series<u16>,
    /// The most and the fewest parameters of any.
    most: u16,
    fewest: u16,
    /// Where their rows are among those of all types.
    rows: Range<usize>,
    /// The place of the type of the enter events whose calls they end; `None` if there is none in the batch.
    enter: Option<usize>,
}

impl OfType {
    /// The most parameters of any.
    pub fn most(&self) -> u16 {
        self.most
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether all have a parameter.
    fn all_have(&self, index: u16) -> bool {
        self.fewest > index
    }

    /// Whether one of them has a parameter.
    fn has(&self, nth: usize, index: u16) -> bool {
        self.all_have(index) || self.counts.get(nth).is_some_and(|count| count > index)
    }
}

impl Rows {
    /// Sorts the events of a batch.
    pub fn read(columns: &Stored<'_>, calls: &Calls) -> Result<Rows, Fault> {
        let enters: FxHashMap<u16, usize> = calls.types.iter().copied().zip(0..).collect();
        let (mut end, mut types) = (0usize, Vec::with_capacity(calls.types.len()));
        for code in &calls.types {
            let counts: Series<u16> = columns.series(Id { kind: Kind::Count, code: *code, index: 0 })?;
            let (most, fewest) = match counts.same() {
                Some(count) => (count, count),
                None => (counts.max().unwrap_or(0), counts.iter().min().unwrap_or(0)),
            };
            let rows = end..end.checked_add(counts.len()).ok_or(Fault::Uneven)?;
            end = rows.end;
            let enter = code.checked_sub(1).and_then(|code| enters.get(&code)).copied();
            types.push(OfType { code: *code, counts, most, fewest, rows, enter });
        }
        if end != calls.order.len() {
            return Err(Fault::Uneven);
        }
        let (mut rows, mut places) = (vec![0; end], vec![0; end]);
        let mut next: Vec<usize> = types.iter().map(|of_type| of_type.rows.start).collect();
        for row in &calls.order {
            let at = *row as usize;
            if let Some(next) = calls.places.get(at).and_then(|place| next.get_mut(usize::from(*place)))
                && let (Some(to), Some(place)) = (rows.get_mut(*next), places.get_mut(at))
            {
                (*to, *place) = (*row, *next as u32);
                *next += 1;
            }
        }
        // Each type has as many as it says, and none has the rows of another one.
        if types.iter().zip(next).any(|(of_type, next)| of_type.rows.end != next) {
            return Err(Fault::Uneven);
        }
        Ok(Rows { types, rows, places })
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows of the events of a type, in the order of the columns.
    pub fn of(&self, of_type: &OfType) -> &[u32] {
        self.rows.get(of_type.rows.clone()).unwrap_or_default()
    }

    /// How many parameters an event has; 0 for one that is not there.
    pub fn count(&self, calls: &Calls, row: u32) -> u16 {
        let count = |(place, nth): (usize, usize)| self.types.get(place)?.counts.get(nth);
        self.place(calls, row).and_then(count).unwrap_or(0)
    }

    /// The place of a row's type, and which of its events it is, from 0, in the order of the columns.
    #[inline]
    pub fn place(&self, calls: &Calls, row: u32) -> Option<(usize, usize)> {
        let place = usize::from(*calls.places.get(row as usize)?);
        Some((place, self.nth(self.types.get(place)?, row)?))
    }

    /// Which of the events of its type a row is.
    #[inline]
    pub fn nth(&self, of_type: &OfType, row: u32) -> Option<usize> {
        (*self.places.get(row as usize)? as usize).checked_sub(of_type.rows.start)
    }

    /// The type of the enter events whose calls the events of a type end, with its place; `None` if there is none in
    /// the batch.
    pub fn entered(&self, of_type: &OfType) -> Option<(usize, &OfType)> {
        Some((of_type.enter?, self.types.get(of_type.enter?)?))
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Here in the parameter's values.
    Here(usize),
    /// It is that of the enter event's parameter.
    Enter,
    /// The event has no such parameter.
    Absent,
}

/// One parameter of the events of a type.
#[derive(Debug, Default)]
pub struct Param {
    /// The values that are stored.
    pub values: Values,
    /// The parameter of the enter event that it may be the same as; `None` if it is no such parameter.
    pub same_as: Option<u16>,
    /// For each event of the type the place of its value, or [`SAME`] or [`ABSENT`]. Empty if all are in order.
    places: Vec<u32>,
}

/// In place of a place: it is as the enter event has it.
const SAME: u32 = u32::MAX;

/// In place of a place: the event has no such parameter.
const ABSENT: u32 = u32::MAX - 1;

impl Param {
    /// Reads a parameter of the events of a type.
    pub fn read(
        columns: &Stored<'_>,
        calls: &Calls,
        rows: &Rows,
        of_type: &OfType,
        index: u16,
    ) -> Result<Param, Fault> {
        let code = of_type.code;
        let id = |kind| Id { kind, code, index };
        let same: Series<u8> = columns.series(id(Kind::Same))?;
        if same.is_empty() && of_type.all_have(index) {
            let values = Values::read(columns, code, index, of_type.len())?;
            return Ok(Param { values, same_as: None, places: Vec::new() });
        }
        let same_as = match same.is_empty() {
            true => None,
            false => Some(*columns.numbers(id(Kind::SameAs))?.first().ok_or(Fault::Uneven)?),
        };
        // What an enter event has stands there, and nowhere else.
        let of_enter = |same_as| Some(Id { kind: Kind::Same, code: code.checked_sub(1)?, index: same_as });
        if same_as.and_then(of_enter).is_some_and(|enter| columns.has(enter)) {
            return Err(Fault::Uneven);
        }
        let given = rows.entered(of_type).zip(same_as);
        let is_given = |row: u32| {
            let enter = calls.enters.get(row as usize).copied().filter(|enter| *enter != NO_ROW);
            let Some((((_, entered), same_as), enter)) = given.zip(enter) else { return false };
            rows.nth(entered, enter).is_some_and(|nth| entered.has(nth, same_as))
        };
        let (mut values, mut asked, mut places) = (0, 0, Vec::with_capacity(of_type.len()));
        for (nth, row) in rows.of(of_type).iter().enumerate() {
            if !of_type.has(nth, index) {
                places.push(ABSENT);
                continue;
            }
            if is_given(*row) {
                asked += 1;
                if same.get(asked - 1).ok_or(Fault::Uneven)? != 0 {
                    places.push(SAME);
                    continue;
                }
            }
            places.push(values);
            values += 1;
        }
        let values = Values::read(columns, code, index, values as usize)?;
        Ok(Param { values, same_as, places })
    }

    /// Where the value of an event of the type stands.
    #[inline]
    pub fn source(&self, nth: usize) -> Source {
        match self.places.get(nth) {
            Some(&SAME) => Source::Enter,
            Some(&ABSENT) => Source::Absent,
            Some(place) => Source::Here(*place as usize),
            None => Source::Here(nth),
        }
    }
}
