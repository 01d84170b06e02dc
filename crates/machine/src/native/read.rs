//! Batches in memory of stored ones.

use super::alike::alike;
use super::converted::Parameters;
use capture_batch::{
    Alike, Batch, Column, Differ, Head, Id, LateParams, NO_ROW, Reference, RowFlags, Segment, SourceInfo, View,
};
use capture_cap::batch::Late;
use capture_cap::bind::{At, RowEvents};
use capture_event::{code, option};
use std::fmt::Display;
use std::sync::{Arc, OnceLock};

/// The batch of a view that a stored batch holds. `segment`: that of its interned values; `sources`: what is known of
/// the capture, by the numbers in the segment.
pub fn batch(late: Arc<Late>, view: View, segment: Arc<Segment>, sources: &[Arc<SourceInfo>]) -> Batch {
    let (first_ts, ts_before) = late.view(view).times();
    let source = late.view(view).source().and_then(|number| sources.get(number)).cloned().unwrap_or_default();
    let head = Head { view, source, first_ts, ts_before };
    let rows = Arc::new(Rows { late, view });
    let mut batch = Batch::new(head, segment);
    batch.num = by_row(&rows, |rows| rows.view().numbers(), 0, |_, number| number as u64);
    batch.ts = by_row(&rows, |rows| rows.late.times(), 0, |_, ts| ts);
    batch.tid = by_row(&rows, |rows| &rows.late.threads().places, u32::MAX, Rows::tid);
    batch.cpu = cpus(&rows);
    // Asked for again and again, and there is nothing to be put together.
    batch.code = column(&rows, |rows| rows.each(rows.view().codes(), u16::MAX, |code| code));
    batch.flags = by_row(&rows, |rows| rows.view().flags(), -1, |_, flags| RowFlags::from_bits_retain(flags as u16));
    batch.own = of_thread(&rows, |rows| rows.view().owns(), |rows, event| rows.view().own(event), Id::new);
    batch.lineage = by_row(&rows, |rows| rows.view().lineages(), -1, |_, number| Id::new(place_of(number)));
    batch.object = by_row(&rows, |rows| rows.view().objects(), -1, |_, number| Id::new(place_of(number)));
    batch.fd = by_row(&rows, |rows| rows.view().fds(), -1, |_, fd| fd);
    batch.latency = by_row(&rows, |rows| rows.view().latencies(), 0, |_, latency| latency as u64);
    batch.live = of_thread(&rows, |rows| rows.view().lives(), |rows, event| rows.view().live(event), |live| live);
    batch.lives = column(&rows, |rows| rows.view().quantities());
    batch.references = column(&rows, Rows::references);
    batch.gaps = column(&rows, |rows| rows.view().gaps());
    batch.late_params = Some(Box::new(Params { rows, converted: OnceLock::new() }));
    batch
}

fn column<T: Send + Sync>(rows: &Arc<Rows>, load: impl Fn(&Rows) -> Vec<T> + Send + Sync + 'static) -> Column<T> {
    let rows = rows.clone();
    Column::late(move || load(&rows))
}

/// A column of what rows have, given `list` of what each event has. `none`: where that ends too soon.
fn by_row<V: Copy + Send + Sync + 'static, T: 'static>(
    rows: &Arc<Rows>,
    list: impl Fn(&Rows) -> &[V] + Copy + Send + Sync + 'static,
    none: V,
    of: impl Fn(&Rows, V) -> T + Copy + Send + Sync + 'static,
) -> Column<T> {
    let (all, one) = (rows.clone(), rows.clone());
    Column::late_or_one(
        move || all.each(list(&all), none, |value| of(&all, value)),
        move |row| one.event(row).map(|event| of(&one, list(&one).get(event).copied().unwrap_or(none))),
    )
}

/// A column of places of values that hold for threads, given `list` of those of each event, and that of `one`.
fn of_thread<T: 'static>(
    rows: &Arc<Rows>,
    list: impl Fn(&Rows) -> &[i64] + Send + Sync + 'static,
    at: impl Fn(&Rows, usize) -> i64 + Send + Sync + 'static,
    of: impl Fn(u32) -> T + Copy + Send + Sync + 'static,
) -> Column<T> {
    let (all, one) = (rows.clone(), rows.clone());
    Column::late_or_one(
        move || all.each(list(&all), -1, |number| of(place_of(number))),
        move |row| one.event(row).map(|event| of(place_of(at(&one, event)))),
    )
}

fn cpus(rows: &Arc<Rows>) -> Column<u16> {
    let (all, one) = (rows.clone(), rows.clone());
    let cpu = |rows: &Rows, event| rows.late.threads().cpus.get(event).unwrap_or(0);
    Column::late_or_one(
        move || all.events().iter().map(|event| cpu(&all, event)).collect(),
        move |row| one.event(row).map(|event| cpu(&one, event)),
    )
}

