//! Options behind events.

use super::OPTION;
use super::encode::all;
use super::params::Rows;
use super::values::Values;
use crate::column::{Id, Stored};
use crate::{Fault, Kind};
use rustc_hash::FxHashMap;

/// The options behind the events of a batch.
#[derive(Default)]
pub(super) struct Options {
    /// The row of options of each event, from 1; 0 for none. Empty if no event has options.
    shapes: Vec<u32>,
    /// The distinct rows of options: places in `values`.
    listed: Vec<Vec<u32>>,
    /// Each distinct option, and its values.
    values: Vec<(u16, Values)>,
    /// For each event where its options begin in `places`.
    firsts: Vec<u32>,
    /// Which of the values of its kind each option has.
    places: Vec<u32>,
}

impl Options {
    /// Reads them from a batch. `order`: its rows, in the order of the columns.
    pub(super) fn read(columns: &Stored<'_>, rows: &Rows, order: &[u32]) -> Result<Options, Fault> {
        let shapes = shapes(columns, rows)?;
        let (listed, mut codes) = listed(&columns.numbers::<u16>(all(Kind::Shapes))?)?;
        let mut uses = vec![0usize; listed.len() + 1];
        for shape in &shapes {
            *uses.get_mut(*shape as usize).ok_or(Fault::Uneven)? += 1;
        }
        for (shape, uses) in listed.iter().zip(uses.iter().skip(1)) {
            for place in shape {
                let (_, count) = codes.get_mut(*place as usize).ok_or(Fault::Uneven)?;
                *count = count.checked_add(*uses).ok_or(Fault::Uneven)?;
            }
        }
        // That there are as many values bounds what follows.
        let values = |(code, count)| Ok((code, Values::read(columns, code, OPTION, count)?));
        let values = codes.into_iter().map(values).collect::<Result<Vec<_>, Fault>>()?;
        let mut options = Options { shapes, listed, values, firsts: Vec::new(), places: Vec::new() };
        if !options.shapes.is_empty() {
            options.place(order)?;
        }
        Ok(options)
    }

    /// Finds which values each event has.
    fn place(&mut self, order: &[u32]) -> Result<(), Fault> {
        let mut used = vec![0u32; self.values.len()];
        let (mut firsts, mut places) = (vec![0; self.shapes.len()], Vec::new());
        for row in order {
            *firsts.get_mut(*row as usize).ok_or(Fault::Uneven)? = places.len() as u32;
            for place in self.shape(*row as usize) {
                let used = used.get_mut(*place as usize).ok_or(Fault::Uneven)?;
                places.push(*used);
                *used += 1;
            }
        }
        (self.firsts, self.places) = (firsts, places);
        Ok(())
    }

    fn shape(&self, row: usize) -> &[u32] {
        let shape = self.shapes.get(row).and_then(|shape| self.listed.get(shape.checked_sub(1)? as usize));
        shape.map_or(&[], Vec::as_slice)
    }

    /// The options of an event: code, values of that, and which of them it has.
    pub(super) fn of(&self, row: usize) -> impl Iterator<Item = (u16, &Values, usize)> {
        let first = self.firsts.get(row).copied().unwrap_or(0) as usize;
        let places = self.places.get(first..).unwrap_or_default();
        self.shape(row).iter().zip(places).filter_map(|(option, place)| {
            let (code, values) = self.values.get(*option as usize)?;
            Some((*code, values, *place as usize))
        })
    }
}

/// Distinct rows of options, as places in a list of the distinct codes; and this list, with a count of 0 for each.
type Listed = (Vec<Vec<u32>>, Vec<(u16, usize)>);

fn listed(numbers: &[u16]) -> Result<Listed, Fault> {
    let (mut known, mut listed, mut codes) = (FxHashMap::default(), Vec::new(), Vec::new());
    let mut rest = numbers;
    while let Some((count, after)) = rest.split_first() {
        let (shape, after) = after.split_at_checked(usize::from(*count)).ok_or(Fault::Short)?;
        let place = |code: &u16| {
            *known.entry(*code).or_insert_with(|| {
                codes.push((*code, 0));
                codes.len() as u32 - 1
            })
        };
        listed.push(shape.iter().map(place).collect());
        rest = after;
    }
    Ok((listed, codes))
}

/// The row of options of each event; empty if none has options.
fn shapes(columns: &Stored<'_>, rows: &Rows) -> Result<Vec<u32>, Fault> {
    let mut shapes = Vec::new();
    for of_type in &rows.types {
        let id = Id { kind: Kind::Shape, code: of_type.code, index: 0 };
        if !columns.has(id) {
            continue;
        }
        shapes.resize(rows.len(), 0);
        let listed: Vec<u32> = columns.numbers(id)?;
        if listed.len() != of_type.len() {
            return Err(Fault::Uneven);
        }
        for (row, shape) in rows.of(of_type).iter().zip(listed) {
            *shapes.get_mut(*row as usize).ok_or(Fault::Uneven)? = shape;
        }
    }
    Ok(shapes)
}
