//! Containers: which thread is in which, and what the capture says of them.
//!
//! A thread's cgroups name its container ([`cgroups`], [`resolve`]); that is known at once. Everything else (name,
//! image, mounts …) comes in events that the capturing program wrote when it had asked the runtime ([`metadata`]),
//! mostly a little later. Both libraries look a container up when a field is asked for, so an event shows what was
//! known at its moment: metadata that arrives late is not filled in before its arrival.
//!
//! | | classic view (libs 0.29) | exit view (container plugin 0.7.1) |
//! |---|---|---|
//! | id set | process list, clone (of the child), exec, chroot | process list, clone and fork (of the event's own thread), exec, chroot |
//! | docker and podman containers without metadata | known by their type | not known |
//! | LXC, libvirt, BPM | known by id and name, once | known by id, anew with every process |
//! | thread of a container event | one made up for it, `container:ID` | none; container fields tell of the event's container |
//! | `container_removed` events | - | forget the container |
//! | host | no entry | an entry `host` |
//!
//! Old captures also hold what a Kubernetes cluster's API said of its pods ([`cluster`]); the newest programs drop
//! that.
//!
//! The container events at the beginning of a capture tell what was there before; the process list is looked at
//! after them ([`begin`]).

mod category;
pub mod cgroups;
mod cluster;
mod events;
mod local;
pub mod metadata;
mod pod;
mod resolve;

pub use category::Category;
pub(crate) use events::handler;
pub use events::{begin, begin_again};
pub use metadata::Lookup;
pub use resolve::resolve;

use crate::tracked::Memo;
use capture_batch::{Container, Id, Segment, Text, View};
use cluster::Cluster;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many types of one container are remembered: more than there are.
const MAX_KINDS: usize = 32;

/// The type of the host's own entry.
const KIND_HOST: u32 = 0xFFFE;

/// One container.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    container: Arc<Container>,
    lookup: Lookup,
    /// Classic view: the types under which the container was ever recorded.
    kinds: SmallVec<[u32; 2]>,
    /// Goes up with every change of any container.
    serial: u64,
    bound: Memo<Option<Bound>>,
}

/// Where a container's version lies in a segment, and of which versions it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bound {
    segment: u64,
    serial: u64,
    sandbox_serial: u64,
    cluster: u64,
    id: Id<Container>,
}

/// Containers by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Containers {
    by_id: FxHashMap<Text, Entry>,
    cluster: Cluster,
    view: View,
    serial: u64,
    /// Whether an id has a colon, as those of rkt have.
    has_colons: bool,
    /// Whether one has a type that only [`cgroups::own`] knows.
    has_own: bool,
    /// Whether an event came that does not belong to the beginning of a capture.
    begun: bool,
    /// Whether the process list was looked at.
    has_looked: bool,
    local: Memo<local::Made>,
    /// Classic view: cgroups that are of no container.
    of_none: Memo<Option<Text>>,
}

impl Containers {
    /// No containers; in the exit view, the host alone.
    pub fn new(view: View) -> Self {
        let mut containers = Containers {
            by_id: FxHashMap::default(),
            cluster: Cluster::default(),
            view,
            serial: 0,
            has_colons: false,
            has_own: false,
            begun: false,
            has_looked: false,
            local: Memo::default(),
            of_none: Memo::default(),
        };
        if view == View::Exit {
            let host = Text::from("host");
            let entry = Container {
                id: host.clone(),
                full_id: host.clone(),
                name: host,
                kind: KIND_HOST,
                privileged: Some(false),
                ..Container::default()
            };
            containers.put_as(Text::default(), Arc::new(entry), Lookup::Successful);
        }
        containers
    }

    /// Whether cgroups are of no container that [`cgroups::classic`] knows, but for rkt's. Most threads have those of the
    /// one before.
    fn are_of_none(&mut self, cgroups: &Text) -> bool {
        if self.of_none.0.as_ref() == Some(cgroups) {
            return true;
        }
        let are_of_none = !cgroups::classic::may_be_of_any(cgroups);
        if are_of_none {
            self.of_none = Memo(Some(cgroups.clone()));
        }
        are_of_none
    }

    /// Goes up whenever a container changes: what was bound before may be outdated.
    pub fn version(&self) -> u64 {
        self.serial + self.cluster.version()
    }

    /// Whether an event came that does not tell what was there before the capture began.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether there is an entry for an id.
    pub fn contains(&self, id: &[u8]) -> bool {
        self.by_id.contains_key(id)
    }

