//! Summaries of the batches of a segment: what each has, so that most need not be looked at.

use crate::bind::VIEWS;
use crate::column::{Columns, Id, Packer, Stored};
use crate::entities::place_of;
use crate::{Fault, Kind};
use capture_batch::{Summary, Types};

/// What the rows of a batch have, as numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    /// First and last time.
    pub(crate) times: Option<(u64, u64)>,
    pub(crate) types: Vec<i64>,
    pub(crate) without_object: Vec<i64>,
    pub(crate) without_own: Vec<i64>,
    pub(crate) owns: Vec<i64>,
    pub(crate) objects: Vec<i64>,
    pub(crate) attempted: Vec<i64>,
    pub(crate) unnamed: Vec<i64>,
    pub(crate) calls: Vec<i64>,
    pub(crate) has_gaps: bool,
}

impl Numbers {
    /// Its lists.
    fn lists(&mut self) -> [&mut Vec<i64>; LISTS] {
        let Numbers { types, without_object, without_own, owns, objects, attempted, unnamed, calls, .. } = self;
        [types, without_object, without_own, owns, objects, attempted, unnamed, calls]
    }

    /// Puts its lists in order, each number once.
    pub(crate) fn sorted(mut self) -> Numbers {
        for list in self.lists() {
            list.sort_unstable();
            list.dedup();
        }
        self
    }
}

/// How many numbers tell of a batch: its times, whether events are missing, and the lengths of its lists.
const COUNTS: usize = 3 + LISTS;

/// How many lists a batch has.
const LISTS: usize = 8;

/// Summaries of the batches of a segment, for each view.
#[derive(Default)]
pub(crate) struct Summaries([Vec<Numbers>; VIEWS.len()]);

impl Summaries {
    /// Adds the next batch.
    pub(crate) fn push(&mut self, batch: [Numbers; VIEWS.len()]) {
        self.0.iter_mut().zip(batch).for_each(|(view, batch)| view.push(batch));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// As columns: for each view the numbers of all batches, then the lists, one behind the other. Lists are ascending,
    /// and stored as differences.
    pub(crate) fn encode(&mut self, packer: &mut Packer) -> Vec<u8> {
        let mut columns = Columns::new(packer);
        for (view, batches) in (0..).zip(&mut self.0) {
            let (mut counts, mut lists) = (Vec::new(), [const { Vec::new() }; LISTS]);
            for batch in batches {
                let (first, last) = batch.times.map_or((1, 0), |(first, last)| (first as i64, last as i64));
                counts.extend([first, last.wrapping_sub(first), i64::from(batch.has_gaps)]);
                for (list, values) in lists.iter_mut().zip(batch.lists()) {
                    counts.push(values.len() as i64);
                    let before = std::iter::once(&0).chain(values.iter());
                    list.extend(values.iter().zip(before).map(|(value, before)| value - before));
                }
            }
            columns.numbers(Id { kind: Kind::SummaryCounts, code: view, index: 0 }, &counts);
            for (index, list) in (0..).zip(&lists) {
                columns.numbers(Id { kind: Kind::SummaryList, code: view, index }, list);
            }
        }
        columns.finish()
    }
}

/// The summaries of a view, one a batch of the segment. `view`: its place in [`VIEWS`].
pub fn read(payload: &[u8], view: u16) -> Result<Vec<Summary>, Fault> {
    let columns = Stored::open(payload)?;
    let counts: Vec<i64> = columns.numbers(Id { kind: Kind::SummaryCounts, code: view, index: 0 })?;
    let list = |index| columns.numbers::<i64>(Id { kind: Kind::SummaryList, code: view, index });
    let lists = (0..LISTS as u16).map(list).collect::<Result<Vec<_>, Fault>>()?;
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let (batches, rest) = counts.as_chunks::<COUNTS>();
    if !rest.is_empty() {
        return Err(Fault::Uneven);
    }
    let summary = |&[first, span, has_gaps, ref lens @ ..]: &[i64; COUNTS]| {
        let mut numbers = [const { Vec::new() }; LISTS];
        for ((numbers, list), len) in numbers.iter_mut().zip(&mut lists).zip(lens) {
            let mut value = 0i64;
            let next = |step| {
                value = value.wrapping_add(step);
                value
            };
            numbers.extend(list.take(usize::try_from(*len).map_err(|_| Fault::Uneven)?).map(next));
            if numbers.len() as i64 != *len {
                return Err(Fault::Uneven);
            }
        }
        let [types, without_object, without_own, owns, objects, attempted, unnamed, calls] = numbers;
        Ok(Summary {
            times: first as u64..=first.wrapping_add(span) as u64,
            types: types_of(&types),
            without_own: types_of(&without_own),
            owns: owns.into_iter().map(place_of).collect(),
            objects: objects.into_iter().map(place_of).collect(),
            without_object: types_of(&without_object),
            attempted: attempted.into_iter().map(place_of).collect(),
            unnamed: types_of(&unnamed),
            calls: calls.into_iter().map(|call| u16::try_from(call).unwrap_or(Summary::ANY_CALL)).collect(),
            has_gaps: has_gaps != 0,
        })
    };
    batches.iter().map(summary).collect()
}

fn types_of(codes: &[i64]) -> Types {
    let mut types = Types::NONE;
    codes.iter().filter_map(|code| u16::try_from(*code).ok()).for_each(|code| types.insert(code));
    types
}
