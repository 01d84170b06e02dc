//! Reads what a view binds, column by column, when somebody looks at it.

use super::changes::{Changes, Of};
use super::coder::{Coder, Take};
use super::columns::{self, Numbers, Reference, ReferenceCoders};
use super::layout::Layout;
use super::lives::{self, Lives, NUMBERS, Quantities};
use super::rows::RowEvents;
use crate::column::{Id, Stored, Symbols};
use crate::entities::Counts;
use crate::{Fault, Kind};
use capture_batch::{Gap, Live, Target};
use std::borrow::Cow;
use std::sync::OnceLock;

/// What both views bind to the events of a batch.
#[derive(Default)]
pub struct Views {
    views: [LateView; 2],
}

/// What a view binds to the events of a batch. All lists are by event, those in front of a batch included.
#[derive(Default)]
struct LateView {
    head: OnceLock<[i64; 4]>,
    flags: OnceLock<Vec<i64>>,
    rows: OnceLock<RowEvents>,
    /// `None` if they are the stored ones.
    codes: OnceLock<Option<Vec<u16>>>,
    numbers: OnceLock<Vec<i64>>,
    own_changes: OnceLock<Changes>,
    owns: OnceLock<Vec<i64>>,
    lineages: OnceLock<Vec<i64>>,
    fds: OnceLock<Vec<i64>>,
    objects: OnceLock<Vec<i64>>,
    latencies: OnceLock<Vec<i64>>,
    taken: OnceLock<Vec<i64>>,
    live_changes: OnceLock<Changes>,
    lives: OnceLock<Vec<i64>>,
    quantities: OnceLock<Vec<Quantities>>,
}

/// Where the columns of a batch are, and what they are read with.
pub trait Place: Layout {
    /// The columns.
    fn columns(&self) -> Stored<'_>;

    /// How many interned values of each kind there are before the batch.
    fn before(&self) -> Counts;

    /// The number of each event's descriptor, as far as it, or its enter event, says it in a parameter; else -1.
    fn said_fds(&self) -> Vec<i64>;

    /// The events of each thread, ascending.
    fn by_thread(&self) -> Vec<&[u32]>;

    /// Hears of a column that cannot be read; what it would have said is taken for nothing.
    fn fault(&self, fault: Fault);
}

/// One view of a batch.
pub struct At<'p, P> {
    place: &'p P,
    views: &'p Views,
    view: usize,
}

impl Views {
    /// One of them, by its place in [`super::VIEWS`].
    pub fn at<'p, P: Place>(&'p self, view: usize, place: &'p P) -> At<'p, P> {
        At { place, views: self, view: view.min(1) }
    }
}

impl<P> Clone for At<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for At<'_, P> {}

