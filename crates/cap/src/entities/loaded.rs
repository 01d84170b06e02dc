//! Sections of interned values, read: each kind of value when somebody looks at it.

use super::fields::{Fields, Take};
use super::kinds;
use crate::batch::all;
use crate::column::{Id, Stored};
use crate::strings::Strings;
use crate::{Fault, Kind};
use bytes::Bytes;
use capture_batch::{Container, Own, Segment, SourceInfo, Table, Text};
use rustc_hash::FxHashSet;
use std::sync::{Arc, OnceLock};

/// What a section says of where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityHead {
    /// The number of its segment.
    pub segment: u64,
    /// The number of its first string.
    pub first_string: usize,
    /// How many values of each kind stand before it in the segment: versions of threads, lineages, objects, versions of
    /// containers, names, sources.
    pub firsts: [usize; 6],
}

impl EntityHead {
    /// That of a section: of what follows its header.
    pub fn of(payload: &[u8]) -> Result<EntityHead, Fault> {
        EntityHead::read(&Stored::open(payload)?)
    }

    /// Whether its section is the first of its segment.
    pub fn is_first(&self) -> bool {
        self.first_string == 0 && self.firsts == [0; 6]
    }

    fn read(columns: &Stored<'_>) -> Result<EntityHead, Fault> {
        let head: Vec<i64> = columns.numbers(all(Kind::EntityHead))?;
        let &[segment, first_string, ref firsts @ ..] = head.as_slice() else { return Err(Fault::Uneven) };
        let size = |number: i64| usize::try_from(number).map_err(|_| Fault::Uneven);
        let mut sizes = [0; 6];
        for (size_of, number) in sizes.iter_mut().zip(firsts) {
            *size_of = size(*number)?;
        }
        Ok(EntityHead { segment: segment as u64, first_string: size(first_string)?, firsts: sizes })
    }
}

/// Adds the strings of a section to those of its segment.
pub(crate) fn read_strings(payload: &[u8], strings: &mut Strings) -> Result<(), Fault> {
    let columns = Stored::open(payload)?;
    let head = EntityHead::read(&columns)?;
    if head.first_string > strings.len() {
        return Err(Fault::Uneven);
    }
    strings.truncate(head.first_string);
    strings.add(&columns, None)
}

/// What is known of the capture, as the first section of a segment says first.
pub(crate) fn first_source(payload: &[u8]) -> Result<Option<SourceInfo>, Fault> {
    let (columns, mut strings) = (Stored::open(payload)?, Strings::default());
    strings.add(&columns, None)?;
    let mut sources = Vec::new();
    Take::new(&strings).section(Kind::Source, &columns, SourceInfo::default, kinds::source, &mut sources)?;
    Ok(sources.into_iter().next())
}

/// The values of a segment.
#[derive(Default)]
pub struct Loaded {
    /// The values that batches name. What cannot be read of them is not there, and [`Loaded::fault`] tells.
    pub segment: Arc<Segment>,
    /// The segment's strings.
    pub strings: Arc<Strings>,
    /// What is known of the capture: one entry as a rule.
    pub sources: Vec<SourceInfo>,
    fault: Arc<OnceLock<Fault>>,
}

impl Loaded {
    /// Reads the sections of a segment, in their order: what follows the header of each. All of them have to be as they
    /// were written; if one is not, tells which.
    pub fn open(sections: Vec<Bytes>) -> Result<Loaded, (usize, Fault)> {
        let (mut strings, mut serial) = (Strings::default(), 0);
        for (at, payload) in sections.iter().enumerate() {
            serial = add_strings(payload, &mut strings).map_err(|fault| (at, fault))?;
        }
        let (strings, fault) = (Arc::new(strings), Arc::default());
        let sections = Sections { payloads: sections.into(), strings: strings.clone(), fault };
        let sources = sections.read(5, Kind::Source, SourceInfo::default, |to, source| kinds::source(to, source));
        let segment = Segment {
            serial,
            owns: sections.table(0, Kind::Own, Own::default, |to, own| kinds::own(to, own)),
            programs: sections.programs(),
            lineages: sections.table(1, Kind::Lineage, kinds::no_lineage, |to, lineage| kinds::lineage(to, lineage)),
            objects: sections.table(2, Kind::Object, kinds::no_object, |to, object| kinds::object(to, object)),
            containers: sections.table(3, Kind::Container, Container::default, |to, one| kinds::container(to, one)),
            names: sections.table(4, Kind::Name, Text::default, |to, name| to.text(name)),
            ..Segment::default()
        };
        Ok(Loaded { segment: Arc::new(segment), strings, sources, fault: sections.fault })
    }

    /// The first fault that was found in a value that somebody looked at.
    pub fn fault(&self) -> Option<Fault> {
        self.fault.get().copied()
    }
}