    /// What is known of a container.
    pub fn get(&self, id: &[u8]) -> Option<&Container> {
        self.by_id.get(id).map(|entry| &*entry.container)
    }

    /// What is known of a container whose metadata was found.
    fn complete(&self, id: &[u8]) -> Option<&Container> {
        let entry = self.by_id.get(id).filter(|entry| entry.lookup == Lookup::Successful)?;
        Some(&entry.container)
    }

    /// The version of a container that holds now, as a value of a segment; `None` if nothing is known of it, or the
    /// segment is full. The id is that of [`crate::Identity::container_id`]: an empty one is the host.
    pub fn bind(&mut self, id: &[u8], segment: &Segment) -> Option<Id<Container>> {
        if id.is_empty() && self.view == View::Classic {
            return None;
        }
        let entry = self.by_id.get(id)?;
        let sandbox = self.sandbox_of(&entry.container);
        let sandbox_serial = sandbox.map_or(0, |sandbox| sandbox.serial);
        let cluster = self.cluster.version();
        let current = |bound: &&Bound| {
            (bound.segment, bound.serial, bound.sandbox_serial, bound.cluster)
                == (segment.serial, entry.serial, sandbox_serial, cluster)
        };
        if let Some(bound) = entry.bound.0.as_ref().filter(current) {
            return Some(bound.id);
        }
        let container = self.with_pod(&entry.container);
        let serial = entry.serial;
        let last = entry.bound.0.as_ref().filter(|bound| bound.segment == segment.serial).map(|bound| bound.id);
        let same = last.filter(|&id| segment.containers.get(id) == Some(&container));
        let bound = same.or_else(|| segment.containers.push(container))?;
        let memo = Bound { segment: segment.serial, serial, sandbox_serial, cluster, id: bound };
        self.by_id.get_mut(id)?.bound = Memo(Some(memo));
        Some(bound)
    }

    /// A container with what is known of its pod now.
    fn with_pod(&self, container: &Container) -> Container {
        let mut container = container.clone();
        let sandbox = self.sandbox_of(&container).map(|sandbox| sandbox.container.clone());
        pod::fill(self.view, &mut container, sandbox.as_deref());
        container.pod = self.cluster.pod_of(&container.id).map(Arc::new);
        container
    }

    /// The sandbox of a container's pod.
    fn sandbox_of(&self, container: &Container) -> Option<&Entry> {
        self.by_id.get(pod::sandbox_id(self.view, container)?)
    }

    /// Records a container in place of what was known of it.
    fn put(&mut self, container: Container, lookup: Lookup) {
        let id = container.id.clone();
        if id.is_empty() {
            return;
        }
        let same = |entry: &Entry| *entry.container == container && entry.lookup == lookup;
        if !self.by_id.get(&id).is_some_and(same) {
            self.put_as(id, Arc::new(container), lookup);
        }
    }

    fn put_as(&mut self, id: Text, container: Arc<Container>, lookup: Lookup) {
        self.serial += 1;
        self.has_colons |= id.contains(&b':');
        self.has_own |= cgroups::own::is_own(container.kind);
        let mut kinds = self.by_id.remove(&id).map_or_else(SmallVec::new, |entry| entry.kinds);
        if !kinds.contains(&container.kind) && kinds.len() < MAX_KINDS {
            kinds.push(container.kind);
        }
        let entry = Entry { container, lookup, kinds, serial: self.serial, bound: Memo::default() };
        self.by_id.insert(id, entry);
    }

    /// Forgets a container.
    fn remove(&mut self, id: &[u8]) {
        if !id.is_empty() && self.by_id.remove(id).is_some() {
            self.serial += 1;
        }
    }

    /// Classic view: records a container of which only id and type are known, unless more is. Whether the search
    /// for the thread's container ends here: not if its metadata was sought in vain.
    fn know_or_make(&mut self, id: &Text, kind: u32) -> bool {
        match self.by_id.get(id) {
            Some(entry) => entry.lookup == Lookup::Successful,
            None => {
                let container = Container { id: id.clone(), kind, privileged: Some(false), ..Container::default() };
                self.put(container, Lookup::Successful);
                true
            }
        }
    }

    /// Classic view: records a container that is called like its id, unless it was recorded under this type.
    fn make_named(&mut self, id: &Text, kind: u32) {
        if !self.by_id.get(id).is_some_and(|entry| entry.kinds.contains(&kind)) {
            let (id, name) = (id.clone(), id.clone());
            let container = Container { id, name, kind, privileged: Some(false), ..Container::default() };
            self.put(container, Lookup::Successful);
        }
    }
}

#[cfg(test)]
mod tests;
