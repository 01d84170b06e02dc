//! A capture in the native form answers as the one that it was made of, byte for byte, in both views.

use crate::run::{Case, for_each};
use crate::subject::Subject;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Every so many-th case is asked, beside the first: another choice for each capture.
const STEP: usize = 5;

/// More differences than this are only counted.
const SHOWN: usize = 10;

/// Whether all is equal.
pub fn compare(subjects: &[Subject], cases: &[Case], scratch: &Path) -> bool {
    let natives: Vec<PathBuf> =
        subjects.iter().enumerate().map(|(n, subject)| converted(subject, scratch, n)).collect();
    let numbers: Vec<usize> = (0..cases.len()).collect();
    let (mut compared, mut different) = (0, Vec::new());
    let place = |subject: &Subject| subjects.iter().position(|other| std::ptr::eq(other, subject)).unwrap_or_default();
    let work = |subject: &Subject, number: &usize| {
        let at = place(subject);
        let (Some(native), Some(case)) = (natives.get(at), cases.get(*number)) else { return Vec::new() };
        if *number != 0 && !(number + at).is_multiple_of(STEP) {
            return Vec::new();
        }
        ["classic", "exit"]
            .map(|view| (format!("{}, {view}: {}", subject.name, case.name()), differs(subject, native, case, view)))
            .to_vec()
    };
    for_each(subjects, &numbers, work, |found: Vec<(String, bool)>| {
        compared.add_assign(found.len());
        different.extend(found.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name));
    });
    println!("in the native form: {compared} answers compared, {} differ", different.len());
    different.iter().take(SHOWN).for_each(|name| println!("  {name}"));
    different.is_empty()
}

/// The capture in the native form.
fn converted(subject: &Subject, scratch: &Path, number: usize) -> PathBuf {
    let path = scratch.join(format!("native-{number}.cap"));
    let status = Command::new(env!("CARGO_BIN_EXE_capture")).arg("convert").arg(&subject.path).arg(&path).output();
    assert!(status.is_ok_and(|output| output.status.code().is_some_and(|code| code < 2)), "{}", subject.name);
    path
}

fn differs(subject: &Subject, native: &Path, case: &Case, view: &str) -> bool {
    let ask = |path: &Path| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_capture"));
        command.args(["query", "--view", view, "-r"]).arg(path).args(case.words()).env("TZ", "UTC");
        command.output().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (expected, found) = (ask(&subject.path), ask(native));
    // Files have their own names, and damage of the one is not in the other.
    expected.stdout != found.stdout && !case.words().iter().any(|word| word.contains("%evt.file"))
}
