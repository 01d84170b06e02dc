//! What fields say of themselves: what they need a batch to hold, and what their values depend on.

use capture_batch::{Batch, Differ, Needs, Own, Row, View};
use capture_event::{Source, code};
use capture_filter::catalog::{Arg, Depends, FieldFlags, Get, Memory, fields};
use capture_filter::{Ask, Env, Extracted, Field};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::captures;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::{Path, PathBuf};

fn batches(path: &Path, view: View, needs: Needs) -> Vec<Batch> {
    let mut replay = Replay::new(Reader::open(path).unwrap(), view, needs, "needs");
    let pieces = std::iter::from_fn(|| replay.next_piece());
    pieces.filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None }).collect()
}

fn files() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let entries = std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|e| e == "scap")).chain(captures()).collect()
}

/// Arguments that a field may have.
fn args(field: &Field) -> Vec<Arg> {
    let mut args = Vec::new();
    if !field.flags.contains(FieldFlags::ARG_REQUIRED) {
        args.push(Arg::None);
    }
    if field.flags.contains(FieldFlags::ARG_INDEX) {
        args.extend([0, 1, 2].map(Arg::Index));
    }
    if field.flags.intersects(FieldFlags::ARG_KEY | FieldFlags::ARG_DOT) {
        let words = ["HOME", "name", "fd", "res", "tid", "uid", "fds", "dirfd", "data", "src", "dst", "cpu", "memory"];
        args.extend(words.map(|word| Arg::Key(word.into())));
    }
    args
}

fn values<'b>(field: &Field, arg: &'b Arg, env: &'b Env, batches: &'b [Batch], view: View) -> Vec<Extracted<'b>> {
    let mut memory = Memory::default();
    let rows = batches.iter().flat_map(Batch::rows);
    rows.map(|row| {
        let ask = Ask { row, arg, env };
        match field.reading(view).get {
            Get::Pure(get) => get(&ask),
            Get::Ordered(get) => get(&ask, &mut memory),
            Get::Nothing => Extracted::None,
        }
    })
    .collect()
}

#[test]
fn fields_need_what_they_say() {
    let env = Env::default();
    let mut wrong = BTreeSet::new();
    for path in files() {
        for view in [View::Classic, View::Exit] {
            let everything = batches(&path, view, Needs::all());
            // Fields with the same needs share a replay.
            let all_needs: BTreeSet<u16> = fields().map(|field| field.needs(view).bits()).collect();
            for needs in all_needs.into_iter().map(Needs::from_bits_retain) {
                let least = batches(&path, view, needs);
                for field in fields().filter(|field| field.needs(view) == needs) {
                    for arg in args(field) {
                        let expected = values(field, &arg, &env, &everything, view);
                        if values(field, &arg, &env, &least, view) != expected {
                            wrong.insert(format!("{} in {view:?}", field.name));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The thing that the value for a row depends on; `None` if the row has none, or the value depends on the row.
fn key(row: Row<'_>, field: &Field, arg: &Arg) -> Option<(usize, usize, Vec<Option<Vec<u8>>>)> {
    let batch = row.batch;
    let known = |id: usize| (id != u32::MAX as usize).then_some((id, 0, Vec::new()));
    let own = batch.own[row.index].index();
    match field.reading(row.view()).depends {
        Depends::Code => Some((row.code().into(), 0, Vec::new())),
        Depends::Type => match row.code() {
            code::GENERIC_E | code::GENERIC_X => Some((row.code().into(), 1, params(row, &[0, 1]))),
            code::ASYNCEVENT_E | code::PLUGINEVENT_E => None,
            code => Some((code.into(), 0, Vec::new())),
        },
        Depends::Program => Some((hash(&row.own()?.program()), 0, Vec::new())),
        Depends::Own => known(own),
        Depends::Object => known(batch.object[row.index].index()),
        Depends::Actor => known(own).map(|_| (own, batch.lineage[row.index].index(), Vec::new())),
        Depends::Live => known(batch.live[row.index] as usize),
        Depends::Params => match (field.differ)(row.view(), row.info()?, arg) {
            Differ::InNothing => Some((row.code().into(), 0, Vec::new())),
            Differ::InParams(places) => Some((row.code().into(), 1, params(row, &places))),
            Differ::InMore => None,
        },
        Depends::Event | Depends::Row | Depends::Order => None,
    }
}

fn hash(own: &Own) -> usize {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(own) as usize
}

fn params(row: Row<'_>, places: &[usize]) -> Vec<Option<Vec<u8>>> {
    places.iter().map(|place| row.raw(*place).map(<[u8]>::to_vec)).collect()
}

#[test]
fn fields_depend_on_what_they_say() {
    let env = Env::default();
    let mut wrong = BTreeSet::new();
    for path in files() {
        for view in [View::Classic, View::Exit] {
            let batches = batches(&path, view, Needs::all());
            for field in fields() {
                for arg in args(field) {
                    let values = values(field, &arg, &env, &batches, view);
                    let mut known = HashMap::new();
                    let mut values = values.iter();
                    for (nth, batch) in batches.iter().enumerate() {
                        for (row, value) in batch.rows().zip(values.by_ref()) {
                            let depends = field.reading(view).depends;
                            let Some(key) = key(row, field, &arg) else { continue };
                            // Quantities are numbered in each batch, the rest in each segment.
                            let place = if depends == Depends::Live { nth as u64 } else { batch.segment.serial };
                            if *known.entry((place, key)).or_insert(value) != value {
                                wrong.insert(format!("{} in {view:?}", field.name));
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Events that tell of users and groups.
const TELLS_OF_USERS: [u16; 4] = [code::USER_ADDED_E, code::USER_DELETED_E, code::GROUP_ADDED_E, code::GROUP_DELETED_E];

/// What an interest takes for granted ([`capture_filter::FilterInterest`]).
#[test]
fn fields_have_no_value_where_there_is_nothing_to_depend_on() {
    let env = Env::default();
    let mut wrong = BTreeSet::new();
    for path in files() {
        for view in [View::Classic, View::Exit] {
            let batches = batches(&path, view, Needs::all());
            let has_nothing = |row: Row<'_>, depends: Depends| match (depends, row.info()) {
                (Depends::Own, Some(info)) => {
                    let is_call = info.source == Source::Syscall || info.code == code::SCHEDSWITCH_6_E;
                    (is_call || TELLS_OF_USERS.contains(&info.code)) && row.own().is_none()
                }
                (Depends::Object, Some(info)) => !info.is_about_fds(),
                _ => false,
            };
            for field in fields() {
                for arg in args(field) {
                    let values = values(field, &arg, &env, &batches, view);
                    for (row, value) in batches.iter().flat_map(Batch::rows).zip(&values) {
                        if has_nothing(row, field.reading(view).depends) && !matches!(value, Extracted::None) {
                            wrong.insert(format!("{} in {view:?}: {value:?}", field.name));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
