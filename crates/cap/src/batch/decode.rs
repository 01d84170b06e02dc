//! Columns to events.

use super::OPTION;
use super::encode::all;
use super::values::Values;
use crate::column::{Id, Stored};
use crate::strings::Strings;
use crate::{Fault, Kind};
use capture_scap::{BlockOption, RawEvent};
use rustc_hash::FxHashMap;

/// A batch whose columns were read.
pub struct Decoded {
    base: i64,
    heads: Heads,
    marks: Vec<i64>,
    surplus: (Vec<i64>, Vec<u8>),
    shapes: (Vec<i64>, Vec<Vec<u16>>),
    params: FxHashMap<(u16, u16), Param>,
    counts: FxHashMap<u16, Vec<i64>>,
}

/// Who, when, where and what.
struct Heads {
    time: Vec<i64>,
    cpu: Vec<i64>,
    thread: Vec<i64>,
    threads: Vec<i64>,
    kind: Vec<i64>,
    types: Vec<i64>,
}

/// What is stored of a parameter, or an option.
struct Param {
    values: Option<Values>,
    /// The parameter of the enter event, and for each event that has one whether it is the same.
    same: Option<(usize, Vec<i64>)>,
}

/// How far each column was used.
#[derive(Default)]
struct Cursor {
    value: usize,
    same: usize,
}

/// The call that a thread is in: its code, whether that is known, and its parameters.
type InCall<'d> = (u16, Vec<&'d [u8]>);

impl Decoded {
    /// Reads the columns of a batch. Its new strings are added to those of its segment.
    pub fn read(bytes: &[u8], strings: &mut Strings) -> Result<Decoded, Fault> {
        let columns = Stored::open(bytes)?;
        let head = columns.numbers(all(Kind::Head))?;
        let &[base, first_string] = head.as_slice() else { return Err(Fault::Uneven) };
        read_strings(&columns, first_string, strings)?;
        let numbers = |kind| columns.numbers(all(kind));
        let heads = Heads {
            time: numbers(Kind::Time)?,
            cpu: numbers(Kind::Cpu)?,
            thread: numbers(Kind::Thread)?,
            threads: numbers(Kind::Threads)?,
            kind: numbers(Kind::Type)?,
            types: numbers(Kind::Types)?,
        };
        let shapes = (numbers(Kind::Shape)?, shapes(&numbers(Kind::Shapes)?)?);
        let counts = columns.of(Kind::Count).map(|id| Ok((id.code, columns.numbers(id)?)));
        let counts = counts.collect::<Result<FxHashMap<_, _>, Fault>>()?;
        Ok(Decoded {
            base,
            params: params(&columns, &shapes)?,
            heads,
            marks: numbers(Kind::Marks)?,
            surplus: (numbers(Kind::SurplusLength)?, columns.bytes(all(Kind::Surplus))?),
            shapes,
            counts,
        })
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.heads.time.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.heads.time.is_empty()
    }

    /// Gives all events in order; `Err` at the first that cannot be put together.
    pub fn each(&self, strings: &Strings, mut then: impl FnMut(&RawEvent<'_>)) -> Result<(), Fault> {
        let mut on_cpu: FxHashMap<i64, usize> = FxHashMap::default();
        let mut calls: Vec<Option<InCall<'_>>> = Vec::new();
        calls.resize_with(self.heads.threads.len(), || None);
        let mut cursors: FxHashMap<(u16, u16), Cursor> = FxHashMap::default();
        let mut nth: FxHashMap<u16, usize> = FxHashMap::default();
        let (mut ts, mut surplus_at) = (self.base, 0usize);
        for row in 0..self.len() {
            let at = |column: &[i64]| column.get(row).copied().ok_or(Fault::Uneven);
            ts = ts.wrapping_add(at(&self.heads.time)?);
            let cpu = at(&self.heads.cpu)?;
            let thread = match at(&self.heads.thread)? {
                0 => on_cpu.get(&cpu).copied().ok_or(Fault::Uneven)?,
                place => usize::try_from(place - 1).map_err(|_| Fault::Uneven)?,
            };
            on_cpu.insert(cpu, thread);
            let tid = *self.heads.threads.get(thread).ok_or(Fault::Uneven)?;
            let call = calls.get_mut(thread).ok_or(Fault::Uneven)?;
            let (code, is_enter) = match at(&self.heads.kind)? {
                0 => (call.as_ref().and_then(|(code, _)| code.checked_add(1)).ok_or(Fault::Uneven)?, false),
                place => self.type_at(place)?,
            };
            let ended = call.take_if(|(enter, _)| enter.checked_add(1) == Some(code));
            let nth = nth.entry(code).or_default();
            let count = self.counts.get(&code).and_then(|counts| counts.get(*nth)).copied().ok_or(Fault::Uneven)?;
            *nth += 1;
            let mut params = Vec::with_capacity(count.clamp(0, 32) as usize);
            for index in 0..u16::try_from(count).map_err(|_| Fault::Uneven)? {
                let enter = ended.as_ref().map(|(_, params)| params.as_slice());
                let cursor = cursors.entry((code, index)).or_default();
                let param = self.params.get(&(code, index)).ok_or(Fault::Uneven)?;
                params.push(param.next(cursor, enter, strings).ok_or(Fault::Uneven)?);
            }
            let surplus = self.surplus.0.get(row).copied().unwrap_or(0);
            let surplus_end = surplus_at.saturating_add(usize::try_from(surplus).map_err(|_| Fault::Uneven)?);
            let surplus = self.surplus.1.get(surplus_at..surplus_end).ok_or(Fault::Uneven)?;
            surplus_at = surplus_end;
            let options = self.options(row, &mut cursors, strings)?;
            let marks = at(&self.marks)?;
            then(&RawEvent {
                ts: ts as u64,
                tid,
                cpu: u16::try_from(cpu).map_err(|_| Fault::Uneven)?,
                code,
                dump_flags: (marks >> 1) as u32,
                params: &params,
                surplus,
                options: &options,
                large: marks & 1 != 0,
            });
            if is_enter {
                *call = Some((code, params));
            }
        }
        Ok(())
    }

    fn type_at(&self, place: i64) -> Result<(u16, bool), Fault> {
        let listed = usize::try_from(place - 1).ok().and_then(|place| self.heads.types.get(place));
        let listed = *listed.ok_or(Fault::Uneven)?;
        let code = u16::try_from(listed >> 1).map_err(|_| Fault::Value("event type", listed as u64))?;
        Ok((code, listed & 1 != 0))
    }

    fn options<'d>(
        &'d self,
        row: usize,
        cursors: &mut FxHashMap<(u16, u16), Cursor>,
        strings: &'d Strings,
    ) -> Result<Vec<BlockOption<'d>>, Fault> {
        let shape = self.shapes.0.get(row).copied().unwrap_or(0);
        let Some(place) = usize::try_from(shape).ok().and_then(|shape| shape.checked_sub(1)) else {
            return Ok(Vec::new());
        };
        let shape = self.shapes.1.get(place).ok_or(Fault::Uneven)?;
        let option = |code: &u16| {
            let cursor = cursors.entry((*code, OPTION)).or_default();
            let value = self.params.get(&(*code, OPTION)).and_then(|param| param.next(cursor, None, strings));
            Ok(BlockOption { code: *code, value: value.ok_or(Fault::Uneven)? })
        };
        shape.iter().map(option).collect()
    }
}

