//! Batches in memory of stored ones.

use super::converted::Parameters;
use capture_batch::{Batch, Column, Head, Id, LateParams, NO_ROW, Reference, RowFlags, Segment, SourceInfo, View};
use capture_cap::batch::Late;
use capture_cap::bind::At;
use capture_event::{code, option};
use std::fmt::Display;
use std::sync::{Arc, OnceLock};

/// The batch of a view that a stored batch holds. `segment`: that of its interned values; `sources`: what is known of the
/// capture, by the numbers in the segment.
pub fn batch(late: Arc<Late>, view: View, segment: Arc<Segment>, sources: &[Arc<SourceInfo>]) -> Batch {
    let (first_ts, ts_before) = late.view(view).times();
    let source = late.view(view).source().and_then(|number| sources.get(number)).cloned().unwrap_or_default();
    let head = Head { view, source, first_ts, ts_before };
    let rows = Arc::new(Rows::new(late, view));
    let mut batch = Batch::new(head, segment);
    batch.num = column(&rows, |rows| rows.each(At::numbers).map(|number| number as u64).collect());
    batch.ts = column(&rows, |rows| rows.of_events(rows.late.times(), 0));
    batch.tid = column(&rows, Rows::tids);
    batch.cpu = column(&rows, |rows| rows.of_events(&rows.late.threads().cpus, 0));
    batch.code = column(&rows, |rows| rows.each(At::codes).map(|code| code as u16).collect());
    batch.flags =
        column(&rows, |rows| rows.each(At::flags).map(|flags| RowFlags::from_bits_retain(flags as u16)).collect());
    batch.own = column(&rows, |rows| rows.places(At::owns));
    batch.lineage = column(&rows, |rows| rows.places(At::lineages));
    batch.object = column(&rows, |rows| rows.places(At::objects));
    batch.fd = column(&rows, |rows| rows.each(At::fds).collect());
    batch.latency = column(&rows, |rows| rows.each(At::latencies).map(|latency| latency as u64).collect());
    batch.live =
        column(&rows, |rows| rows.each(At::lives).map(|live| u32::try_from(live).unwrap_or(u32::MAX)).collect());
    batch.lives = column(&rows, |rows| rows.view().quantities());
    batch.references = column(&rows, Rows::references);
    batch.gaps = column(&rows, |rows| rows.view().gaps());
    batch.late_params = Some(Box::new(Params { converted: rows.converted(), rows }));
    batch
}

fn column<T: Send + Sync>(rows: &Arc<Rows>, load: impl Fn(&Rows) -> Vec<T> + Send + Sync + 'static) -> Column<T> {
    let rows = rows.clone();
    Column::late(move || load(&rows))
}

/// The rows of a view.
struct Rows {
    late: Arc<Late>,
    view: View,
    /// The event of each.
    events: Vec<u32>,
}

impl Rows {
    fn new(late: Arc<Late>, view: View) -> Rows {
        let flags = late.view(view).flags();
        let events = (0..).zip(flags).filter(|(_, flags)| **flags >= 0).map(|(event, _)| event).collect();
        Rows { late, view, events }
    }

    fn view(&self) -> At<'_, Late> {
        self.late.view(self.view)
    }

    fn event(&self, row: usize) -> Option<usize> {
        self.events.get(row).map(|event| *event as usize)
    }

    /// The values of a column of the rows.
    fn each<'r>(&'r self, column: impl Fn(&At<'r, Late>) -> &'r [i64]) -> impl Iterator<Item = i64> {
        let values = column(&self.view());
        self.events.iter().map(|event| values.get(*event as usize).copied().unwrap_or(-1))
    }

    fn places<'r, T>(&'r self, column: impl Fn(&At<'r, Late>) -> &'r [i64]) -> Vec<Id<T>> {
        self.each(column).map(|number| u32::try_from(number).map_or(Id::NONE, Id::new)).collect()
    }

    /// What the events of the rows have in a list of all events.
    fn of_events<T: Copy>(&self, values: &[T], none: T) -> Vec<T> {
        self.events.iter().map(|event| values.get(*event as usize).copied().unwrap_or(none)).collect()
    }

    fn tids(&self) -> Vec<i64> {
        let threads = self.late.threads();
        let places = self.of_events(&threads.places, u32::MAX);
        places.iter().map(|place| threads.ids.get(*place as usize).copied().unwrap_or(-1)).collect()
    }

    fn references(&self) -> Vec<Reference> {
        let row = |(event, reference): (usize, Reference)| {
            let row = self.events.binary_search(&(event as u32)).map_or(NO_ROW, |row| row as u32);
            Reference { row, ..reference }
        };
        self.view().references().into_iter().map(row).collect()
    }

    /// Room for what is converted; none in the view that shows events as they are stored.
    fn converted(&self) -> Vec<OnceLock<Option<Box<Parameters>>>> {
        match self.view {
            View::Classic => Vec::new(),
            View::Exit => (0..self.events.len()).map(|_| OnceLock::new()).collect(),
        }
    }
}

/// The parameters of rows.
struct Params {
    rows: Arc<Rows>,
    /// In the exit view those of each row, if they are not as they are stored.
    converted: Vec<OnceLock<Option<Box<Parameters>>>>,
}

impl Params {
    fn converted(&self, row: usize, event: usize) -> Option<&Parameters> {
        let late = &*self.rows.late;
        let convert = || {
            let taken = self.rows.view().taken().get(event).copied().unwrap_or(-1);
            Parameters::of(late, event, usize::try_from(taken).ok()).map(Box::new)
        };
        self.converted.get(row)?.get_or_init(convert).as_deref()
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
}
