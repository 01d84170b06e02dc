//! A native capture gives the rows that a replay gives, whatever is passed over.

use capture_batch::{Batch, Interest, Needs, RowFlags, View};
use capture_cap::column::{Columns as Set, Packer, Stored};
use capture_cap::section::{self, HEADER, Header};
use capture_cap::{Kind, Writer};
use capture_filter::{Columns, Env, Filter, Format, Selection};
use capture_machine::native::Followers;
use capture_machine::{Piece, Replay};
use capture_query::{Capture, Damage, Made, Maker, Plan, Question, Stats, Taker, run};
use capture_scap::Reader;
use capture_testkit::{captures, parallel, skip};
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Every so many-th filter is asked.
const STEP: usize = 3;

/// The filters whose answers are compared with sysdig's, too.
fn filters(view: View) -> Vec<Filter> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/differential/filters.txt");
    let text = std::fs::read_to_string(list).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| Filter::compile(line, view, &Env::default()).ok()).collect()
}

fn files() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios");
    let fixtures = std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    fixtures.chain(captures()).filter(|path| path.extension().is_some_and(|extension| extension == "scap")).collect()
}

/// A capture in the native form, with small batches.
fn native(path: &Path, to: &Path) {
    let mut reader = Reader::open(path).unwrap();
    let file = std::fs::File::create(to).unwrap();
    let writer = Writer::binding(file, Box::new(Followers::new())).unwrap();
    let mut writer = writer.with_batch_events(60);
    while let Some(block) = reader.next_block() {
        if let Ok(block) = block {
            writer.block(&block).unwrap();
        }
    }
    writer.finish().unwrap();
}

/// Which rows does a filter select?
struct Selected(Filter);

struct Evaluating(Columns);

impl Question for Selected {
    type Maker<'q> = Evaluating;
    type Output = ();

    fn interest(&self) -> Box<dyn Interest> {
        Box::new(self.0.interest())
    }

    fn is_ordered(&self) -> bool {
        self.0.is_ordered()
    }

    fn maker(&self) -> Evaluating {
        Evaluating(self.0.columns())
    }
}

impl Maker for Evaluating {
    type Output = ();

    fn make(&mut self, batch: &Batch) -> Made<()> {
        let rows = Selection::with(batch.len(), |row| !batch.flags[*row].intersects(RowFlags::NEVER_SHOWN));
        Made { selected: self.0.select(batch, &rows), output: () }
    }
}

/// The rows that were taken, and what was damaged.
#[derive(Default)]
struct Taken(Vec<(u64, u64, u16)>, Vec<String>);

impl Taker<()> for Taken {
    fn take(&mut self, _: usize, batch: &Batch, made: &mut Made<()>, rows: Range<usize>) -> ControlFlow<()> {
        let taken = made.selected.iter().filter(|row| rows.contains(row)).filter_map(|row| batch.header(row));
        self.0.extend(taken.map(|header| (header.num, header.ts, header.code)));
        ControlFlow::Continue(())
    }

    fn damage(&mut self, _: usize, _: &str, damage: &Damage) {
        self.1.push(damage.to_string());
    }
}

/// The rows, and how many batches were passed over.
fn selected(path: &Path, filter: &Filter, threads: usize) -> (Vec<(u64, u64, u16)>, u64) {
    selected_of_times(path, filter, Plan::ANY_TIME, threads)
}

/// At least the rows of these times.
fn selected_of_times(path: &Path, filter: &Filter, times: Range<u64>, threads: usize) -> (Vec<(u64, u64, u16)>, u64) {
    let (mut taken, stats) = (Taken::default(), Arc::new(Stats::default()));
    let plan = Plan { view: filter.view(), needs: filter.needs(), times, threads };
    let capture = Capture::open(path, "").unwrap();
    run(vec![capture], &[Selected(filter.clone())], plan, &mut taken, &stats);
    assert_eq!(taken.1, [""; 0]);
    (taken.0, stats.skipped().values().sum())
}

/// What a capture shows of names of files, each once.
fn names(path: &Path, view: View) -> BTreeSet<(&'static str, String)> {
    let fields = ["fd.name", "fd.nameraw", "fd.directory"].map(|field| (field, format!("*%{field}")));
    let formats = fields.map(|(field, text)| Some((field, Format::compile(&text, view).ok()?)));
    let needs = Needs::all() - Needs::ENTERS - Needs::FD_TYPES;
    let mut replay = Replay::new(Reader::open(path).unwrap(), view, needs, "");
    let mut names = BTreeSet::new();
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        for (row, (field, format)) in batch.rows().flat_map(|row| formats.iter().flatten().map(move |it| (row, it))) {
            let mut name = Vec::new();
            format.clone().render(row, &Env::default(), &mut name);
            let name = String::from_utf8(name).unwrap_or_default();
            if row.object().is_none() && !name.contains(['"', '\\', '\n']) && name != "<NA>" {
                names.insert((*field, name));
            }
        }
    }
    names
}

