//! A filter selects the same events when no rows are made but those of interest to it.

use capture_batch::{Interest, Needs, Row, RowFlags, Types, View, attempted_path};
use capture_event::Dialect;
use capture_event::tables::syscall;
use capture_filter::{Env, Filter, FilterSet, Selection};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{captures, parallel};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

const FILTERS: &str = include_str!("../../../tests/differential/filters.txt");

fn files() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let entries = std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|e| e == "scap")).chain(captures()).collect()
}

/// The numbers of the events that each filter selects.
fn selected(path: &Path, filters: &[Filter], needs: Needs, interest: Box<dyn Interest>, view: View) -> Vec<Vec<u64>> {
    let mut replay = Replay::new(Reader::open(path).unwrap().ahead(), view, needs, "interest").only(interest);
    let mut columns: Vec<_> = filters.iter().map(Filter::columns).collect();
    let mut numbers = vec![Vec::new(); filters.len()];
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        let numbered = Selection::with(batch.len(), |&row| {
            let header = batch.header(row).unwrap();
            header.num != 0 && !header.flags.contains(RowFlags::REPEATED)
        });
        for (columns, numbers) in columns.iter_mut().zip(&mut numbers) {
            let hits = columns.select(&batch, &numbered);
            numbers.extend(hits.iter().map(|row| batch.num[row]));
        }
    }
    numbers
}

#[test]
fn rows_that_no_filter_selects_are_not_missed() {
    let env = Env::default();
    let files = files();
    let cases: Vec<(&PathBuf, View)> =
        files.iter().flat_map(|path| [(path, View::Classic), (path, View::Exit)]).collect();
    let narrowed = AtomicUsize::new(0);
    let check = |&(path, view): &(&PathBuf, View)| {
        let compile = |text: &str| Filter::compile(text, view, &env).ok();
        let filters: Vec<Filter> = FILTERS.lines().filter_map(compile).collect();
        let everything = selected(path, &filters, Needs::all(), Box::new(Types::ALL), view);
        let mut wrong = Vec::new();
        for (filter, expected) in filters.iter().zip(&everything) {
            let interest = filter.interest();
            narrowed.fetch_add(usize::from(interest.types() != Types::ALL), Ordering::Relaxed);
            let found = selected(path, std::slice::from_ref(filter), filter.needs(), Box::new(interest), view);
            if found[0] != *expected {
                wrong.push(format!("{} on {} in {view:?}", filter.explain(), path.display()));
            }
        }
        let needs = filters.iter().fold(Needs::empty(), |needs, filter| needs | filter.needs());
        let together = FilterSet::new(view, filters.clone()).interest(&vec![Types::ALL; filters.len()]);
        if selected(path, &filters, needs, Box::new(together), view) != everything {
            wrong.push(format!("all of them on {} in {view:?}", path.display()));
        }
        // Filters whose events are few, so that most rows are left out.
        let few: Vec<usize> = (0..filters.len()).filter(|at| everything[*at].len() < 10).collect();
        let of_few: Vec<Filter> = few.iter().map(|at| filters[*at].clone()).collect();
        let together = FilterSet::new(view, of_few.clone()).interest(&vec![Types::ALL; of_few.len()]);
        let found = selected(path, &of_few, needs, Box::new(together), view);
        if !few.iter().zip(&found).all(|(at, found)| *found == everything[*at]) {
            wrong.push(format!("some of them on {} in {view:?}", path.display()));
        }
        wrong
    };
    parallel(&cases, check, |wrong| assert!(wrong.is_empty(), "{wrong:#?}"));
    assert!(narrowed.into_inner() > 0);
}

