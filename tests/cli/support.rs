//! Running the program.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// No run takes so long, however busy the machine: one that does is taken to hang.
const HANGS: Duration = Duration::from_secs(120);

/// The program under test, with times in UTC.
pub fn capture<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capture"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env("TZ", "UTC").env("LC_ALL", "C");
    command
}

/// What a run printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status; 128 and more for a signal.
    pub status: i32,
}

impl Ran {
    /// It ended with a status that the documentation lists, and by no fault of its own.
    pub fn assert_sound(&self) {
        assert!((0..=2).contains(&self.status) && !self.stderr.contains("panicked"), "{self:?}");
    }
}

/// Runs the program to its end.
pub fn run<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    wait(capture(args))
}

/// Runs a line of shell that may call `capture`.
pub fn shell(line: &str) -> Ran {
    let mut command = Command::new("sh");
    command.args(["-c", line]).env("PATH", search_path()).env("TZ", "UTC").env("LC_ALL", "C");
    wait(command)
}

/// The search path, with the program under test in front.
pub fn search_path() -> OsString {
    let program = Path::new(env!("CARGO_BIN_EXE_capture")).parent().expect("a program lies in a directory");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(program.to_owned()).chain(std::env::split_paths(&path)));
    path.expect("directories without colons")
}

/// Starts the program. Its output is piped, and nothing comes in.
pub fn start<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> (Child, Watchdog) {
    spawn(capture(args))
}

fn spawn(mut command: Command) -> (Child, Watchdog) {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let watchdog = Watchdog::on(&child);
    (child, watchdog)
}

/// Waits for the end of what was started.
pub fn finish(child: Child, watchdog: Watchdog) -> Ran {
    let output = child.wait_with_output().expect("a child of ours");
    drop(watchdog);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let signal = || 128 + std::os::unix::process::ExitStatusExt::signal(&output.status).unwrap_or(0);
    let status = output.status.code().unwrap_or_else(signal);
    Ran { stdout: text(output.stdout), stderr: text(output.stderr), status }
}

fn wait(command: Command) -> Ran {
    let (child, watchdog) = spawn(command);
    finish(child, watchdog)
}

/// A capture of `fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).with_extension("scap")
}

/// Ends a process that hangs.
pub struct Watchdog(Option<Sender<()>>, Option<std::thread::JoinHandle<()>>);

impl Watchdog {
    /// For this process.
    pub fn on(child: &Child) -> Watchdog {
        let (sender, receiver) = channel::<()>();
        let id = child.id().to_string();
        let watch = move || {
            if receiver.recv_timeout(HANGS) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &id]).status();
            }
        };
        Watchdog(Some(sender), Some(std::thread::spawn(watch)))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.0 = None;
        let _ = self.1.take().map(std::thread::JoinHandle::join);
    }
}
