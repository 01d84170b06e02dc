//! Binding: what the state says of an event at its moment, as interned values and columns of a batch.
//!
//! The machine changes with every event; a batch must keep each answer. So the answers are values in a [`Segment`],
//! written once and named by id, and this module finds out cheaply whether an answer is still the one it gave last:
//!
//! * a thread's own part ([`actor`]) when neither its identity nor its leader's changed ([`Tracked`] counts), nor
//!   the tables of users and containers;
//! * ancestors and leaders ([`lineage`]) when no thread changed that others may descend from
//!   ([`Epochs::lineage`](crate::machine::Epochs)): a silent grandchild must show its grandparent's new name;
//! * a descriptor ([`crate::fds::bound`]) when it did not change;
//! * quantities ([`live`]) when they are equal to those of the thread's last row in the batch;
//! * descriptors, threads, users in parameters ([`references`]) are looked up each time, for those event types that
//!   have such parameters.
//!
//! What is remembered for that lies beside the state ([`Memo`]): it takes no part in comparing machines.
//!
//! [`Tracked`]: crate::tracked::Tracked
//! [`Memo`]: crate::tracked::Memo

mod actor;
mod lineage;
mod live;
mod references;

use crate::fds::{ObjectBinder, names};
use crate::{Applied, Machine};
use capture_batch::{Batch, Id, Needs, Object, Own, RowFlags, Segment, Text, View};
use capture_event::{Event, EventInfo, code};
use references::Parameters;
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub use actor::ThreadMemo;

/// A segment that holds more values than this of one kind is full enough: the next batch begins another.
const MAX_VALUES: usize = 1 << 16;

/// The index in [`Batch::live`] of events without quantities.
const NO_LIVE: u32 = u32::MAX;

/// The thread of an event.
#[derive(Clone, Copy)]
pub struct Actor {
    /// Its id, if it is in the table.
    tid: Option<i64>,
    /// Its own part.
    pub own: Id<Own>,
}

/// The descriptor that an event works on.
#[derive(Clone, Copy)]
pub struct Descriptor {
    /// The object, if it is open.
    pub object: Id<Object>,
    /// The number of the descriptor; -1 for none.
    fd: i64,
    /// Whether the object was found by a number among the event's parameters.
    by_number: bool,
}

/// Binds the events of one capture, in order.
pub struct Binder {
    needs: Needs,
    segment: Arc<Segment>,
    /// Counts batches: live values of an earlier batch cannot be shared.
    batch: u64,
    objects: ObjectBinder,
    names: FxHashMap<Text, Id<Text>>,
    fd_types: live::FdTypesTable,
    parameters: Parameters,
}

impl Binder {
    /// A binder that leaves out what is not needed.
    pub fn new(view: capture_batch::View, needs: Needs) -> Self {
        Binder {
            needs,
            segment: Arc::new(Segment::default()),
            batch: 0,
            objects: ObjectBinder::default(),
            names: FxHashMap::default(),
            fd_types: FxHashMap::default(),
            parameters: Parameters::of(view),
        }
    }

