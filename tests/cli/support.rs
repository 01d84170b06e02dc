//! Running the program.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// No run takes so long, however busy the machine: one that does is taken to hang.
const HANGS: Duration = Duration::from_secs(120);

/// The program under test, with times in UTC.
pub fn capture<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capture"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env("TZ", "UTC").env("LC_ALL", "C");
    command
}

/// A capture of `fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).with_extension("scap")
}

/// Ends a process that hangs. It must be dropped before the process is waited for.
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