#[test]
fn what_calls_failed_to_open_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<(usize, PathBuf)> = files().into_iter().enumerate().collect();
    let check = |(number, path): &(usize, PathBuf)| {
        let cap = dir.path().join(format!("{number}.cap"));
        native(path, &cap);
        let (mut asked, mut passed_over) = (0, 0);
        for view in [View::Classic, View::Exit] {
            // Not all of a large capture, but some of all kinds.
            let names = names(path, view);
            for (field, name) in names.iter().step_by(1 + names.len() / 60) {
                let Ok(filter) = Filter::compile(&format!("{field} = \"{name}\""), view, &Env::default()) else {
                    continue;
                };
                let (expected, _) = selected(path, &filter, 1);
                let (found, skipped) = selected(&cap, &filter, 1);
                assert_eq!(found, expected, "{}, {view:?}: {}", path.display(), filter.expr());
                (asked, passed_over) = (asked + usize::from(!found.is_empty()), passed_over + skipped);
            }
        }
        (asked, passed_over)
    };
    let (mut asked, mut passed_over) = (0, 0);
    parallel(&files, check, |(more_asked, more)| (asked, passed_over) = (asked + more_asked, passed_over + more));
    assert!(asked > 20 && passed_over > 100, "{asked}, {passed_over}");
}

#[test]
fn batches_of_other_times_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios/container-shell.scap");
    let cap = dir.path().join("native.cap");
    native(&fixture, &cap);
    let filter = Filter::compile("evt.num > 0", View::Exit, &Env::default()).unwrap();
    let (all, _) = selected(&cap, &filter, 1);
    let mut passed_over = 0;
    for (first, last) in [(0, 3), (70, 71), (100, 200), (0, all.len() - 1), (all.len() - 2, all.len() - 1)] {
        let times = all[first].1..all[last].1;
        let (found, skipped) = selected_of_times(&cap, &filter, times.clone(), 1);
        let of_times = |rows: &[(u64, u64, u16)]| -> Vec<(u64, u64, u16)> {
            rows.iter().copied().filter(|(_, ts, _)| times.contains(ts)).collect()
        };
        assert_eq!(of_times(&found), of_times(&all), "{times:?}");
        passed_over += skipped;
    }
    assert!(passed_over > 4);
}

/// The same file, but the threads of its second batch are missing, under a right checksum.
fn without_threads(native: &[u8]) -> Vec<u8> {
    let (mut rest, mut changed, mut batches) = (native, Vec::new(), 0);
    while let Some(header) = Header::read(rest) {
        let (section, after) = rest.split_at(HEADER + header.len as usize);
        rest = after;
        if header.kind == section::INDEX {
            break;
        }
        batches += usize::from(header.kind == section::BATCH);
        let mut payload = section[HEADER..].to_vec();
        if header.kind == section::BATCH && batches == 2 {
            let (stored, mut packer) = (Stored::open(&section[HEADER..]).unwrap(), Packer::default());
            let mut columns = Set::new(&mut packer);
            for (id, _) in stored.sizes() {
                match stored.numbers::<i64>(id) {
                    Ok(_) if id.kind == Kind::RowOwn => columns.numbers(id, &[]),
                    Ok(numbers) => columns.numbers(id, &numbers),
                    Err(_) => columns.bytes(id, &stored.bytes(id).unwrap()),
                }
            }
            payload = columns.finish();
        }
        changed.extend(Header { len: payload.len() as u64, ..header }.bytes());
        changed.extend(payload);
    }
    changed
}

#[test]
fn a_batch_that_makes_no_sense_is_damage_for_whoever_looks_there() {
    let dir = tempfile::tempdir().unwrap();
    let [whole, damaged] = ["whole.cap", "damaged.cap"].map(|name| dir.path().join(name));
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios/container-shell.scap");
    native(&fixture, &whole);
    std::fs::write(&damaged, without_threads(&std::fs::read(&whole).unwrap())).unwrap();
    for (text, is_damaged) in [("evt.num > 0", false), ("proc.name != nobody and evt.num > 0", true)] {
        let filter = Filter::compile(text, View::Classic, &Env::default()).unwrap();
        let (expected, _) = selected(&whole, &filter, 1);
        for threads in [1, 3] {
            let mut taken = Taken::default();
            let plan = Plan { view: filter.view(), needs: filter.needs(), times: Plan::ANY_TIME, threads };
            let capture = Capture::open(&damaged, "").unwrap();
            run(vec![capture], &[Selected(filter.clone())], plan, &mut taken, &Arc::default());
            let Taken(rows, damages) = taken;
            assert_eq!(damages.len(), usize::from(is_damaged), "{damages:?}");
            assert!(damages.iter().all(|damage| damage.contains("a batch of events")), "{damages:?}");
            assert!(rows.iter().all(|row| expected.contains(row)));
            let missing = expected.len() - rows.len();
            assert_eq!(missing > 0 && missing <= 60, is_damaged, "{missing}");
        }
    }
}

#[test]
fn nothing_that_a_filter_selects_is_passed_over() {
    if captures().is_empty() {
        skip("only fixtures are compared");
    }
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<(usize, PathBuf)> = files().into_iter().enumerate().collect();
    let check = |(number, path): &(usize, PathBuf)| {
        let cap = dir.path().join(format!("{number}.cap"));
        native(path, &cap);
        let mut passed_over = 0;
        // Other ones for each capture.
        for (n, filter) in
            [View::Classic, View::Exit].into_iter().flat_map(filters).enumerate().skip(number % STEP).step_by(STEP)
        {
            let (expected, _) = selected(path, &filter, 1);
            let (found, skipped) = selected(&cap, &filter, 1 + 2 * (n % 2));
            assert_eq!(found, expected, "{}, {:?}: {}", path.display(), filter.view(), filter.expr());
            passed_over += skipped;
        }
        passed_over
    };
    let mut passed_over = 0;
    parallel(&files, check, |more| passed_over += more);
    assert!(passed_over > 1000, "{passed_over}");
}
