//! Columns to events.

use super::OPTION;
use super::encode::all;
use super::heads::Heads;
use super::late::BatchHead;
use super::params::{OfType, Param, Rows, Source};
use super::values::Values;
use crate::column::{Id, Stored};
use crate::strings::Strings;
use crate::{Fault, Kind};
use capture_scap::{BlockOption, RawEvent};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// No batch has more events of types, times the most parameters of each: twice what writers write.
const MOST_PLACES: usize = 1 << 25;

/// A batch whose columns were read.
pub struct Decoded<'b> {
    /// How many events stand in front that are those of earlier batches.
    carried: usize,
    heads: Heads,
    rows: Rows,
    marks: Vec<i64>,
    /// The parameters of each type of `rows`.
    params: Vec<Vec<Param>>,
    surplus: (Vec<u32>, Cow<'b, [u8]>),
    options: Options,
}

/// The options behind events.
#[derive(Default)]
pub(super) struct Options {
    /// The row of options of each event, from 1; 0 for none.
    pub(super) shapes: Vec<u32>,
    /// The distinct rows of options: places in `values`.
    listed: Vec<Vec<usize>>,
    /// Each distinct option, and its values.
    pub(super) values: Vec<(u16, Values)>,
}

impl<'b> Decoded<'b> {
    /// Reads the columns of a batch. Its new strings are added to those of its segment.
    pub fn read(bytes: &'b [u8], strings: &mut Strings) -> Result<Decoded<'b>, Fault> {
        let columns = Stored::open(bytes)?;
        read_strings(&columns, strings)?;
        let carried = BatchHead::carried_by(&columns)?;
        let heads = Heads::read(&columns)?;
        let rows = Rows::read(&columns, &heads.calls)?;
        let places: usize = rows.types.iter().map(|of_type| of_type.rows.len() * usize::from(of_type.most())).sum();
        if places > MOST_PLACES {
            return Err(Fault::Value("number of parameters", places as u64));
        }
        let of_type = |of_type: &OfType| {
            (0..of_type.most()).map(|index| Param::read(&columns, &heads.calls, &rows, of_type, index)).collect()
        };
        let params = rows.types.iter().map(of_type).collect::<Result<_, Fault>>()?;
        let marks: Vec<i64> = columns.numbers(all(Kind::Marks))?;
        let surplus = (columns.numbers(all(Kind::SurplusLength))?, columns.bytes(all(Kind::Surplus))?);
        let options = Options::read(&columns, &rows)?;
        let is_even = |len: usize| len == 0 || len == marks.len();
        if marks.len() != heads.times.len() || !is_even(surplus.0.len()) || !is_even(options.shapes.len()) {
            return Err(Fault::Uneven);
        }
        Ok(Decoded { carried, heads, rows, marks, params, surplus, options })
    }

    /// Gives all events in order, without those of earlier batches; `Err` at the first that cannot be put together.
    pub fn each(&self, strings: &Strings, mut then: impl FnMut(&RawEvent<'_>)) -> Result<(), Fault> {
        let mut used = vec![0; self.options.values.len()];
        let (mut surplus, mut params, mut options) = (&*self.surplus.1, Vec::new(), Vec::new());
        for row in 0..self.marks.len() {
            let behind = self.surplus.0.get(row).copied().unwrap_or(0);
            let (behind, rest) = surplus.split_at_checked(behind as usize).ok_or(Fault::Short)?;
            surplus = rest;
            params.clear();
            let code = self.params(row as u32, strings, &mut params).ok_or(Fault::Uneven)?;
            options.clear();
            self.options.of(row, &mut used, strings, &mut options).ok_or(Fault::Uneven)?;
            if row < self.carried {
                continue;
            }
            let marks = self.marks.get(row).copied().unwrap_or(0);
            let place = self.heads.threads.places.get(row).copied().unwrap_or(0);
            then(&RawEvent {
                ts: *self.heads.times.get(row).ok_or(Fault::Uneven)?,
                tid: *self.heads.threads.ids.get(place as usize).ok_or(Fault::Uneven)?,
                cpu: *self.heads.threads.cpus.get(row).ok_or(Fault::Uneven)?,
                code,
                dump_flags: (marks >> 1) as u32,
                params: &params,
                surplus: behind,
                options: &options,
                large: marks & 1 != 0,
            });
        }
        Ok(())
    }

    /// Appends the parameters of an event, and gives its type.
    fn params<'d>(&'d self, row: u32, strings: &'d Strings, params: &mut Vec<&'d [u8]>) -> Option<u16> {
        let (place, nth) = self.rows.place(row)?;
        let (of_type, listed) = (self.rows.types.get(place)?, self.params.get(place)?);
        for param in listed.get(..usize::from(*of_type.counts.get(nth)?))? {
            params.push(match param.source(nth) {
                Source::Here(at) => param.values.get(at, strings)?,
                Source::Enter => {
                    let (place, nth) = self.rows.place(*self.heads.calls.enters.get(row as usize)?)?;
                    let given = self.params.get(place)?.get(usize::from(param.same_as))?;
                    let Source::Here(at) = given.source(nth) else { return None };
                    given.values.get(at, strings)?
                }
                Source::Absent => return None,
            });
        }
        Some(of_type.code)
    }
}

impl Options {
    pub(super) fn read(columns: &Stored<'_>, rows: &Rows) -> Result<Options, Fault> {
        let shapes = shapes(columns, rows)?;
        let mut numbers = FxHashMap::default();
        let (mut listed, mut codes) = (Vec::new(), Vec::new());
        let shapes_listed: Vec<u16> = columns.numbers(all(Kind::Shapes))?;
        let mut rest = shapes_listed.as_slice();
        while let Some((count, after)) = rest.split_first() {
            let (shape, after) = after.split_at_checked(usize::from(*count)).ok_or(Fault::Short)?;
            let place = |code: &u16| {
                *numbers.entry(*code).or_insert_with(|| {
                    codes.push((*code, 0));
                    codes.len() - 1
                })
            };
            listed.push(shape.iter().map(place).collect::<Vec<usize>>());
            rest = after;
        }
        let mut uses = vec![0usize; listed.len() + 1];
        for shape in &shapes {
            *uses.get_mut(*shape as usize).ok_or(Fault::Uneven)? += 1;
        }
        for (shape, uses) in listed.iter().zip(uses.iter().skip(1)) {
            for place in shape {
                codes.get_mut(*place).map(|(_, count)| *count += uses).ok_or(Fault::Uneven)?;
            }
        }
        let values = |(code, count)| Ok((code, Values::read(columns, code, OPTION, count)?));
        let values = codes.into_iter().map(values).collect::<Result<_, Fault>>()?;
        Ok(Options { shapes, listed, values })
    }

