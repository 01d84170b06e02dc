//! Parameters by type of event: where the value of each event stands.

use super::heads::{Calls, NO_ROW};
use super::values::Values;
use crate::column::{Id, Series, Stored};
use crate::{Fault, Kind};

/// The events of a batch by type.
#[derive(Default)]
pub struct Rows {
    /// Which event of its type each is, from 0, in the order of the columns ([`Calls::order`]).
    pub nth: Vec<u32>,
    /// The distinct types: those of [`Calls::types`].
    pub types: Vec<OfType>,
}

/// The events of a type.
pub struct OfType {
    /// The type.
    pub code: u16,
    /// Their rows, in the order of the columns.
    pub rows: Vec<u32>,
    /// How many parameters each has.
    pub counts: Series<u16>,
    /// The most and the fewest parameters of any.
    most: u16,
    fewest: u16,
}

impl OfType {
    /// The most parameters of any.
    pub fn most(&self) -> u16 {
        self.most
    }

    /// Whether all have a parameter.
    fn all_have(&self, index: u16) -> bool {
        self.fewest > index
    }
}

impl Rows {
    /// Sorts the events of a batch.
    pub fn read(columns: &Stored<'_>, calls: &Calls) -> Result<Rows, Fault> {
        let counts = |code: &u16| columns.series(Id { kind: Kind::Count, code: *code, index: 0 });
        let counts: Vec<Series<u16>> = calls.types.iter().map(counts).collect::<Result<_, Fault>>()?;
        // No more than there can be: what is claimed may be wrong.
        let room = |counts: &Series<u16>| Vec::with_capacity(counts.len().min(calls.codes.len()));
        let mut rows: Vec<Vec<u32>> = counts.iter().map(room).collect();
        let mut nth = vec![0; calls.codes.len()];
        for row in &calls.order {
            let at = *row as usize;
            if let Some(place) = calls.places.get(at)
                && let (Some(rows), Some(nth)) = (rows.get_mut(usize::from(*place)), nth.get_mut(at))
            {
                *nth = rows.len() as u32;
                rows.push(*row);
            }
        }
        let of_type = |((code, rows), counts): ((&u16, Vec<u32>), Series<u16>)| {
            if counts.len() != rows.len() {
                return Err(Fault::Uneven);
            }
            let (most, fewest) = match counts.same() {
                Some(count) => (count, count),
                None => (counts.max().unwrap_or(0), counts.iter().min().unwrap_or(0)),
            };
            Ok(OfType { code: *code, rows, counts, most, fewest })
        };
        let types = calls.types.iter().zip(rows).zip(counts).map(of_type).collect::<Result<_, Fault>>()?;
        Ok(Rows { nth, types })
    }

    /// How many parameters an event has; 0 for one that is not there.
    pub fn count(&self, calls: &Calls, row: u32) -> u16 {
        let count = |(place, nth): (usize, usize)| self.types.get(place)?.counts.get(nth);
        self.place(calls, row).and_then(count).unwrap_or(0)
    }

    /// The place of a row's type, and which of its events it is.
    #[inline]
    pub fn place(&self, calls: &Calls, row: u32) -> Option<(usize, usize)> {
        let row = row as usize;
        Some((usize::from(*calls.places.get(row)?), *self.nth.get(row)? as usize))
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
    /// The parameter of the enter event that it may be the same as.
    pub same_as: u16,
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
            let values = Values::read(columns, code, index, of_type.rows.len())?;
            return Ok(Param { values, same_as: 0, places: Vec::new() });
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
        let (mut same, mut values) = (same.iter(), 0);
        let place = |(row, count): (&u32, u16)| {
            if count <= index {
                return Ok(ABSENT);
            }
            let enter = calls.enters.get(*row as usize).copied().filter(|enter| *enter != NO_ROW);
            let is_given = same_as.zip(enter).is_some_and(|(same_as, enter)| rows.count(calls, enter) > same_as);
            if is_given && same.next().ok_or(Fault::Uneven)? != 0 {
                return Ok(SAME);
            }
            values += 1;
            Ok(values - 1)
        };
        let places = of_type.rows.iter().zip(of_type.counts.iter()).map(place).collect::<Result<Vec<u32>, Fault>>()?;
        let values = Values::read(columns, code, index, values as usize)?;
        Ok(Param { values, same_as: same_as.unwrap_or(0), places })
    }

    /// Where the value of an event of the type stands.
    pub fn source(&self, nth: usize) -> Source {
        match self.places.get(nth) {
            Some(&SAME) => Source::Enter,
            Some(&ABSENT) => Source::Absent,
            Some(place) => Source::Here(*place as usize),
            None => Source::Here(nth),
        }
    }
}
