//! The command that is recorded: where its program is, and how its end becomes ours.

use crate::status::Failure;
use capture_record::trace::Ended;
use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A command that can be started.
pub struct Command {
    /// Its program's file.
    pub program: PathBuf,
    /// Its words.
    pub words: Vec<CString>,
}

/// Why a command cannot be started: what to say, and the status that a shell ends with.
pub struct NotStarted(pub String, pub u8);

impl Command {
    /// Looks for the program as a shell does: along PATH, unless it is a path.
    pub fn find(words: &[OsString]) -> Result<Command, NotStarted> {
        let name = words.first().map(OsString::as_os_str).unwrap_or_default();
        let said = name.to_string_lossy();
        let words = words.iter().map(|word| CString::new(word.as_bytes())).collect::<Result<Vec<_>, _>>();
        let words = words.map_err(|_| NotStarted(format!("{said}: a word of the command has a zero byte"), 126))?;
        let candidates: Vec<PathBuf> = if name.as_bytes().contains(&b'/') {
            vec![PathBuf::from(name)]
        } else {
            let path = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
            std::env::split_paths(&path).map(|directory| in_directory(&directory, name)).collect()
        };
        if let Some(program) = candidates.iter().find(|path| is_executable(path)) {
            return Ok(Command { program: program.clone(), words });
        }
        Err(match candidates.iter().find(|path| path.exists()) {
            Some(path) if path.is_dir() => NotStarted(format!("{said}: is a directory"), 126),
            Some(_) => NotStarted(format!("{said}: permission denied"), 126),
            None => NotStarted(format!("{said}: command not found"), 127),
        })
    }
}

/// An empty entry of PATH is the working directory.
fn in_directory(directory: &Path, name: &OsStr) -> PathBuf {
    if directory.as_os_str().is_empty() { Path::new(".").join(name) } else { directory.join(name) }
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The status with which we pass on how the command ended.
pub fn status(ended: Ended) -> u8 {
    match ended {
        Ended::Exited(status) => status as u8,
        Ended::Killed(signal) => 128u8.saturating_add(signal as u8),
    }
}

impl From<NotStarted> for Failure {
    fn from(NotStarted(message, _): NotStarted) -> Failure {
        Failure::Message(message)
    }
}
