//! Sections whose checksums are right, but whose numbers make no sense: reading them ends, without a panic.

use capture_batch::{Row, View};
use capture_cap::column::{Columns, Id, Packer, Stored};
use capture_cap::section::{FILE, HEADER, Header};
use capture_cap::{File, Writer};
use capture_machine::native::{Followers, batch};
use capture_scap::Reader;
use capture_testkit::{Form, random_capture};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};

/// The sections of a file with what both views bind.
fn sections() -> &'static [(u16, Vec<u8>)] {
    static SECTIONS: OnceLock<Vec<(u16, Vec<u8>)>> = OnceLock::new();
    SECTIONS.get_or_init(|| {
        let mut reader = Reader::from_bytes(random_capture(3, 400, Form::Pairs).to_bytes()).unwrap();
        let writer = Writer::binding(Vec::new(), Box::new(Followers::new())).unwrap();
        let mut writer = writer.with_batch_events(60);
        while let Some(block) = reader.next_block() {
            writer.block(&block.unwrap()).unwrap();
        }
        let file = writer.finish().unwrap();
        let (mut rest, mut sections) = (file.as_slice(), Vec::new());
        while let Some(header) = Header::read(rest) {
            let (payload, after) = rest[HEADER..].split_at(header.len as usize);
            sections.push((header.kind, payload.to_vec()));
            rest = after;
        }
        sections
    })
}

/// What is done to a column of numbers.
#[derive(Debug, Clone)]
enum Change {
    Set(prop::sample::Index, i64),
    Add(prop::sample::Index, i64),
    Cut(prop::sample::Index),
    Repeat(prop::sample::Index),
    Drop,
}

impl Change {
    fn apply(&self, numbers: &mut Vec<i64>) {
        let len = numbers.len();
        match self {
            Change::Set(at, number) => numbers[at.index(len)] = *number,
            Change::Add(at, number) => numbers[at.index(len)] = numbers[at.index(len)].wrapping_add(*number),
            Change::Cut(at) => numbers.truncate(at.index(len)),
            Change::Repeat(at) => numbers.extend_from_within(at.index(len)..),
            Change::Drop => numbers.clear(),
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let number = prop_oneof![-3..70i64, (any::<i64>(), 0..64u32).prop_map(|(number, shift)| number >> shift)];
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), number.clone()).prop_map(|(at, number)| Change::Set(at, number)),
        (at(), -3..4i64).prop_map(|(at, number)| Change::Add(at, number)),
        at().prop_map(Change::Cut),
        at().prop_map(Change::Repeat),
        Just(Change::Drop),
    ]
}

/// A set of columns, one of them changed.
fn changed(set: &[u8], which: &prop::sample::Index, change: &Change) -> Vec<u8> {
    let Ok(stored) = Stored::open(set) else { return set.to_vec() };
    let ids: Vec<Id> = stored.sizes().map(|(id, _)| id).collect();
    let chosen = ids[which.index(ids.len())];
    let mut packer = Packer::default();
    let mut columns = Columns::new(&mut packer);
    for id in ids {
        match stored.numbers::<i64>(id) {
            Ok(mut numbers) => {
                if id == chosen {
                    change.apply(&mut numbers);
                }
                columns.numbers(id, &numbers);
            }
            Err(_) => columns.bytes(id, &stored.bytes(id).unwrap()),
        }
    }
    columns.finish()
}

/// A file of these sections.
fn file(sections: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let section = |(number, (kind, payload)): (u32, &(u16, Vec<u8>))| {
        let header = Header { kind: *kind, version: 1, len: payload.len() as u64, number };
        [&header.bytes()[..], payload].concat()
    };
    (0..).zip(sections).flat_map(section).collect()
}

/// Looks at all that is bound to a row.
fn look(row: Row<'_>) -> usize {
    let params: usize = (0..row.param_count()).filter_map(|at| row.raw(at)).map(<[u8]>::len).sum();
    let people = row.own().is_some() as usize + row.parent().is_some() as usize + row.searched().count();
    let things = row.object().is_some() as usize + row.references().len() + row.options().count();
    let streams = [0, 1, 2].iter().filter(|n| row.std_stream(**n).is_some()).count();
    params + people + things + streams + row.live().is_some() as usize + (0..8).filter_map(|n| row.ancestor(n)).count()
}

/// Reads a file in both ways, and all of it.
fn read(bytes: Vec<u8>) -> usize {
    let mut reader = capture_cap::Reader::new(bytes.as_slice());
    let mut seen = 0;
    while reader.next_blocks().is_some() {
        seen += 1;
    }
    let Some(file) = File::from_bytes(bytes.into()) else { return seen };
    for (segment, at) in file.segments().iter().flat_map(|segment| segment.batches.iter().map(move |at| (segment, at)))
    {
        let Ok(loaded) = file.load(segment).map(Arc::new) else { continue };
        for view in [View::Classic, View::Exit] {
            seen += file.summaries(segment, view).len();
            let Ok(late) = file.batch(at, loaded.clone()).map(Arc::new) else { continue };
            let batch = batch(late, view, loaded.segment.clone(), &[]);
            seen += batch.rows().map(look).sum::<usize>();
        }
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_senseless_numbers_ends(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), change()), 1..4),
    ) {
        let mut sections = sections().to_vec();
        for (section, column, change) in changes {
            let places: Vec<usize> = (0..sections.len()).filter(|at| sections[*at].0 != FILE).collect();
            let (_, payload) = &mut sections[places[section.index(places.len())]];
            *payload = changed(payload, &column, &change);
        }
        read(file(&sections));
    }
}

#[test]
fn the_sections_make_sense_as_they_are() {
    assert!(read(file(sections())) > 400);
}