impl Param {
    fn next<'p>(&'p self, cursor: &mut Cursor, enter: Option<&[&'p [u8]]>, strings: &'p Strings) -> Option<&'p [u8]> {
        let given = self.same.as_ref().and_then(|(at, same)| Some((*enter?.get(*at)?, same)));
        if let Some((given, same)) = given {
            let is_same = *same.get(cursor.same)? != 0;
            cursor.same += 1;
            if is_same {
                return Some(given);
            }
        }
        cursor.value += 1;
        self.values.as_ref()?.get(cursor.value - 1, strings)
    }
}

fn read_strings(columns: &Stored<'_>, first: i64, strings: &mut Strings) -> Result<(), Fault> {
    let first = usize::try_from(first).map_err(|_| Fault::Uneven)?;
    if first > strings.len() {
        return Err(Fault::Uneven);
    }
    strings.truncate(first);
    let bytes = columns.bytes(all(Kind::String))?;
    let mut rest = bytes.as_slice();
    for len in columns.numbers(all(Kind::StringLength))? {
        let len = usize::try_from(len).map_err(|_| Fault::Uneven)?;
        let (string, after) = rest.split_at_checked(len).ok_or(Fault::Short)?;
        strings.push(string);
        rest = after;
    }
    Ok(())
}

fn shapes(listed: &[i64]) -> Result<Vec<Vec<u16>>, Fault> {
    let (mut shapes, mut rest) = (Vec::new(), listed);
    while let Some((count, after)) = rest.split_first() {
        let count = usize::try_from(*count).map_err(|_| Fault::Uneven)?;
        let (codes, after) = after.split_at_checked(count).ok_or(Fault::Short)?;
        let code = |code: &i64| u16::try_from(*code).map_err(|_| Fault::Value("option", *code as u64));
        shapes.push(codes.iter().map(code).collect::<Result<_, _>>()?);
        rest = after;
    }
    Ok(shapes)
}

/// All parameters and options.
fn params(columns: &Stored<'_>, shapes: &(Vec<i64>, Vec<Vec<u16>>)) -> Result<FxHashMap<(u16, u16), Param>, Fault> {
    let mut all: FxHashMap<(u16, u16), Param> = FxHashMap::default();
    let ids: Vec<Id> = columns.sizes().map(|(id, _)| id).collect();
    for id in ids {
        let key = (id.code, id.index);
        let is_value =
            matches!(id.kind, Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::Text | Kind::Length);
        let values = match id.kind {
            _ if is_value => Values::read(columns, id.code, id.index)?,
            Kind::Vector => {
                let count = count_of(columns, id, shapes)?;
                Values::vectors(columns, id.code, id.index, count)?
            }
            Kind::Same => None,
            _ => continue,
        };
        let param = all.entry(key).or_insert(Param { values: None, same: None });
        match id.kind {
            Kind::Same => {
                let at = columns.numbers(Id { kind: Kind::SameAs, ..id })?;
                let at = at.first().and_then(|at| usize::try_from(*at).ok()).ok_or(Fault::Uneven)?;
                param.same = Some((at, columns.numbers(id)?));
            }
            _ => param.values = values,
        }
    }
    Ok(all)
}

/// How many values there are of a parameter or an option that is a row of numbers.
fn count_of(columns: &Stored<'_>, id: Id, shapes: &(Vec<i64>, Vec<Vec<u16>>)) -> Result<usize, Fault> {
    if id.index == OPTION {
        let in_shape = |shape: &i64| {
            let listed = usize::try_from(shape - 1).ok().and_then(|place| shapes.1.get(place));
            listed.map_or(0, |codes| codes.iter().filter(|code| **code == id.code).count())
        };
        return Ok(shapes.0.iter().map(in_shape).sum());
    }
    let counts = columns.numbers(Id { kind: Kind::Count, code: id.code, index: 0 })?;
    let with = counts.iter().filter(|count| **count > i64::from(id.index)).count();
    let same = columns.numbers(Id { kind: Kind::Same, ..id })?;
    Ok(with.saturating_sub(same.iter().filter(|same| **same != 0).count()))
}
