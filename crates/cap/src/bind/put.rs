//! Writes what a view binds.

use super::coder::Put;
use super::columns::{self, NO_ROW, Numbers, Reference, ReferenceCoders};
use super::layout::Layout;
use super::lives::{self, Lives, NUMBERS, Quantities};
use super::rows::RowEvents;
use crate::Kind;
use crate::batch::NO_ROW as NO_PAIR;
use crate::column::{Columns, Id};
use crate::entities::{Counts, Finder};
use crate::summaries;
use capture_batch::{Batch, Gap, NOT_STORED, RowFlags, Target};
use std::array::from_fn;
use std::borrow::Cow;

/// What a view binds to the events of a batch, with interned values by their numbers in the file. All lists but the
/// last three are by event, those in front included.
pub(crate) struct Values {
    /// Time of the capture's first event, time of the last one before the batch, number of the last one before it,
    /// number of what is known of the capture.
    head: [i64; 4],
    flags: Vec<i64>,
    codes: Vec<i64>,
    numbers: Vec<i64>,
    owns: Vec<i64>,
    lineages: Vec<i64>,
    fds: Vec<i64>,
    objects: Vec<i64>,
    latencies: Vec<i64>,
    lives: Vec<i64>,
    taken: Vec<i64>,
    quantities: Vec<Quantities>,
    references: Vec<Reference>,
    gaps: Vec<Gap>,
}

impl Values {
    /// What a batch of a view says. `event_of`: which event of the layout a stored one is; `number_before`: of the last
    /// event of the view before it that has one.
    pub(crate) fn of(
        batch: &Batch,
        layout: &impl Layout,
        event_of: impl Fn(u64) -> Option<usize>,
        number_before: u64,
        finder: &mut Finder<'_>,
    ) -> Values {
        // Which event each row is of.
        let events: Vec<usize> = batch.stored.iter().map(|stored| event_of(*stored).unwrap_or(usize::MAX)).collect();
        let mut values = Values {
            head: [
                batch.head.first_ts as i64,
                batch.head.ts_before as i64,
                number_before as i64,
                finder.entities.source(&batch.head.source),
            ],
            flags: by_event(layout, &events, NO_ROW, &batch.flags, |flags| flags.bits().into()),
            codes: by_event(layout, &events, -1, &batch.code, |code| code.into()),
            numbers: by_event(layout, &events, -1, &batch.num, |num| num as i64),
            owns: by_event(layout, &events, -1, &batch.own, |id| finder.own(id)),
            lineages: by_event(layout, &events, -1, &batch.lineage, |id| finder.lineage(id)),
            fds: by_event(layout, &events, -1, &batch.fd, |fd| fd),
            objects: by_event(layout, &events, -1, &batch.object, |id| finder.object(id)),
            latencies: by_event(layout, &events, -1, &batch.latency, |latency| latency as i64),
            lives: by_event(layout, &events, -1, &batch.live, lives::number_of),
            taken: by_event(layout, &events, -1, &batch.taken_from, |enter| {
                let enter = Some(enter).filter(|enter| *enter != NOT_STORED).and_then(&event_of);
                enter.map_or(-1, |enter| enter as i64)
            }),
            quantities: Vec::new(),
            references: Vec::new(),
            gaps: batch.gaps.to_vec(),
        };
        let mut stream = |id| finder.object(id);
        values.quantities = batch.lives.iter().map(|live| Quantities::of(live, &mut stream)).collect();
        let own_object = |row: u32| batch.object.get(row as usize).copied().unwrap_or(capture_batch::Id::NONE);
        let reference = |reference: &capture_batch::Reference| {
            let (kind, number) = match reference.target {
                Target::Object(id) => (0, finder.object(id)),
                Target::OwnObject => (0, finder.object(own_object(reference.row))),
                Target::Name(id) => (1, finder.name(id)),
                Target::Container(id) => (2, finder.container(id)),
            };
            let event = events.get(reference.row as usize).copied().unwrap_or(usize::MAX);
            Reference { event, param: reference.param.into(), item: reference.item.into(), kind, number }
        };
        values.references = batch.references.iter().map(reference).collect();
        values
    }

    /// What the rows that may be shown have.
    pub(crate) fn summary(&self, layout: &impl Layout) -> summaries::Numbers {
        let never_shown = i64::from(RowFlags::NEVER_SHOWN.bits());
        let rows = RowEvents::of(&self.flags);
        let shown = rows.iter().filter(|event| self.flags.get(*event).is_some_and(|flags| flags & never_shown == 0));
        let at = |values: &[i64], event: usize| values.get(event).copied().unwrap_or(-1);
        let mut times = None;
        let [mut types, mut without_object, mut without_own, mut owns, mut objects] =
            [const { Distinct(Vec::new()) }; 5];
        for event in shown {
            let ts = layout.ts(event);
            let (first, last) = times.unwrap_or((ts, ts));
            times = Some((first.min(ts), last.max(ts)));
            let (code, own, object) = (at(&self.codes, event), at(&self.owns, event), at(&self.objects, event));
            types.add(code);
            if own == -1 {
                without_own.add(code)
            } else {
                owns.add(own)
            }
            if object == -1 { without_object.add(code) } else { objects.add(object) }
        }
        summaries::Numbers {
            times,
            types: types.numbers(),
            without_object: without_object.numbers(),
            without_own: without_own.numbers(),
            owns: owns.numbers(),
            objects: objects.numbers(),
            has_gaps: !self.gaps.is_empty(),
            ..summaries::Numbers::default()
        }
    }

    fn lives(&self) -> Lives<'_> {
        Lives { of_events: &self.lives, all: &self.quantities }
    }
}

