//! The command line, case by case. A case is a file `NAME.sh` in this directory: shell commands that may call
//! `capture`. What they must print lies beside it in `NAME.out`: stdout, then stderr if there is any, then the status
//! if it is not 0. With `UPDATE=1` the test writes those files instead; review them before you commit.
//!
//! Commands run in the repository's root with times in UTC; `$TMP` is an empty directory of their own.
//!
//! What cases called `same-…` print on stdout must be what sysdig prints, where there is one: they are run once more
//! with `sysdig -d` in the place of `capture`.

mod copies;
mod hostile;
mod live;
mod names;
mod pieces;
mod recorder;
mod support;
mod threads;
mod tour;

use capture_testkit::{install, sysdig};
use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_case_prints_what_it_must() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let expected = case.with_extension("out");
        let printed = run(&case, &support::search_path());
        if update {
            std::fs::write(&expected, &printed).unwrap_or_else(|error| panic!("{}: {error}", expected.display()));
        } else if std::fs::read(&expected).unwrap_or_default() != printed.as_bytes() {
            wrong.push(format!("{}:\n{printed}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "these print something else than lies beside them:\n{}", wrong.join("\n"));
}

#[test]
fn sysdig_prints_the_same() {
    if sysdig().is_none() {
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let [written, stand_in] = ["written", "capture"].map(|name| dir.path().join(name));
    std::fs::write(&written, "#!/bin/sh\nexec sysdig -d \"$@\"\n").expect("a new file");
    std::fs::set_permissions(&written, PermissionsExt::from_mode(0o755)).expect("a file of ours");
    install(&written, &stand_in);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(dir.path().to_owned()).chain(std::env::split_paths(&path)));
    let path = path.expect("directories without colons");
    let is_shared = |case: &PathBuf| case.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"same-"));
    let stdout = |printed: &str| printed.split("--- stderr\n").next().unwrap_or_default().to_owned();
    let mut wrong = Vec::new();
    for case in cases().into_iter().filter(is_shared) {
        let ours = std::fs::read_to_string(case.with_extension("out")).unwrap_or_default();
        let theirs = run(&case, &path);
        let (ours, theirs) = (stdout(&ours), stdout(&theirs));
        let differs = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
        if ours != theirs {
            wrong.push(format!("{}: ours and sysdig's: {differs:#?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/cli")).expect("the directory of this file").flatten();
    let mut cases: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "sh")).collect();
    cases.sort();
    assert!(!cases.is_empty(), "no case");
    cases
}

/// Runs a case and puts together what it printed.
fn run(case: &Path, search_path: &OsStr) -> String {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let output = Command::new("sh")
        .arg(case)
        .current_dir(root())
        .env("PATH", search_path)
        .env("TMP", tmp.path())
        .env("TZ", "UTC")
        .env("LC_ALL", "C")
        .env_remove("NO_COLOR")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    let text = |bytes: &[u8]| printable(bytes).replace(&*tmp.path().to_string_lossy(), "$TMP");
    let mut printed = text(&output.stdout);
    if !output.stderr.is_empty() {
        let _ = write!(printed, "--- stderr\n{}", text(&output.stderr));
    }
    match output.status.code() {
        Some(0) => {}
        Some(status) => printed += &format!("--- status {status}\n"),
        None => printed += &format!("--- {}\n", output.status),
    }
    printed
}

/// Bytes that an editor could not show are written out, so that expected outputs are text.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() && !"\n\t".contains(c) { text.extend(c.escape_unicode()) } else { text.push(c) }
        }
        chunk.invalid().iter().for_each(|byte| text += &format!("\\x{byte:02x}"));
    }
    text
}