    /// The options of an event: places in `values`.
    pub(super) fn shape(&self, row: usize) -> &[usize] {
        let shape = self.shapes.get(row).and_then(|shape| self.listed.get(shape.checked_sub(1)? as usize));
        shape.map_or(&[], Vec::as_slice)
    }

    /// Appends the options of an event. `used`: how many values of each option those before it have.
    fn of<'d>(
        &'d self,
        row: usize,
        used: &mut [usize],
        strings: &'d Strings,
        options: &mut Vec<BlockOption<'d>>,
    ) -> Option<()> {
        let Some(shape) = self.shapes.get(row).and_then(|shape| shape.checked_sub(1)) else { return Some(()) };
        for place in self.listed.get(shape as usize)? {
            let ((code, values), used) = (self.values.get(*place)?, used.get_mut(*place)?);
            options.push(BlockOption { code: *code, value: values.get(*used, strings)? });
            *used += 1;
        }
        Some(())
    }
}

/// The row of options of each event; empty if none has options.
fn shapes(columns: &Stored<'_>, rows: &Rows) -> Result<Vec<u32>, Fault> {
    let mut shapes = Vec::new();
    for of_type in &rows.types {
        let id = Id { kind: Kind::Shape, code: of_type.code, index: 0 };
        if !columns.has(id) {
            continue;
        }
        shapes.resize(rows.nth.len(), 0);
        let listed: Vec<u32> = columns.numbers(id)?;
        if listed.len() != of_type.rows.len() {
            return Err(Fault::Uneven);
        }
        for (row, shape) in of_type.rows.iter().zip(listed) {
            *shapes.get_mut(*row as usize).ok_or(Fault::Uneven)? = shape;
        }
    }
    Ok(shapes)
}

/// Adds the strings of a batch to those of its segment.
pub fn read_strings(columns: &Stored<'_>, strings: &mut Strings) -> Result<(), Fault> {
    let head: Vec<i64> = columns.numbers(all(Kind::Head))?;
    let first = head.get(1).and_then(|first| usize::try_from(*first).ok()).ok_or(Fault::Uneven)?;
    if first > strings.len() {
        return Err(Fault::Uneven);
    }
    strings.truncate(first);
    strings.add(columns, None)
}
