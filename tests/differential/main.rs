//! Compares what `capture query` prints in the classic view with what the installed sysdig prints, line by line.
//!
//! The cases are in `filters.txt`, `formats.txt` and `modes.txt`; besides, every field that sysdig lists is printed for
//! every event. All of it is done on every capture of `fixtures/` and of the shared directory, and on those in the
//! directory that `CAPTURE_EXTRA` names. On some random captures, and on some that are recorded just then, the cases of
//! `random.txt` and the fields are compared; `CAPTURE_SEEDS=100..400` does that for more random ones, and nothing else.
//! `CAPTURE_ONLY` takes only captures whose names contain it.
//!
//! A selection of the cases is asked of each capture in the native form, too: answers must be the same bytes
//! ([`native`]).
//!
//! A difference must belong to one of the classes in [`known`], which `docs/differences.md` explains; any other fails
//! the harness. It prints how many lines were compared, how many were equal, how many fall into each class, and what
//! sysdig refuses or crashes on. Words on the command line select cases and fields that contain them.

mod compare;
mod fields;
mod fresh;
mod known;
mod native;
mod report;
mod run;
mod subject;

use capture_testkit::sysdig;
use fields::Fields;
use report::Report;
use run::{Case, Pair};
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;
use subject::Subject;

/// Random captures that are always compared, and their size.
const SEEDS: Range<u64> = 1..4;
const RANDOM_EVENTS: usize = 1500;

fn main() -> ExitCode {
    let Some(sysdig) = sysdig() else { return ExitCode::SUCCESS };
    let pair = Pair::new(sysdig);
    let scratch = tempfile::tempdir().expect("a directory for captures");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));

    let seeds = seeds();
    let unless_seeds = |subjects: fn(&Path) -> Vec<Subject>| {
        if seeds.is_some() { Vec::new() } else { subjects(scratch.path()) }
    };
    let (stored, fresh) = (unless_seeds(subject::stored), unless_seeds(fresh::recorded));
    let random = subject::random(scratch.path(), seeds.unwrap_or(SEEDS), RANDOM_EVENTS);
    let fields = Fields::of(&pair, &random, is_wanted);
    let only = std::env::var("CAPTURE_ONLY").unwrap_or_default();
    let mut is_clean = true;
    for (what, mut subjects, mut cases) in [
        ("recorded and hand-made captures", stored, cases()),
        ("captures recorded just now", fresh, random_cases()),
        ("random captures", random, random_cases()),
    ] {
        subjects.retain(|subject| subject.name.contains(&only));
        cases.retain(|case| is_wanted(&case.name()));
        println!("\n{what}: {}", subjects.len());
        is_clean &= compare(&pair, &subjects, &cases, &fields);
        is_clean &= native::compare(&subjects, &cases, scratch.path());
    }
    fields.print_others();
    is_clean &= fields.are_complete();
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether every line and every value is equal or explained.
fn compare(pair: &Pair, subjects: &[Subject], cases: &[Case], fields: &Fields) -> bool {
    let mut report = Report::default();
    run::for_each(subjects, cases, |subject, case| compare::lines(pair, subject, case), |found| report.add(found));
    report.print();
    let table = fields.compare(pair, subjects);
    table.print();
    report.is_clean() && table.is_clean()
}

/// What `CAPTURE_SEEDS` says, as `FIRST..END`.
fn seeds() -> Option<Range<u64>> {
    let text = std::env::var("CAPTURE_SEEDS").ok()?;
    let (first, end) = text.split_once("..")?;
    Some(first.parse().ok()?..end.parse().ok()?)
}

/// The lines of a list of cases, without comments.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}

fn cases() -> Vec<Case> {
    let mut cases = vec![Case::new(&[], "")];
    cases.extend(filters().map(|filter| Case::new(&[], filter)));
    cases.extend(listed(include_str!("formats.txt")).map(|format| Case::new(&["-p", format], "")));
    cases.extend(modes(include_str!("modes.txt")));
    cases
}

fn filters() -> impl Iterator<Item = &'static str> {
    listed(include_str!("filters.txt"))
}

/// Lines that hold options and a filter, separated by blanks.
fn modes(text: &str) -> impl Iterator<Item = Case> {
    listed(text).map(|words| Case::new(&words.split(' ').collect::<Vec<&str>>(), ""))
}

fn random_cases() -> Vec<Case> {
    let mut cases = vec![Case::new(&[], "")];
    cases.extend(modes(include_str!("random.txt")));
    cases
}