impl<'p, P: Place> At<'p, P> {
    fn late(&self) -> &'p LateView {
        let [classic, exit] = &self.views.views;
        if self.view == 0 { classic } else { exit }
    }

    /// The view before.
    fn upper(&self) -> Option<At<'p, P>> {
        self.view.checked_sub(1).map(|view| At { view, ..*self })
    }

    fn symbols(&self, kind: Kind, index: u16) -> Take {
        let read = self.place.columns().symbols(Id { kind, code: self.view as u16, index });
        Take::new(read.unwrap_or_else(|fault| {
            self.place.fault(fault);
            Symbols::default()
        }))
    }

    fn list(&self, kind: Kind, read: impl FnOnce(&mut Take, &mut [i64])) -> Vec<i64> {
        let mut coder = self.symbols(kind, 0);
        let mut values = vec![-1; self.place.events()];
        read(&mut coder, &mut values);
        if coder.is_short {
            self.place.fault(Fault::Uneven);
        }
        values
    }

    /// What changes of numbers by thread are read with.
    fn of_threads(&self, count: i64, upper: impl FnOnce(&At<'p, P>) -> &'p Changes) -> Of<'p, P> {
        let (layout, by_thread, rows) = (self.place, self.place.by_thread(), self.rows());
        Of { layout, by_thread, rows, count, upper: self.upper().map(|view| (upper(&view), view.rows())) }
    }

    fn changes(&self, kind: Kind, of: &Of<'p, P>) -> Changes {
        let mut coder = self.symbols(kind, 0);
        let changes = Changes::read(&mut coder, of);
        if coder.is_short {
            self.place.fault(Fault::Uneven);
            return Changes::default();
        }
        changes
    }

    fn head(&self) -> &'p [i64; 4] {
        self.late().head.get_or_init(|| {
            let id = Id { kind: Kind::ViewHead, code: self.view as u16, index: 0 };
            let head: Result<Vec<i64>, Fault> = self.place.columns().numbers(id);
            head.and_then(|head| head.try_into().map_err(|_| Fault::Uneven)).unwrap_or_else(|fault| {
                self.place.fault(fault);
                [0; 4]
            })
        })
    }

    /// Time of the capture's first event, and of the last one before the batch, ns since the epoch.
    pub fn times(&self) -> (u64, u64) {
        let [first, before, ..] = self.head();
        (*first as u64, *before as u64)
    }

    /// The number of what is known of the capture, among the sources of the segment.
    pub fn source(&self) -> Option<usize> {
        let [.., source] = self.head();
        usize::try_from(*source).ok()
    }

    /// Marks of rows; -1 for events that have none.
    pub fn flags(&self) -> &'p [i64] {
        let layout = self.place;
        self.late().flags.get_or_init(|| {
            let mut flags = self.list(Kind::RowFlags, |coder, values| columns::flags(coder, layout, values));
            flags.iter_mut().take(layout.carried()).for_each(|flags| *flags = columns::NO_ROW);
            flags
        })
    }

    /// The events that have rows.
    pub fn rows(&self) -> &'p RowEvents {
        self.late().rows.get_or_init(|| RowEvents::of(self.flags()))
    }

    /// Types of rows.
    pub fn codes(&self) -> &'p [u16] {
        let (layout, rows) = (self.place, self.rows());
        let read = |coder: &mut Take, values: &mut [i64]| columns::codes(coder, layout, rows, values);
        let other = || {
            // The first row of a type predicts the stored one, and each the next.
            let are_stored = self.symbols(Kind::RowCode, 0).zeros(rows.len()) == rows.len();
            (!are_stored).then(|| self.list(Kind::RowCode, read).into_iter().map(|code| code as u16).collect())
        };
        self.late().codes.get_or_init(other).as_deref().unwrap_or(layout.codes())
    }

    /// Numbers of rows; 0 for none.
    pub fn numbers(&self) -> &'p [i64] {
        let [_, _, before, _] = self.head();
        let read =
            |coder: &mut Take, values: &mut [i64]| columns::numbers(coder, self.rows(), self.flags(), *before, values);
        self.late().numbers.get_or_init(|| self.list(Kind::RowNumber, read))
    }

    /// What a column of numbers is read with. `count`: how many things have a number before the batch.
    fn of(&self, count: i64, upper: impl FnOnce(&At<'p, P>) -> &'p [i64]) -> Numbers<'p> {
        Numbers { rows: self.rows(), count, upper: self.upper().as_ref().map(upper) }
    }

    fn own_changes(&self) -> &'p Changes {
        self.late().own_changes.get_or_init(|| self.changes(Kind::RowOwn, &self.of_owns()))
    }

    fn of_owns(&self) -> Of<'p, P> {
        self.of_threads(self.place.before().owns, At::own_changes)
    }

    /// The thread of an event that has a row.
    pub fn own(&self, event: usize) -> i64 {
        self.place.places().get(event).map_or(-1, |place| self.own_changes().at(*place, event))
    }

    /// Threads.
    pub fn owns(&self) -> &'p [i64] {
        self.late().owns.get_or_init(|| self.own_changes().at_each(&self.of_owns()))
    }

    /// Ancestors and leaders.
    pub fn lineages(&self) -> &'p [i64] {
        self.late().lineages.get_or_init(|| {
            let (of, owns) = (self.of(self.place.before().lineages, At::lineages), self.owns());
            self.list(Kind::RowLineage, |coder, values| columns::lineages(coder, owns, of, values))
        })
    }

    /// Numbers of descriptors.
    pub fn fds(&self) -> &'p [i64] {
        self.late().fds.get_or_init(|| {
            let said = match self.upper() {
                Some(upper) => Cow::Borrowed(upper.fds()),
                None => Cow::Owned(self.place.said_fds()),
            };
            self.list(Kind::RowFd, |coder, values| columns::fds(coder, self.rows(), &said, values))
        })
    }

    /// Objects.
    pub fn objects(&self) -> &'p [i64] {
        self.late().objects.get_or_init(|| {
            let (of, fds) = (self.of(self.place.before().objects, At::objects), self.fds());
            self.list(Kind::RowObject, |coder, values| columns::objects(coder, self.place, fds, of, values))
        })
    }

    /// Latencies, ns.
    pub fn latencies(&self) -> &'p [i64] {
        let layout = self.place;
        let read = |coder: &mut Take, values: &mut [i64]| columns::latencies(coder, layout, self.rows(), values);
        self.late().latencies.get_or_init(|| self.list(Kind::RowLatency, read))
    }

    /// The events that rows took parameters from; -1 for none.
    pub fn taken(&self) -> &'p [i64] {
        let layout = self.place;
        let read =
            |coder: &mut Take, values: &mut [i64]| columns::taken(coder, layout, self.rows(), self.flags(), values);
        self.late().taken.get_or_init(|| self.list(Kind::RowTaken, read))
    }

    fn live_changes(&self) -> &'p Changes {
        self.late().live_changes.get_or_init(|| self.changes(Kind::RowLive, &self.of_lives()))
    }

    fn of_lives(&self) -> Of<'p, P> {
        self.of_threads(0, At::live_changes)
    }

    /// Which quantities hold at an event that has a row.
    pub fn live(&self, event: usize) -> i64 {
        self.place.places().get(event).map_or(-1, |place| self.live_changes().at(*place, event))
    }

    /// Which quantities hold.
    pub fn lives(&self) -> &'p [i64] {
        self.late().lives.get_or_init(|| self.live_changes().at_each(&self.of_lives()))
    }

    fn known_quantities(&self) -> Lives<'p> {
        let of_events = self.lives();
        let all = self.late().quantities.get_or_init(|| {
            let mut coders: [Take; NUMBERS + 1] = std::array::from_fn(|index| self.symbols(Kind::Live, index as u16));
            let (upper, before) = (self.upper().map(|upper| upper.known_quantities()), self.place.before().objects);
            let layout = self.place;
            let all = lives::quantities(&mut coders, layout, self.rows(), (of_events, before), upper, &[]);
            if coders.iter().any(|coder| coder.is_short) {
                self.place.fault(Fault::Uneven);
            }
            all
        });
        Lives { of_events, all }
    }

    /// The quantities.
    pub fn quantities(&self) -> Vec<Live> {
        self.known_quantities().all.iter().map(Quantities::live).collect()
    }

    /// What parameters refer to: the event, and the reference but for its row.
    pub fn references(&self) -> Vec<(usize, capture_batch::Reference)> {
        let [counts, params, items, kinds, numbers] =
            std::array::from_fn(|at| self.symbols(Kind::Reference, at as u16));
        let mut coders = ReferenceCoders { counts, params, items, kinds, numbers };
        let all = columns::references(&mut coders, self.place, self.rows(), |_| OWN_OBJECT, &[]);
        let ReferenceCoders { counts, params, items, kinds, numbers } = coders;
        if [counts, params, items, kinds, numbers].iter().any(|coder| coder.is_short) {
            self.place.fault(Fault::Uneven);
        }
        all.iter().map(|reference| (reference.event, reference_of(reference))).collect()
    }

    /// Where events are missing.
    pub fn gaps(&self) -> Vec<Gap> {
        let id = Id { kind: Kind::Gap, code: self.view as u16, index: 0 };
        let numbers: Vec<i64> = self.place.columns().numbers(id).unwrap_or_else(|fault| {
            self.place.fault(fault);
            Vec::new()
        });
        let gap = |gap: &[i64; 2]| Gap { ts: gap[0] as u64, lost: gap[1] as u64 };
        numbers.as_chunks().0.iter().map(gap).collect()
    }
}

/// In place of the number of an object: that of the event. Nothing has this number.
const OWN_OBJECT: i64 = -2;

fn reference_of(reference: &Reference) -> capture_batch::Reference {
    use crate::entities::place_of;
    let target = match reference.kind {
        0 if reference.number == OWN_OBJECT => Target::OwnObject,
        0 => Target::Object(place_of(reference.number)),
        1 => Target::Name(place_of(reference.number)),
        _ => Target::Container(place_of(reference.number)),
    };
    capture_batch::Reference { row: 0, param: reference.param as u16, item: reference.item as u16, target }
}