#[test]
fn rows_with_objects_that_nobody_looks_for_are_not_made() {
    let of_rows = |text: &str, path: &Path, view| {
        let filter = Filter::compile(text, view, &Env::default()).unwrap_or_else(|errors| panic!("{errors:?}"));
        let reader = Reader::open(path).unwrap();
        let mut replay = Replay::new(reader, view, filter.needs(), "").only(Box::new(filter.interest()));
        let mut names = Vec::new();
        while let Some(piece) = replay.next_piece() {
            let Piece::Batch(batch) = piece else { continue };
            let rows = batch.rows().filter(|row| !row.flags().contains(RowFlags::REPEATED));
            names.extend(rows.map(|row| row.object().map(|object| object.name.to_vec())));
        }
        names
    };
    let (mut found, mut others) = (0, 0);
    for path in files() {
        for view in [View::Classic, View::Exit] {
            let wanted = of_rows("fd.name=/etc/passwd", &path, view);
            let is_other = |name: &Option<Vec<u8>>| name.as_ref().is_some_and(|name| name != b"/etc/passwd");
            assert!(!wanted.iter().any(is_other), "{}, {view:?}", path.display());
            found += wanted.iter().flatten().count();
            // Those that the other condition lets through are made whatever they work on.
            let either = of_rows("fd.name=/etc/passwd or evt.type=close", &path, view);
            others += either.iter().filter(|name| is_other(name)).count();
        }
    }
    assert!(found > 0 && others > 0, "{found} found, {others} closed");
}

#[test]
fn rows_that_failed_to_open_what_nobody_looks_for_are_not_made() {
    let of_attempts = |text: &str, path: &Path, view| {
        let filter = Filter::compile(text, view, &Env::default()).unwrap_or_else(|errors| panic!("{errors:?}"));
        let reader = Reader::open(path).unwrap();
        let mut replay =
            Replay::new(reader, view, filter.needs() | Needs::OBJECTS, "").only(Box::new(filter.interest()));
        let mut paths = Vec::new();
        while let Some(piece) = replay.next_piece() {
            let Piece::Batch(batch) = piece else { continue };
            let attempts = batch.rows().filter(|row| row.own().is_some() && row.object().is_none());
            paths.extend(attempts.filter_map(|row| Some(attempted_path(row.info()?, &params(row))?.to_vec())));
        }
        paths
    };
    let mut met = 0;
    for path in files() {
        for view in [View::Classic, View::Exit] {
            let all = of_attempts("evt.type in (open, openat, openat2, creat)", &path, view);
            let some: Vec<_> = all.iter().filter(|path| path.ends_with(b".so.6")).cloned().collect();
            for text in ["fd.name endswith .so.6", "evt.type!=dup and fd.filename!=a and fd.name endswith .so.6"] {
                assert_eq!(of_attempts(text, &path, view), some, "{text} on {} in {view:?}", path.display());
            }
            let none = of_attempts("not fd.name exists", &path, view);
            assert!(none.is_empty(), "{} in {view:?}: {none:?}", path.display());
            met += all.len();
        }
    }
    assert!(met > 0);
}

fn params(row: Row<'_>) -> Vec<&[u8]> {
    (0..row.param_count()).filter_map(|param| row.raw(param)).collect()
}

#[test]
fn calls_without_a_type_of_their_own_are_told_apart() {
    let called = |text: &str, view| {
        let filter = Filter::compile(text, view, &Env::default()).unwrap_or_else(|errors| panic!("{errors:?}"));
        let name = |id: &u16| syscall::name(*id, Dialect::Newest).unwrap().to_owned();
        let mut names: Vec<_> = filter.generic_calls().iter().map(name).collect();
        names.sort();
        names
    };
    for view in [View::Classic, View::Exit] {
        assert_eq!(called("evt.type=reboot", view), ["reboot"]);
        assert_eq!(called("proc.name=a and evt.type in (personality, mseal)", view), ["mseal", "personality"]);
        // The classic schema does not know it.
        assert_eq!(called("evt.type=cachestat", view), ["cachestat"]);
        let (all, but_one) = (called("proc.name=a", view), called("not evt.type=reboot", view));
        assert_eq!(all.len(), but_one.len() + 1);
        assert!(all.contains(&"reboot".to_owned()) && !but_one.contains(&"reboot".to_owned()));
    }
}
