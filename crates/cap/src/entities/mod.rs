//! Interned values: what the events of a segment are bound to.
//!
//! A section of them stands before each batch that names new ones. Their numbers count from 0 in each segment, by kind;
//! both views share them.

mod fields;
mod kinds;
mod loaded;

pub(crate) use fields::{place_number, place_of};
pub use loaded::{EntityHead, Loaded};
pub(crate) use loaded::{first_source, read_strings};

use crate::Kind;
use crate::batch::all;
use crate::column::{Columns, Packer};
use crate::strings::Interned;
use capture_batch::{Container, Id, Lineage, Object, Own, Segment, SourceInfo, Text};
use fields::{Fields, Put};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// The values of one kind.
struct Store<T> {
    known: FxHashMap<T, u32>,
    /// Those that no section has yet.
    new: Vec<T>,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Store { known: FxHashMap::default(), new: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Store<T> {
    fn number(&mut self, value: T) -> i64 {
        if let Some(number) = self.known.get(&value) {
            return i64::from(*number);
        }
        let number = self.known.len() as u32;
        self.known.insert(value.clone(), number);
        self.new.push(value);
        i64::from(number)
    }

    /// The number of the first one that no section has yet.
    fn first_new(&self) -> usize {
        self.known.len() - self.new.len()
    }
}

/// The numbers in the file of the values of one segment in memory, as far as they have one.
struct Numbers<T> {
    known: Vec<i64>,
    of: std::marker::PhantomData<fn(T)>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Numbers { known: Vec::new(), of: std::marker::PhantomData }
    }
}

/// No number yet.
const UNKNOWN: i64 = -2;

impl<T> Numbers<T> {
    fn get(&self, id: Id<T>) -> Option<i64> {
        if id.is_none() { Some(-1) } else { self.known.get(id.index()).copied().filter(|number| *number != UNKNOWN) }
    }

    fn set(&mut self, id: Id<T>, number: i64) -> i64 {
        if self.known.len() <= id.index() {
            self.known.resize(id.index() + 1, UNKNOWN);
        }
        if let Some(known) = self.known.get_mut(id.index()) {
            *known = number;
        }
        number
    }
}

/// What is known of the segment in memory of one view.
#[derive(Default)]
pub(crate) struct Names {
    serial: Option<u64>,
    owns: Numbers<Own>,
    lineages: Numbers<Lineage>,
    objects: Numbers<Object>,
    containers: Numbers<Container>,
    names: Numbers<Text>,
}

/// Collects the values of a segment of a file.
#[derive(Default)]
pub(crate) struct Entities {
    owns: Store<Own>,
    lineages: Store<Lineage>,
    objects: Store<Object>,
    containers: Store<Container>,
    names: Store<Text>,
    sources: Store<SourceInfo>,
}

/// Finds the numbers of values of one view.
pub(crate) struct Finder<'e> {
    pub(crate) entities: &'e mut Entities,
    names: &'e mut Names,
    segment: &'e Segment,
}

impl<'e> Finder<'e> {
    pub(crate) fn new(entities: &'e mut Entities, names: &'e mut Names, segment: &'e Segment) -> Self {
        if names.serial != Some(segment.serial) {
            *names = Names { serial: Some(segment.serial), ..Names::default() };
        }
        Finder { entities, names, segment }
    }

    pub(crate) fn own(&mut self, id: Id<Own>) -> i64 {
        if let Some(known) = self.names.owns.get(id) {
            return known;
        }
        let Some(own) = self.segment.owns.get(id) else { return -1 };
        let container = own.container.map(|id| place_of(self.container(id)));
        let number = self.entities.owns.number(Own { container, ..own.clone() });
        self.names.owns.set(id, number)
    }

    pub(crate) fn lineage(&mut self, id: Id<Lineage>) -> i64 {
        if let Some(known) = self.names.lineages.get(id) {
            return known;
        }
        let Some(lineage) = self.segment.lineages.get(id) else { return -1 };
        let mut lineage = lineage.clone();
        let searched = lineage.searched.iter_mut().flatten();
        for own in lineage.ancestors.iter_mut().chain(searched) {
            *own = place_of(self.own(*own));
        }
        for own in kinds::own_places(&mut lineage) {
            *own = place_of(self.own(*own));
        }
        let number = self.entities.lineages.number(lineage);
        self.names.lineages.set(id, number)
    }