/// The rows of a view.
struct Rows {
    late: Arc<Late>,
    view: View,
}

impl Rows {
    fn view(&self) -> At<'_, Late> {
        self.late.view(self.view)
    }

    /// The event of each.
    fn events(&self) -> &RowEvents {
        self.view().rows()
    }

    #[inline]
    fn event(&self, row: usize) -> Option<usize> {
        self.events().event(row)
    }

    /// What the events of the rows have in a list of all events. `none`: where that ends too soon.
    fn each<V: Copy, T>(&self, values: &[V], none: V, of: impl Fn(V) -> T) -> Vec<T> {
        if let RowEvents::All(events) = self.events()
            && let Some(values) = values.get(events.clone())
        {
            return values.iter().map(|value| of(*value)).collect();
        }
        self.events().iter().map(|event| of(values.get(event).copied().unwrap_or(none))).collect()
    }

    fn tid(&self, place: u32) -> i64 {
        self.late.threads().ids.get(place as usize).copied().unwrap_or(-1)
    }

    fn references(&self) -> Vec<Reference> {
        let row = |event| self.events().row(event).map_or(NO_ROW, |row| row as u32);
        let of_row = |(event, reference)| Reference { row: row(event), ..reference };
        self.view().references().into_iter().map(of_row).collect()
    }
}

/// The place of a value; that of [`Id::NONE`] for none.
fn place_of(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The parameters of rows.
struct Params {
    rows: Arc<Rows>,
    /// Those of each row, once they were asked for: `None` if they are as they are stored.
    converted: OnceLock<Vec<Converted>>,
}

type Converted = OnceLock<Option<Box<Parameters>>>;

impl Params {
    /// The parameters of a row, if they are not as they are stored: in the exit view of events of older captures.
    fn converted(&self, row: usize, event: usize) -> Option<&Parameters> {
        let late = &*self.rows.late;
        if self.rows.view == View::Classic || Parameters::are_stored(late, event) {
            return None;
        }
        let convert = || {
            let taken = self.rows.view().taken().get(event).copied().unwrap_or(-1);
            Parameters::of(late, event, usize::try_from(taken).ok()).map(Box::new)
        };
        let all = self.converted.get_or_init(|| self.rows.events().iter().map(|_| OnceLock::new()).collect());
        all.get(row)?.get_or_init(convert).as_deref()
    }
}

impl LateParams for Params {
    fn count(&self, row: usize) -> usize {
        let Some(event) = self.rows.event(row) else { return 0 };
        match self.converted(row, event) {
            Some(converted) => converted.count(),
            None => self.rows.late.count(event),
        }
    }

    fn raw(&self, row: usize, index: usize) -> Option<&[u8]> {
        let event = self.rows.event(row)?;
        let is_generic = |code: &u16| matches!(*code, code::GENERIC_E | code::GENERIC_X);
        if index == 0 && self.rows.late.codes().get(event).is_some_and(is_generic) {
            // Older readers do not know the number of the call.
            let named = self
                .rows
                .late
                .options(event)
                .into_iter()
                .find(|(code, value)| *code == option::CALL && value.len() == 2);
            if let Some((_, call)) = named {
                return Some(call);
            }
        }
        match self.converted(row, event) {
            Some(converted) => converted.get(index),
            None => self.rows.late.raw(event, index),
        }
    }

    fn options(&self, row: usize) -> Vec<(u16, &[u8])> {
        let Some(event) = self.rows.event(row) else { return Vec::new() };
        let mut options: Vec<(u16, &[u8])> = Vec::new();
        for (code, value) in self.rows.late.options(event) {
            if option::CODES.contains(&code) && options.iter().all(|(other, _)| *other != code) {
                options.push((code, value));
            }
        }
        options
    }

    fn damage(&self) -> Option<Box<dyn Display + Send>> {
        Some(Box::new(self.rows.late.damage()?))
    }

    fn alike(&self, differ: &dyn Fn(u16) -> Differ, see: &mut dyn FnMut(Alike<'_>)) {
        let Rows { late, view } = &*self.rows;
        let events = match self.rows.events() {
            RowEvents::All(events) => {
                return alike(late, *view, differ, |event| event.checked_sub(events.start as u32), see);
            }
            RowEvents::Each(events) => events,
        };
        let mut rows = vec![NO_ROW; late.codes().len()];
        for (row, event) in (0..).zip(events) {
            if let Some(of_event) = rows.get_mut(*event as usize) {
                *of_event = row;
            }
        }
        alike(late, *view, differ, |event| rows.get(event as usize).copied().filter(|row| *row != NO_ROW), see);
    }
}
