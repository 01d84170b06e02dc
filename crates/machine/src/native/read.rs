//! Batches in memory of stored ones.

use super::alike::alike;
use super::converted::Parameters;
use capture_batch::{
    Batch, Column, Differ, Head, Id, LateParams, NO_ROW, Reference, RowFlags, Segment, SourceInfo, UNLIKE, View,
};
use capture_cap::batch::Late;
use capture_cap::bind::At;
use capture_event::{code, option};
use std::fmt::Display;
use std::sync::{Arc, OnceLock};

/// The batch of a view that a stored batch holds. `segment`: that of its interned values; `sources`: what is known of
/// the capture, by the numbers in the segment.
pub fn batch(late: Arc<Late>, view: View, segment: Arc<Segment>, sources: &[Arc<SourceInfo>]) -> Batch {
    let (first_ts, ts_before) = late.view(view).times();
    let source = late.view(view).source().and_then(|number| sources.get(number)).cloned().unwrap_or_default();
    let head = Head { view, source, first_ts, ts_before };
    let rows = Arc::new(Rows::new(late, view));
    let mut batch = Batch::new(head, segment);
    batch.num = column(&rows, |rows| rows.each(rows.view().numbers(), 0, |number| number as u64));
    batch.ts = column(&rows, |rows| rows.each(rows.late.times(), 0, |ts| ts));
    batch.tid = column(&rows, Rows::tids);
    batch.cpu = column(&rows, Rows::cpus);
    batch.code = column(&rows, |rows| rows.each(rows.view().codes(), -1, |code| code as u16));
    batch.flags =
        column(&rows, |rows| rows.each(rows.view().flags(), -1, |flags| RowFlags::from_bits_retain(flags as u16)));
    batch.own = column(&rows, |rows| rows.places(rows.view().owns()));
    batch.lineage = column(&rows, |rows| rows.places(rows.view().lineages()));
    batch.object = column(&rows, |rows| rows.places(rows.view().objects()));
    batch.fd = column(&rows, |rows| rows.each(rows.view().fds(), -1, |fd| fd));
    batch.latency = column(&rows, |rows| rows.each(rows.view().latencies(), 0, |latency| latency as u64));
    batch.live = column(&rows, |rows| rows.each(rows.view().lives(), -1, place_of));
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

/// The rows of a view.
struct Rows {
    late: Arc<Late>,
    view: View,
    /// The event of each.
    events: Vec<u32>,
    /// Whether every event has one.
    are_all: bool,
}

impl Rows {
    fn new(late: Arc<Late>, view: View) -> Rows {
        let flags = late.view(view).flags();
        let events: Vec<u32> = (0..).zip(flags).filter(|(_, flags)| **flags >= 0).map(|(event, _)| event).collect();
        Rows { are_all: events.len() == flags.len(), late, view, events }
    }

    fn view(&self) -> At<'_, Late> {
        self.late.view(self.view)
    }

    #[inline]
    fn event(&self, row: usize) -> Option<usize> {
        self.events.get(row).map(|event| *event as usize)
    }

    /// What the events of the rows have in a list of all events. `none`: where that ends too soon.
    fn each<V: Copy, T>(&self, values: &[V], none: V, of: impl Fn(V) -> T) -> Vec<T> {
        if self.are_all && values.len() == self.events.len() {
            return values.iter().map(|value| of(*value)).collect();
        }
        self.events.iter().map(|event| of(values.get(*event as usize).copied().unwrap_or(none))).collect()
    }

    fn places<T>(&self, values: &[i64]) -> Vec<Id<T>> {
        self.each(values, -1, |number| Id::new(place_of(number)))
    }

    fn tids(&self) -> Vec<i64> {
        let threads = self.late.threads();
        self.each(&threads.places, u32::MAX, |place| threads.ids.get(place as usize).copied().unwrap_or(-1))
    }

    fn cpus(&self) -> Vec<u16> {
        let cpus = &self.late.threads().cpus;
        match cpus.same() {
            Some(cpu) => vec![cpu; self.events.len()],
            None => self.events.iter().map(|event| cpus.get(*event as usize).unwrap_or(0)).collect(),
        }
    }

    fn references(&self) -> Vec<Reference> {
        // Both are in the order of the events.
        let mut rows = (0u32..).zip(&self.events).peekable();
        let row = |(event, reference): (usize, Reference)| {
            while rows.next_if(|(_, of_row)| (**of_row as usize) < event).is_some() {}
            let row = rows.peek().filter(|(_, of_row)| **of_row as usize == event).map_or(NO_ROW, |(row, _)| *row);
            Reference { row, ..reference }
        };
        self.view().references().into_iter().map(row).collect()
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
        let all = self.converted.get_or_init(|| self.rows.events.iter().map(|_| OnceLock::new()).collect());
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

    fn alike(&self, differ: &dyn Fn(u16) -> Differ) -> Vec<u32> {
        let rows = &*self.rows;
        let of_events = alike(&rows.late, rows.view, differ);
        rows.each(&of_events, UNLIKE, |number| number)
    }
}
