//! Columns to events.

use super::encode::all;
use super::heads::Heads;
use super::late::BatchHead;
use super::options::Options;
use super::params::{OfType, Param, Rows, Source};
use crate::column::Stored;
use crate::strings::Strings;
use crate::{Fault, Kind};
use capture_scap::{BlockOption, RawEvent};
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

impl<'b> Decoded<'b> {
    /// Reads the columns of a batch. Its new strings are added to those of its segment.
    pub fn read(bytes: &'b [u8], strings: &mut Strings) -> Result<Decoded<'b>, Fault> {
        let columns = Stored::open(bytes)?;
        read_strings(&columns, strings)?;
        let carried = BatchHead::carried_by(&columns)?;
        let heads = Heads::read(&columns)?;
        let rows = Rows::read(&columns, &heads.calls)?;
        let places: usize = rows.types.iter().map(|of_type| of_type.len() * usize::from(of_type.most())).sum();
        if places > MOST_PLACES {
            return Err(Fault::Value("number of parameters", places as u64));
        }
        let of_type = |of_type: &OfType| {
            (0..of_type.most()).map(|index| Param::read(&columns, &heads.calls, &rows, of_type, index)).collect()
        };
        let params = rows.types.iter().map(of_type).collect::<Result<_, Fault>>()?;
        let marks: Vec<i64> = columns.numbers(all(Kind::Marks))?;
        let surplus = (columns.numbers(all(Kind::SurplusLength))?, columns.bytes(all(Kind::Surplus))?);
        let options = Options::read(&columns, &rows, &heads.calls.order)?;
        let is_even = |len: usize| len == 0 || len == marks.len();
        if marks.len() != heads.times.len() || !is_even(surplus.0.len()) {
            return Err(Fault::Uneven);
        }
        Ok(Decoded { carried, heads, rows, marks, params, surplus, options })
    }

    /// Gives all events in order, without those of earlier batches; `Err` at the first that cannot be put together.
    pub fn each(&self, strings: &Strings, mut then: impl FnMut(&RawEvent<'_>)) -> Result<(), Fault> {
        let (mut surplus, mut params, mut options) = (&*self.surplus.1, Vec::new(), Vec::new());
        for row in 0..self.marks.len() {
            let behind = self.surplus.0.get(row).copied().unwrap_or(0);
            let (behind, rest) = surplus.split_at_checked(behind as usize).ok_or(Fault::Short)?;
            surplus = rest;
            params.clear();
            let code = self.params(row as u32, strings, &mut params).ok_or(Fault::Uneven)?;
            options.clear();
            for (code, values, at) in self.options.of(row) {
                options.push(BlockOption { code, value: values.get(at, strings).ok_or(Fault::Uneven)? });
            }
            if row < self.carried {
                continue;
            }
            let marks = self.marks.get(row).copied().unwrap_or(0);
            let place = self.heads.threads.places.get(row).copied().unwrap_or(0);
            then(&RawEvent {
                ts: *self.heads.times.get(row).ok_or(Fault::Uneven)?,
                tid: *self.heads.threads.ids.get(place as usize).ok_or(Fault::Uneven)?,
                cpu: self.heads.threads.cpus.get(row).ok_or(Fault::Uneven)?,
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
        let calls = &self.heads.calls;
        let (place, nth) = self.rows.place(calls, row)?;
        let (of_type, listed) = (self.rows.types.get(place)?, self.params.get(place)?);
        for param in listed.get(..usize::from(of_type.counts.get(nth)?))? {
            params.push(match param.source(nth) {
                Source::Here(at) => param.values.get(at, strings)?,
                Source::Enter => {
                    let (place, nth) = self.rows.place(calls, *calls.enters.get(row as usize)?)?;
                    let given = self.params.get(place)?.get(usize::from(param.same_as?))?;
                    let Source::Here(at) = given.source(nth) else { return None };
                    given.values.get(at, strings)?
                }
                Source::Absent => return None,
            });
        }
        Some(of_type.code)
    }
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
