//! Compares what `capture query` prints in the classic view with what the installed sysdig prints, line by line.
//!
//! The cases are in `filters.txt`, `formats.txt` and `modes.txt`; besides, every field that sysdig lists is printed
//! for every event. All of it is done on every capture of `fixtures/` and of the shared directory, and on those in
//! the directory that `CAPTURE_EXTRA` names. A difference must belong to one of the classes in [`known`], which
//! `docs/differences.md` explains; the harness prints how many lines were compared, how many were equal, and how
//! many fall into each class. Differences without a class fail the harness when `CAPTURE_STRICT` is set: not all are
//! explained yet. Words on the command line select cases that contain them.

mod compare;
mod fields;
mod known;
mod report;
mod run;

use capture_testkit::{skip, sysdig};
use report::Report;
use run::{Case, Pair};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(sysdig) = sysdig() else { return ExitCode::SUCCESS };
    let pair = Pair::new(sysdig);
    let captures = all_captures();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));

    let cases: Vec<Case> = cases().into_iter().filter(|case| is_wanted(&case.name())).collect();
    let mut report = Report::default();
    run::for_each(&captures, &cases, |capture, case| compare::lines(&pair, capture, case), |found| report.add(found));
    report.print();

    let printable = captures.first().map(|capture| fields::printable(&pair, capture)).unwrap_or_default();
    let fields: Vec<String> = printable.into_iter().filter(|field| is_wanted(field)).collect();
    let table = fields::compare(&pair, &captures, &fields);
    table.print();
    let is_strict = std::env::var_os("CAPTURE_STRICT").is_some();
    if is_strict && !(report.is_clean() && table.is_clean()) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn all_captures() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let extra = std::env::var_os("CAPTURE_EXTRA").map(PathBuf::from);
    let listed = |dir: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "scap")).collect()
    };
    let mut captures: Vec<PathBuf> = [Some(fixtures), extra].iter().flatten().flat_map(|dir| listed(dir)).collect();
    captures.sort();
    captures.extend(capture_testkit::captures());
    if captures.is_empty() {
        skip("no captures");
    }
    captures
}

/// The lines of a list of cases, without comments.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}

fn cases() -> Vec<Case> {
    let mut cases = vec![Case::new(&[], "")];
    cases.extend(listed(include_str!("filters.txt")).map(|filter| Case::new(&[], filter)));
    cases.extend(listed(include_str!("formats.txt")).map(|format| Case::new(&["-p", format], "")));
    cases.extend(listed(include_str!("modes.txt")).map(|words| {
        let words: Vec<&str> = words.split(' ').collect();
        Case::new(&words, "")
    }));
    cases
}