/// Adds the strings of the next section of a segment. Gives the number of the segment.
fn add_strings(payload: &[u8], strings: &mut Strings) -> Result<u64, Fault> {
    let columns = Stored::open(payload)?;
    columns.check()?;
    let head = EntityHead::read(&columns)?;
    if head.first_string != strings.len() {
        return Err(Fault::Uneven);
    }
    strings.add(&columns, None)?;
    Ok(head.segment)
}

/// The sections of a segment.
#[derive(Clone)]
struct Sections {
    payloads: Arc<[Bytes]>,
    strings: Arc<Strings>,
    fault: Arc<OnceLock<Fault>>,
}

impl Sections {
    /// The table of a kind of values. `place`: that of the kind in [`EntityHead::firsts`].
    fn table<T: Send + Sync + 'static>(
        &self,
        place: usize,
        kind: Kind,
        none: fn() -> T,
        fields: impl for<'s> Fn(&mut Take<'s>, &mut T) + Send + 'static,
    ) -> Table<T> {
        let sections = self.clone();
        Table::late(move || sections.read(place, kind, none, fields))
    }

    /// The table of what programs and containers threads are of.
    fn programs(&self) -> Table<Own> {
        let sections = self.clone();
        Table::late(move || {
            let (mut met, mut programs) = (FxHashSet::default(), Vec::new());
            for payload in sections.payloads.iter() {
                if let Err(fault) = sections.add_programs(payload, &mut met, &mut programs) {
                    let _ = sections.fault.set(fault);
                    break;
                }
            }
            programs
        })
    }

    /// Adds those of a section that were not met before.
    fn add_programs(
        &self,
        payload: &[u8],
        met: &mut FxHashSet<[i64; 6]>,
        programs: &mut Vec<Own>,
    ) -> Result<(), Fault> {
        let columns = Stored::open(payload)?;
        let text = |number| Some(Text::from(self.strings.get(usize::try_from(number).ok()?)?));
        let mut values = Vec::with_capacity(kinds::PROGRAM.len());
        for code in kinds::PROGRAM {
            values.push(columns.numbers::<i64>(Id { kind: Kind::Own, code, index: 0 })?.into_iter());
        }
        while values.iter().any(|values| values.len() > 0) {
            let mut program = [0; kinds::PROGRAM.len()];
            for (field, values) in program.iter_mut().zip(&mut values) {
                *field = values.next().ok_or(Fault::Uneven)?;
            }
            if met.insert(program) {
                programs.push(kinds::program(program, text).ok_or(Fault::Uneven)?);
            }
        }
        Ok(())
    }

    /// All values of a kind; those before the first fault.
    fn read<T>(
        &self,
        place: usize,
        kind: Kind,
        none: fn() -> T,
        fields: impl for<'s> Fn(&mut Take<'s>, &mut T),
    ) -> Vec<T> {
        let (mut values, mut taken) = (Vec::new(), Take::new(&self.strings));
        for payload in self.payloads.iter() {
            let read = Stored::open(payload).and_then(|columns| {
                let is_next = EntityHead::read(&columns)?.firsts.get(place) == Some(&values.len());
                if is_next { taken.section(kind, &columns, none, &fields, &mut values) } else { Err(Fault::Uneven) }
            });
            if let Err(fault) = read {
                let _ = self.fault.set(fault);
                break;
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Packer;
    use crate::entities::{Entities, Finder, Names};
    use crate::strings::Interned;
    use capture_batch::{Id as Place, OwnFlags};

    #[test]
    fn a_program_has_what_its_threads_have() {
        let own = Own {
            comm: Text::from(&b"comm"[..]),
            exe: Text::from(&b"exe"[..]),
            exepath: Text::from(&b"/exepath"[..]),
            flags: OwnFlags::EXE_UPPER_LAYER | OwnFlags::IN_PIDNS,
            container_id: Text::from(&b"0123456789ab"[..]),
            ..Own::default()
        };
        let written = Segment::default();
        let container = written.containers.push(Container::default());
        // Others differ in what tells of no program.
        let thread = |tid| Own { tid, args: Text::from(&b"a\0b\0"[..]), uid: 7, container, ..own.clone() };
        let ids: Vec<Place<Own>> = (1..4).filter_map(|tid| written.owns.push(thread(tid))).collect();
        let (mut entities, mut names, mut strings) = (Entities::default(), Names::default(), Interned::default());
        let mut finder = Finder::new(&mut entities, &mut names, &written);
        let numbers: Vec<i64> = ids.iter().map(|id| finder.own(*id)).collect();
        assert_eq!(numbers, [0, 1, 2]);
        let section = entities.encode(0, &mut strings, &mut Packer::default()).unwrap();
        let read = Loaded::open(vec![section.into()]).unwrap().segment;
        assert_eq!(read.owns.len(), 3);
        assert_eq!(read.programs.len(), 1);
        assert_eq!(read.programs.get(Place::new(0)), Some(&Own { container, ..own.program() }));
    }
}
