//! A native capture gives the rows that a replay gives, whatever is passed over.

use capture_batch::{Batch, Interest, RowFlags, View};
use capture_cap::Writer;
use capture_filter::{Columns, Env, Filter, Selection};
use capture_machine::native::Followers;
use capture_query::{Capture, Damage, Made, Maker, Plan, Question, Stats, Taker, run};
use capture_scap::Reader;
use capture_testkit::{captures, parallel, skip};
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

#[derive(Default)]
struct Taken(Vec<(u64, u64, u16)>);

impl Taker<()> for Taken {
    fn arrives(&mut self, _: usize, _: &Batch, _: u64) {}

    fn take(&mut self, _: usize, batch: &Batch, made: &mut Made<()>, rows: Range<usize>) -> ControlFlow<()> {
        let taken = made.selected.iter().filter(|row| rows.contains(row)).filter_map(|row| batch.header(row));
        self.0.extend(taken.map(|header| (header.num, header.ts, header.code)));
        ControlFlow::Continue(())
    }

    fn damage(&mut self, _: usize, _: &str, damage: &Damage) {
        panic!("{damage}");
    }
}

/// The rows, and how many batches were passed over.
fn selected(path: &Path, filter: &Filter, threads: usize) -> (Vec<(u64, u64, u16)>, u64) {
    let (mut taken, stats) = (Taken::default(), Arc::new(Stats::default()));
    let plan = Plan { view: filter.view(), needs: filter.needs(), threads };
    let capture = Capture::open(path, "").unwrap();
    run(vec![capture], &[Selected(filter.clone())], plan, &mut taken, &stats);
    (taken.0, stats.skipped().values().sum())
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
