//! Recordings made by tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program under test.
pub const CAPTURE: &str = env!("CARGO_BIN_EXE_capture");

/// A directory with a file for a recording in it.
pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        Place { dir: tempfile::tempdir().expect("a temporary directory") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// Runs a shell script in an empty environment of its own, in a directory.
pub fn shell(script: &str, directory: &Path) -> Output {
    output(Command::new("sh").args(["-c", script]).current_dir(directory))
}

/// Records the same. `None`, with a word on stderr, where nothing can be traced.
pub fn recorded(script: &str, directory: &Path, file: &Path, options: &[&str]) -> Option<Output> {
    let mut command = Command::new(CAPTURE);
    command.arg("record").args(options).arg("-q").arg("-w").arg(file).args(["--", "sh", "-c", script]);
    let output = output(command.current_dir(directory));
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(125) && stderr.contains("not permitted") {
        eprintln!("skipped: processes may not be traced here");
        return None;
    }
    Some(output)
}

fn output(command: &mut Command) -> Output {
    command.env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null()).output().expect("a program that starts")
}

/// Whether a program is there.
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|directory| directory.join(program).is_file());
    if !found {
        eprintln!("skipped: there is no {program}");
    }
    found
}

/// What `capture query` prints of a recording, whose end may be missing.
pub fn query(file: &Path, arguments: &[&str]) -> String {
    let output = output(Command::new(CAPTURE).arg("query").arg("-r").arg(file).args(arguments));
    let is_read = matches!(output.status.code(), Some(0 | 1));
    assert!(is_read, "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
