//! Captures that are recorded for the comparison: our own are to be read by others as they are by us.

use crate::subject::Subject;
use capture_testkit::skip;
use std::path::Path;
use std::process::{Command, Stdio};

const SHELL: (&str, &str) = ("/bin/sh", include_str!("fresh.sh"));
const PYTHON: (&str, &str) = ("/usr/bin/python3", include_str!("fresh.py"));

/// A program with its script, and the options of the recorder.
const RECORDINGS: [((&str, &str), &[&str]); 4] = [
    (SHELL, &[]),
    (SHELL, &["-z", "--fast", "--calls", "security"]),
    (SHELL, &["-s", "200", "evt.type in (execve, open, openat, write) or fd.name contains d/"]),
    (PYTHON, &["--no-env"]),
];

/// Records them. None, with a message, where nothing can be traced.
pub fn recorded(scratch: &Path) -> Vec<Subject> {
    let mut subjects = Vec::new();
    for (number, ((program, script), options)) in RECORDINGS.into_iter().enumerate() {
        if !Path::new(program).exists() {
            skip(&format!("there is no {program}"));
            continue;
        }
        let name = format!("recorded-{number}");
        let path = scratch.join(&name).with_extension("scap");
        let mut recorder = Command::new(env!("CARGO_BIN_EXE_capture"));
        recorder.args(["record", "-q", "-w"]).arg(&path).args(options).args(["--", program, "-c", script]);
        recorder.current_dir(scratch).stdin(Stdio::null()).stdout(Stdio::null());
        let output = recorder.output().expect("our program");
        let stderr = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(125) && stderr.contains("not permitted") {
            skip("processes may not be traced here");
            return subjects;
        }
        assert!(output.status.success(), "{name}: {stderr}");
        subjects.push(Subject::new(path, name));
    }
    subjects
}