    pub(crate) fn object(&mut self, id: Id<Object>) -> i64 {
        if let Some(known) = self.names.objects.get(id) {
            return known;
        }
        let Some(object) = self.segment.objects.get(id) else { return -1 };
        let number = self.entities.objects.number(object.clone());
        self.names.objects.set(id, number)
    }

    pub(crate) fn container(&mut self, id: Id<Container>) -> i64 {
        if let Some(known) = self.names.containers.get(id) {
            return known;
        }
        let Some(container) = self.segment.containers.get(id) else { return -1 };
        let number = self.entities.containers.number(container.clone());
        self.names.containers.set(id, number)
    }

    pub(crate) fn name(&mut self, id: Id<Text>) -> i64 {
        if let Some(known) = self.names.names.get(id) {
            return known;
        }
        let Some(name) = self.segment.names.get(id) else { return -1 };
        let number = self.entities.names.number(name.clone());
        self.names.names.set(id, number)
    }
}

/// How many values of each kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Versions of threads.
    pub owns: i64,
    /// Ancestors and leaders.
    pub lineages: i64,
    /// Objects.
    pub objects: i64,
    /// Versions of containers.
    pub containers: i64,
    /// Names.
    pub names: i64,
}

impl Entities {
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            owns: self.owns.known.len() as i64,
            lineages: self.lineages.known.len() as i64,
            objects: self.objects.known.len() as i64,
            containers: self.containers.known.len() as i64,
            names: self.names.known.len() as i64,
        }
    }

    /// The number of an object that no segment in memory has.
    pub(crate) fn object(&mut self, object: Object) -> i64 {
        self.objects.number(object)
    }

    /// The number of what is known of the capture.
    pub(crate) fn source(&mut self, source: &SourceInfo) -> i64 {
        self.sources.number(SourceInfo { name: Text::default(), ..source.clone() })
    }

    /// A section of those that none has yet; `None` if there are none. `number`: that of the segment.
    pub(crate) fn encode(&mut self, number: u64, strings: &mut Interned, packer: &mut Packer) -> Option<Vec<u8>> {
        let firsts = [
            self.owns.first_new(),
            self.lineages.first_new(),
            self.objects.first_new(),
            self.containers.first_new(),
            self.names.first_new(),
            self.sources.first_new(),
        ];
        let first_string = strings.strings().len();
        let mut columns = Columns::new(packer);
        let head = [number as i64, first_string as i64].into_iter().chain(firsts.map(|first| first as i64));
        let mut is_empty = true;
        put(&mut self.sources, Kind::Source, kinds::source, &mut columns, strings, &mut is_empty);
        put(&mut self.containers, Kind::Container, kinds::container, &mut columns, strings, &mut is_empty);
        put(&mut self.owns, Kind::Own, kinds::own, &mut columns, strings, &mut is_empty);
        put(&mut self.lineages, Kind::Lineage, kinds::lineage, &mut columns, strings, &mut is_empty);
        put(&mut self.objects, Kind::Object, kinds::object, &mut columns, strings, &mut is_empty);
        put(&mut self.names, Kind::Name, Fields::text, &mut columns, strings, &mut is_empty);
        columns.numbers(all(Kind::EntityHead), &head.collect::<Vec<_>>());
        strings.put_from(first_string, &mut columns);
        (!is_empty).then(|| columns.finish())
    }
}

fn put<'s, T>(
    store: &mut Store<T>,
    kind: Kind,
    fields: impl Fn(&mut Put<'s>, &mut T),
    columns: &mut Columns<'_>,
    strings: &'s mut Interned,
    is_empty: &mut bool,
) {
    *is_empty &= store.new.is_empty();
    let mut to = Put::new(strings);
    for mut value in store.new.drain(..) {
        fields(to.next(), &mut value);
    }
    to.finish(kind, columns);
}