    /// The segment of the batch under way.
    pub fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }

    /// To be called between batches. A segment that is full enough is followed by an empty one.
    pub fn next_batch(&mut self) {
        self.batch += 1;
        let full = [
            self.segment.owns.len(),
            self.segment.lineages.len(),
            self.segment.objects.len(),
            self.segment.containers.len(),
            self.segment.names.len(),
        ];
        if full.into_iter().any(|values| values > MAX_VALUES) {
            self.next_segment();
        }
    }

    /// Begins an empty segment: after a full one, and for another machine.
    pub fn next_segment(&mut self) {
        let serial = self.segment.serial + 1;
        self.segment = Arc::new(Segment { serial, ..Segment::default() });
        self.names.clear();
        self.fd_types.clear();
    }

    /// What is bound of the thread of an event that was just applied: `tid`, if it is in the table.
    pub fn actor(&mut self, machine: &mut Machine, applied: &Applied, tid: Option<i64>) -> Actor {
        let own = match (&applied.stand_in, tid) {
            (Some(stand_in), _) => self.own_of_stand_in(machine, stand_in),
            (None, Some(tid)) => self.own(machine, tid),
            (None, None) => Id::NONE,
        };
        Actor { tid, own }
    }

    /// Binds an event that was just applied: fills the bound columns of the batch's newest row.
    pub fn bind(
        &mut self,
        machine: &mut Machine,
        event: &Event<'_>,
        applied: &Applied,
        (actor, descriptor): (Actor, Descriptor),
        batch: &mut Batch,
    ) {
        let row = batch.len().saturating_sub(1);
        let Actor { tid, own } = actor;
        let lineage = match (&applied.stand_in, tid) {
            (Some(stand_in), _) => self.lineage_of_stand_in(machine, stand_in, own),
            (None, Some(tid)) => self.lineage(machine, tid),
            (None, None) => Id::NONE,
        };
        batch.own.push(own);
        batch.lineage.push(lineage);
        batch.latency.push(applied.latency);
        batch.object.push(descriptor.object);
        batch.fd.push(descriptor.fd);
        if let Some(flags) = batch.flags.last_mut().filter(|_| descriptor.by_number) {
            flags.insert(RowFlags::OBJECT_BY_NUMBER);
        }
        let live = match (&applied.stand_in, tid) {
            _ if !self.needs.contains(Needs::LIVE) => NO_LIVE,
            (Some(stand_in), _) => self.live_of_stand_in(machine, stand_in, batch),
            (None, Some(tid)) => self.live(machine, tid, batch),
            (None, None) => NO_LIVE,
        };
        batch.live.push(live);
        if self.needs.contains(Needs::REFERENCES) || applied.container.is_some() {
            self.bind_references(machine, event, applied, tid, row, batch);
        }
    }

    /// What an event of a thread works on that was just applied, if it has to do with descriptors at all.
    pub fn descriptor(
        &mut self,
        machine: &mut Machine,
        event: &Event<'_>,
        applied: &Applied,
        tid: Option<i64>,
    ) -> Descriptor {
        let mut descriptor = Descriptor { object: Id::NONE, fd: -1, by_number: false };
        let is_about_fds = || machine.view.event(event.code).is_some_and(EventInfo::is_about_fds);
        if !self.needs.contains(Needs::OBJECTS) || !is_about_fds() {
            return descriptor;
        }
        descriptor.fd = tid.and_then(|tid| machine.threads.get(tid)).map_or(-1, |thread| thread.last.fd);
        descriptor.by_number = applied.object.is_none() && applied.object_by_number.is_some();
        if let Some(key) = applied.object.or(applied.object_by_number) {
            descriptor.object = self.objects.bind(machine, key, &self.segment);
            if let Some(name) = attempted_connection(machine.view, event) {
                descriptor.object = self.objects.rename(descriptor.object, name, &self.segment);
            }
        }
        descriptor
    }

    /// A name as an interned value; [`Id::NONE`] when the segment is full.
    fn name(&mut self, name: &Text) -> Id<Text> {
        if let Some(&id) = self.names.get(name) {
            return id;
        }
        let Some(id) = self.segment.names.push(name.clone()) else { return Id::NONE };
        self.names.insert(name.clone(), id);
        id
    }
}

/// The thread of an event that was just applied, if it is in the table.
pub fn thread_of(machine: &Machine, event: &Event<'_>, applied: &Applied) -> Option<i64> {
    let found = || machine.threads.get(event.tid).map(|thread| thread.tid);
    applied.thread.filter(|&tid| machine.threads.get(tid).is_some()).or_else(found)
}

/// Classic view: where a call that failed to connect was going to. The event shows that as the name of its socket,
/// which keeps its own for the events after.
fn attempted_connection(view: View, event: &Event<'_>) -> Option<Text> {
    let failed = view == View::Classic && event.code == code::CONNECT_X && event.i64(0).is_some_and(|res| res < 0);
    match event.raw(1).filter(|_| failed)? {
        [] => Some(Text::from("NULL")),
        tuple => Some(names::of_socktuple(view, tuple)),
    }
}