/// The distinct numbers of a list, as bits. None is negative, and hardly one is much higher than there are some.
struct Distinct(Vec<u64>);

impl Distinct {
    fn add(&mut self, number: i64) {
        let Ok(number) = usize::try_from(number) else { return };
        let (word, bit) = (number / 64, number % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Ascending.
    fn numbers(&self) -> Vec<i64> {
        let numbers = |(at, word): (i64, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| 64 * at + bit)
        };
        (0..).zip(&self.0).filter(|(_, word)| **word != 0).flat_map(numbers).collect()
    }
}

/// A column of a batch by event, `missing` for events without a row. `events`: which event each row is of.
fn by_event<T: Copy>(
    layout: &impl Layout,
    events: &[usize],
    missing: i64,
    column: &[T],
    mut value: impl FnMut(T) -> i64,
) -> Vec<i64> {
    let mut values = vec![missing; layout.events()];
    for (event, entry) in events.iter().zip(column) {
        if let Some(place) = values.get_mut(*event) {
            *place = value(*entry);
        }
    }
    values
}

/// The number of each event's descriptor as its parameter says, else as that of its enter event; else -1.
fn said_fds(layout: &impl Layout, param: impl Fn(usize) -> Option<i64>) -> Vec<i64> {
    let of_enter = |enter: &u32| Some(*enter).filter(|enter| *enter != NO_PAIR).and_then(|enter| param(enter as usize));
    let said = |(event, enter)| param(event).or_else(|| of_enter(enter)).unwrap_or(-1);
    layout.pairs().iter().enumerate().map(said).collect()
}

/// Adds the columns of a view to a set. `view`: its place in [`super::VIEWS`]; `upper`: the view before; `before`: how
/// many interned values there were before the batch; `fd_param`: the number that an event says is that of its
/// descriptor.
pub(crate) fn put(
    view: u16,
    values: &mut Values,
    upper: Option<&Values>,
    before: &Counts,
    layout: &impl Layout,
    fd_param: impl Fn(usize) -> Option<i64>,
    to: &mut Columns<'_>,
) {
    let mut column = |kind, index, symbols: &[i64]| to.numbers(Id { kind, code: view, index }, symbols);
    column(Kind::ViewHead, 0, &values.head);
    let mut coded = |kind, code: &mut dyn FnMut(&mut Put)| {
        let mut coder = Put(Vec::with_capacity(layout.events()));
        code(&mut coder);
        column(kind, 0, &coder.0);
    };
    let flags = &mut values.flags;
    coded(Kind::RowFlags, &mut |coder| columns::flags(coder, layout, flags));
    let (flags, rows) = (&values.flags, &RowEvents::of(&values.flags));
    coded(Kind::RowCode, &mut |coder| columns::codes(coder, layout, rows, &mut values.codes));
    coded(Kind::RowNumber, &mut |coder| columns::numbers(coder, rows, flags, values.head[2], &mut values.numbers));
    let of =
        |count, column: fn(&Values) -> &Vec<i64>| Numbers { rows, count, upper: upper.map(|upper| &**column(upper)) };
    let numbers = of(before.owns, |values| &values.owns);
    coded(Kind::RowOwn, &mut |coder| columns::of_threads(coder, layout, numbers, &mut values.owns));
    let (numbers, owns) = (of(before.lineages, |values| &values.lineages), &values.owns);
    coded(Kind::RowLineage, &mut |coder| columns::lineages(coder, owns, numbers, &mut values.lineages));
    let said = || said_fds(layout, fd_param);
    let said = upper.map_or_else(|| Cow::Owned(said()), |upper| Cow::Borrowed(&*upper.fds));
    coded(Kind::RowFd, &mut |coder| columns::fds(coder, rows, &said, &mut values.fds));
    let (numbers, fds) = (of(before.objects, |values| &values.objects), &values.fds);
    coded(Kind::RowObject, &mut |coder| columns::objects(coder, layout, fds, numbers, &mut values.objects));
    coded(Kind::RowLatency, &mut |coder| columns::latencies(coder, layout, rows, &mut values.latencies));
    coded(Kind::RowTaken, &mut |coder| columns::taken(coder, layout, rows, flags, &mut values.taken));
    let numbers = of(0, |values| &values.lives);
    coded(Kind::RowLive, &mut |coder| columns::of_threads(coder, layout, numbers, &mut values.lives));
    let mut coders: [Put; NUMBERS + 1] = from_fn(|_| Put(Vec::with_capacity(values.quantities.len())));
    let of_events = (&*values.lives, before.objects);
    lives::quantities(&mut coders, layout, rows, of_events, upper.map(Values::lives), &values.quantities);
    for (index, coder) in (0..).zip(&coders) {
        column(Kind::Live, index, &coder.0);
    }
    let none = || Put(Vec::with_capacity(values.references.len()));
    let counts = Put(Vec::with_capacity(layout.events()));
    let mut coders = ReferenceCoders { counts, params: none(), items: none(), kinds: none(), numbers: none() };
    let own_object = |event: usize| values.objects.get(event).copied().unwrap_or(-1);
    columns::references(&mut coders, layout, rows, own_object, &values.references);
    let ReferenceCoders { counts, params, items, kinds, numbers } = coders;
    for (index, coder) in (0..).zip([counts, params, items, kinds, numbers]) {
        column(Kind::Reference, index, &coder.0);
    }
    let gaps: Vec<i64> = values.gaps.iter().flat_map(|gap| [gap.ts as i64, gap.lost as i64]).collect();
    column(Kind::Gap, 0, &gaps);
}
