//! The answer does not depend on the path taken: how many rows a batch has, on which threads it is made, whether
//! captures stand in one file or in several, when interned values start anew, which evaluator is asked.

use capture_batch::{Batch, Interest, Needs, RowFlags, Types, View};
use capture_event::code;
use capture_filter::{Env, Filter, Format, Selection};
use capture_machine::replay::{Piece, Replay};
use capture_query::{Capture, Count, Damage, Made, Maker, Plan, Question, Stats, Taker, run};
use capture_scap::Reader;
use capture_testkit::{EventBuilder, Form, captures, random_capture};
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const VIEWS: [View; 2] = [View::Classic, View::Exit];

/// Fields of every column and table that a batch has.
const FIELDS: &str = "*%evt.num %evt.rawtime %evt.latency %evt.reltime %evt.deltatime %evt.type %evt.args %evt.arg.fd \
    %evt.arg.fds %thread.tid %proc.name %proc.cmdline %proc.cwd %proc.pname %proc.aname[2] %proc.aname %proc.apid[1] \
    %proc.sid.exe %proc.sname %proc.loginshellid %proc.duration %proc.vmsize %proc.nthreads %proc.nchilds \
    %proc.fdopencount %proc.stdin.name %fd.num %fd.name %fd.sip %fd.is_server %fd.types %fdlist.names %user.name \
    %group.name %container.id %container.name %fd.realname %evt.origin %evt.abi %evt.callarg[1] \
    %evt.key %evt.merged %evt.lost %evt.lost.reason %thread.exectime";

fn format(view: View) -> Format {
    format_of(view, |_| true)
}

/// The same without what looks back.
fn unordered(view: View) -> Format {
    let format = format_of(view, |field| !field.is_ordered(&Env::default()));
    assert!(!format.is_ordered(&Env::default()));
    format
}

fn format_of(view: View, wanted: impl Fn(&Format) -> bool) -> Format {
    let known = |field: &&str| Format::compile(field.trim_start_matches('*'), view).is_ok_and(|field| wanted(&field));
    let fields: Vec<&str> = FIELDS.split(' ').filter(known).collect();
    assert!(fields.len() > 25, "{fields:?}");
    Format::compile(&fields.join(" "), view).unwrap()
}

fn is_shown(batch: &Batch, row: usize) -> bool {
    !batch.flags[row].intersects(RowFlags::NEVER_SHOWN)
}

/// Appends a line for each event that is shown.
fn print(format: &mut Format, batch: &Batch, lines: &mut Vec<String>) {
    for row in batch.rows().filter(|row| is_shown(batch, row.index)) {
        let mut line = Vec::new();
        format.render(row, &Env::default(), &mut line);
        lines.push(String::from_utf8_lossy(&line).into_owned());
    }
}

fn replay(bytes: &[u8], view: View, rows: usize) -> impl Iterator<Item = Batch> {
    let reader = Reader::from_bytes(bytes.to_vec()).unwrap();
    let mut replay = Replay::new(reader, view, Needs::all(), "capture").with_batch_rows(rows);
    std::iter::from_fn(move || replay.next_piece())
        .filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None })
}

fn lines(bytes: &[u8], view: View, rows: usize) -> Vec<String> {
    lines_in(format(view), bytes, view, rows)
}

fn lines_in(mut format: Format, bytes: &[u8], view: View, rows: usize) -> Vec<String> {
    let mut lines = Vec::new();
    replay(bytes, view, rows).for_each(|batch| print(&mut format, &batch, &mut lines));
    lines
}

fn random(seed: u64, form: Form) -> Vec<u8> {
    random_capture(seed, 700, form).to_bytes()
}

/// The fixtures, what is shared, and random ones.
fn all_captures() -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let files = std::fs::read_dir(fixtures).unwrap().flatten().map(|entry| entry.path());
    let files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "scap")).collect();
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read(path).unwrap());
    let random = [Form::Pairs, Form::TidyPairs, Form::ExitOnly].map(|form| (format!("{form:?}"), random(3, form)));
    files.into_iter().chain(captures()).map(read).chain(random).collect()
}

/// Asks for lines.
struct Lines(Format);

impl Question for Lines {
    type Maker<'q> = Printing;
    type Output = Vec<(usize, String)>;

    fn interest(&self) -> Box<dyn Interest> {
        Box::new(Types::ALL)
    }

    fn is_ordered(&self) -> bool {
        self.0.is_ordered(&Env::default())
    }

    fn maker(&self) -> Printing {
        Printing(self.0.clone())
    }
}

struct Printing(Format);

impl Maker for Printing {
    type Output = Vec<(usize, String)>;

    fn make(&mut self, batch: &Batch) -> Made<Self::Output> {
        let mut lines = Vec::new();
        print(&mut self.0, batch, &mut lines);
        let selected = Selection::with(batch.len(), |&row| is_shown(batch, row));
        let output = selected.iter().zip(lines).collect();
        Made { selected, output }
    }
}

/// Takes lines as they come.
#[derive(Default)]
struct Taken {
    lines: Vec<String>,
    batches: usize,
}

impl Taker<Vec<(usize, String)>> for Taken {
    fn arrives(&mut self, _: usize, _: &Batch, _: u64) {
        self.batches += 1;
    }

