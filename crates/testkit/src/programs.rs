//! The programs whose answers ours are compared with.

use crate::skip;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

/// An installed program.
#[derive(Debug, Clone)]
pub struct Program(PathBuf);

impl Program {
    /// A command that runs it with times in UTC.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.0);
        command.env("TZ", "UTC").env("LC_ALL", "C");
        command
    }

    /// Runs it. Panics if it cannot be started: it was there when it was looked for.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Output {
        self.command().args(args).output().unwrap_or_else(|error| panic!("{}: {error}", self.0.display()))
    }
}

/// The program `name` of the search path.
pub fn find(name: &str) -> Option<Program> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file()).map(Program)
}

/// Copies the program `from` to `to`, so that it can be executed there at once.
///
/// Another process writes it: whatever another test's thread starts while we had the file open for writing keeps that
/// descriptor until it executes, and the kernel refuses to execute a file that is open for writing (`ETXTBSY`).
///
/// Panics if it cannot be copied.
pub fn install(from: impl AsRef<Path>, to: &Path) {
    let from = from.as_ref();
    let copied = Command::new("cp").arg("-L").args([from, to]).status();
    assert!(copied.is_ok_and(|status| status.success()), "{} cannot be copied to {}", from.display(), to.display());
}

/// Waits until a process that was just started shows its arguments: the kernel lets its parent go on a little before they
/// are in their place.
pub fn wait_for_arguments(child: &mut Child) {
    let line = format!("/proc/{}/cmdline", child.id());
    let has_none = || std::fs::read(&line).is_ok_and(|line| line.is_empty());
    // One that has ended shows none any more.
    while has_none() && matches!(child.try_wait(), Ok(None)) {
        std::thread::yield_now();
    }
}

/// The installed sysdig; `None`, with a message, where there is none.
///
/// `sysdig().run(["-d", "-r", file])` is the reference of the classic view.
pub fn sysdig() -> Option<Program> {
    let found = find("sysdig");
    if found.is_none() {
        skip("sysdig is not installed");
    }
    found
}

/// The example program of the newest libraries (`sinsp-example`), named by `CAPTURE_NEWEST`; `None`, with a message,
/// where that is not set.
///
/// `newest().run(["-a", "-s", file, "-f", filter, "-o", format])` is the reference of the exit view.
pub fn newest() -> Option<Program> {
    let path = std::env::var_os("CAPTURE_NEWEST").map(PathBuf::from).filter(|path| Path::is_file(path));
    if path.is_none() {
        skip("CAPTURE_NEWEST names no program of the newest libraries");
    }
    path.map(Program)
}
