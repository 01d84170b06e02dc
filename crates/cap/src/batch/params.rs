//! Parameters by type of event: where the value of each event stands.

use super::heads::{Calls, NO_ROW};
use super::values::Values;
use crate::column::{Id, Stored};
use crate::{Fault, Kind};
use rustc_hash::FxHashMap;

/// The events of a batch by type.
#[derive(Default)]
pub struct Rows {
    /// For each event, the place of its type in `types`.
    pub places: Vec<u16>,
    /// Which event of its type each is, from 0, in the order of the columns ([`Calls::order`]).
    pub nth: Vec<u32>,
    /// The distinct types.
    pub types: Vec<OfType>,
}

/// The events of a type.
pub struct OfType {
    /// The type.
    pub code: u16,
    /// Their rows, in the order of the columns.
    pub rows: Vec<u32>,
    /// How many parameters each has.
    pub counts: Vec<u16>,
}

impl OfType {
    /// The most parameters of any.
    pub fn most(&self) -> u16 {
        self.counts.iter().copied().max().unwrap_or(0)
    }
}

impl Rows {
    /// Sorts the events of a batch.
    pub fn read(columns: &Stored<'_>, calls: &Calls) -> Result<Rows, Fault> {
        let mut known: FxHashMap<u16, u16> = FxHashMap::default();
        let mut types: Vec<OfType> = Vec::new();
        let (mut places, mut nth) = (vec![0; calls.codes.len()], vec![0; calls.codes.len()]);
        for row in &calls.order {
            let at = *row as usize;
            let code = calls.codes.get(at).ok_or(Fault::Uneven)?;
            let place = *known.entry(*code).or_insert_with(|| {
                types.push(OfType { code: *code, rows: Vec::new(), counts: Vec::new() });
                (types.len() - 1) as u16
            });
            if let Some(of_type) = types.get_mut(usize::from(place))
                && let (Some(of_row), Some(nth)) = (places.get_mut(at), nth.get_mut(at))
            {
                *of_row = place;
                *nth = of_type.rows.len() as u32;
                of_type.rows.push(*row);
            }
        }
        for of_type in &mut types {
            of_type.counts = columns.numbers(Id { kind: Kind::Count, code: of_type.code, index: 0 })?;
            if of_type.counts.len() != of_type.rows.len() {
                return Err(Fault::Uneven);
            }
        }
        Ok(Rows { places, nth, types })
    }

    /// The place of a row's type, and which of its events it is.
    pub fn place(&self, row: u32) -> Option<(usize, usize)> {
        let row = row as usize;
        Some((usize::from(*self.places.get(row)?), *self.nth.get(row)? as usize))
    }

    /// How many parameters an event has; 0 for one that is not there.
    pub fn count(&self, row: u32) -> u16 {
        let count = |(place, nth): (usize, usize)| self.types.get(place)?.counts.get(nth).copied();
        self.place(row).and_then(count).unwrap_or(0)
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
        let same: Vec<u8> = columns.numbers(id(Kind::Same))?;
        if same.is_empty() && of_type.counts.iter().all(|count| *count > index) {
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
        let place = |(row, count): (&u32, &u16)| {
            if *count <= index {
                return Ok(ABSENT);
            }
            let enter = calls.enters.get(*row as usize).copied().filter(|enter| *enter != NO_ROW);
            let is_given = same_as.zip(enter).is_some_and(|(same_as, enter)| rows.count(enter) > same_as);
            if is_given && *same.next().ok_or(Fault::Uneven)? != 0 {
                return Ok(SAME);
            }
            values += 1;
            Ok(values - 1)
        };
        let places = of_type.rows.iter().zip(&of_type.counts).map(place).collect::<Result<Vec<u32>, Fault>>()?;
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