    fn take(
        &mut self,
        _: usize,
        _: &Batch,
        made: &mut Made<Vec<(usize, String)>>,
        rows: Range<usize>,
    ) -> ControlFlow<()> {
        self.lines.extend(made.output.iter().filter(|(row, _)| rows.contains(row)).map(|(_, line)| line.clone()));
        ControlFlow::Continue(())
    }

    fn damage(&mut self, _: usize, _: &str, damage: &Damage) {
        panic!("{damage}");
    }
}

#[test]
fn batches_may_have_any_size_and_be_made_on_any_thread() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("capture");
    for (name, bytes) in all_captures() {
        std::fs::write(&path, &bytes).unwrap();
        for view in VIEWS {
            let expected = lines(&bytes, view, 1 << 14);
            for rows in [1, 2, 7] {
                assert!(lines(&bytes, view, rows) == expected, "{name} {view:?}: batches of {rows}");
            }
            // Some fields of the format look at the events before, and others do not.
            for format in [format(view), unordered(view)] {
                let expected = lines_in(format.clone(), &bytes, view, 1 << 14);
                for threads in [1, 2, 7] {
                    let capture = Capture::open(&path, "capture").unwrap();
                    let plan = Plan { view, needs: Needs::all(), times: Plan::ANY_TIME, threads };
                    let (mut taken, stats) = (Taken::default(), Arc::new(Stats::default()));
                    run(vec![capture], &[Lines(format.clone())], plan, &mut taken, &stats);
                    assert!(taken.lines == expected, "{name} {view:?} {threads} threads");
                    assert_eq!(stats.count(Count::Batches), taken.batches as u64);
                    assert_eq!(stats.count(Count::Matched), expected.len() as u64);
                }
            }
        }
    }
}

#[test]
fn every_section_starts_anew_and_numbers_go_on() {
    // What goes on: numbers, the time since the event before, and since the thread was scheduled.
    let form_of = |view| if view == View::Classic { Form::Pairs } else { Form::ExitOnly };
    for view in VIEWS {
        let sections = [1, 2, 3].map(|seed| random(seed, form_of(view)));
        let apart = |line: &String| {
            let columns: Vec<&str> = line.split(' ').collect();
            (columns[0].parse::<u64>().unwrap(), [&columns[1..4], &columns[5..columns.len() - 1]].concat().join(" "))
        };
        let found: Vec<_> = lines(&sections.concat(), view, 1 << 14).iter().map(apart).collect();
        let mut expected = Vec::new();
        let mut before = 0;
        for section in &sections {
            expected.extend(lines(section, view, 1 << 14).iter().map(apart).map(|(num, line)| (before + num, line)));
            before += replay(section, view, 1 << 14).flat_map(|batch| batch.num).max().unwrap();
        }
        assert!(found.len() == expected.len() && found.len() > 500, "{}", found.len());
        let preambles = containers_at_the_beginning(&sections, view);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found.1, expected.1);
            assert!((expected.0 - preambles..=expected.0).contains(&found.0), "{} {}", found.0, expected.0);
        }
    }
}

/// How many events at the beginning of later sections have no number, as they have in a file of their own.
fn containers_at_the_beginning(sections: &[Vec<u8>], view: View) -> u64 {
    let later = sections.iter().skip(1).flat_map(|section| replay(section, view, 1 << 14));
    later.flat_map(|batch| batch.flags).filter(|flags| flags.contains(RowFlags::PREAMBLE)).count() as u64
}

#[test]
fn interned_values_may_start_anew_at_any_batch() {
    for (view, form) in [(View::Classic, Form::Pairs), (View::Exit, Form::ExitOnly)] {
        // Many files, opened by all threads that there were at the beginning.
        let open = |i: i64| {
            let name = format!("/file/{i}");
            let event = EventBuilder::new(1_800_000_000_000_000_000 + i as u64, 100 + i % 140, code::OPEN_X);
            event.i64(3).str(&name).u32(1).u32(0).u32(0).u64(0)
        };
        let capture = (0..70_000).fold(random_capture(5, 1000, form), |capture, i| capture.event(open(i)));
        let bytes = capture.to_bytes();
        let segments: BTreeSet<u64> = replay(&bytes, view, 500).map(|batch| batch.segment.serial).collect();
        assert!(segments.len() > 1, "the capture is too small to fill a segment");
        assert!(lines(&bytes, view, 500) == lines(&bytes, view, 1 << 20), "{view:?}");
    }
}

#[test]
fn both_evaluators_agree_on_every_filter() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/differential/filters.txt"));
    let text = text.unwrap();
    let filters: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let captures = all_captures();
    let mut selected = 0;
    for view in VIEWS {
        let filters: Vec<Filter> =
            filters.iter().filter_map(|text| Filter::compile(text, view, &Env::default()).ok()).collect();
        assert!(filters.len() > 100, "{}", filters.len());
        for (name, bytes) in &captures {
            let batches: Vec<Batch> = replay(bytes, view, 1000).collect();
            for filter in &filters {
                let (mut columns, mut sequential) = (filter.columns(), filter.sequential());
                for batch in &batches {
                    let rows = Selection::with(batch.len(), |&row| is_shown(batch, row));
                    let found = columns.select(batch, &rows);
                    assert_eq!(found, sequential.select(batch, &rows), "{name} {view:?} {}", filter.expr());
                    selected += found.iter().count();
                }
            }
        }
    }
    assert!(selected > 10_000, "{selected}");
}
