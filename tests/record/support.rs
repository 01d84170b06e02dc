//! Recordings made by tests.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

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

/// Runs a line of shell that may call `capture`.
pub fn line(line: &str, directory: &Path) -> Output {
    let own = Path::new(CAPTURE).parent().expect("a program lies in a directory").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).expect("directories");
    output(Command::new("sh").args(["-c", line]).env("PATH", path).current_dir(directory))
}

/// Whether processes can be traced here. If not, stderr says so.
pub fn can_trace() -> bool {
    let place = Place::new();
    recorded(":", place.dir.path(), &place.path("probe.scap"), &[]).is_some()
}

/// Starts the recorder, and is gone without it.
pub fn start<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Running {
    let mut command = Command::new(CAPTURE);
    command.arg("record").args(arguments).env("LC_ALL", "C").env("TZ", "UTC");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    Running(command.spawn().expect("our program"))
}

/// A process that does not outlive the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// A shell script under way.
    pub fn script(script: &str, directory: &Path) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null());
        Running(command.spawn().expect("a shell"))
    }

    /// Its id, as text.
    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id()]).status();
        assert!(sent.expect("a program called kill").success());
    }

    /// Waits for its end: the status, and what it said on stderr.
    pub fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        if let Some(stderr) = &mut self.0.stderr {
            std::io::Read::read_to_string(stderr, &mut said).expect("text");
        }
        (self.0.wait().expect("a child of ours").code(), said)
    }
}

/// Waits for something that must happen.
pub fn until(what: &str, happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How many bytes a file has.
pub fn size(file: &Path) -> u64 {
    file.metadata().map_or(0, |meta| meta.len())
}

/// What `capture query` prints of a recording that must be intact.
pub fn intact(file: &Path, arguments: &[&str]) -> String {
    let output = output(Command::new(CAPTURE).arg("query").arg("-r").arg(file).args(arguments));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What `capture info` says of the end of a recording.
pub fn reason(file: &Path) -> String {
    let output = output(Command::new(CAPTURE).arg("info").arg(file));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("recording.end.reason: ")).unwrap_or_default().to_owned()
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
