//! Which captures a command reads.

use crate::report;
use crate::status::{End, Failure};
use capture_query::{Capture, Ending};
use capture_record::sys::signal;
use capture_scap::OpenError;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a capture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// A file of a directory that was named: other files may lie beside captures.
    Listed(PathBuf),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Stdin => f.write_str("standard input"),
            Input::File(path) | Input::Listed(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The captures that a user named.
pub struct Opened {
    /// Those that could be opened, in their order.
    pub captures: Vec<Capture>,
    /// Whether those are all.
    pub end: End,
}

/// Opens the captures that a user named. Files of a directory that are no captures, or cannot be opened, are left out,
/// which stderr says.
pub fn open(names: &[PathBuf]) -> Result<Opened, Failure> {
    if names.is_empty() {
        return Err(Failure::new("no capture: name one with -r FILE (`-` is standard input)"));
    }
    let (mut captures, mut end, mut others) = (Vec::new(), End::Good, Vec::new());
    for input in named(names)? {
        let name = input.to_string();
        let opened = match &input {
            Input::Stdin => Capture::stdin("-"),
            Input::File(path) | Input::Listed(path) => Capture::open(path, &*name),
        };
        match (opened, &input) {
            (Ok(capture), _) => captures.push(capture),
            (Err(OpenError::NotACapture(_)), Input::Listed(path)) if !is_called_capture(path) => others.push(name),
            (Err(error), Input::Listed(_)) => {
                report::note(&format!("{name}: {error}; it is left out"));
                if !matches!(error, OpenError::NotACapture(_) | OpenError::Empty) {
                    end = End::Damaged;
                }
            }
            (Err(error), _) => return Err(Failure::new(format_args!("{name}: {error}"))),
        }
    }
    say_left_out(&others);
    if captures.is_empty() { Err(Failure::new("no capture in the directory")) } else { Ok(Opened { captures, end }) }
}

/// Whether a file's name says that it is a capture.
fn is_called_capture(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".cap", ".scap"].iter().any(|extension| name.contains(extension))
}

/// How many files beside captures are named.
const MOST_NAMED: usize = 3;

/// Says which files of directories are no captures, in one line: there may be many.
fn say_left_out(others: &[String]) {
    let named = others.get(..MOST_NAMED.min(others.len())).unwrap_or_default().join(", ");
    match others.len() {
        0 => {}
        1..=MOST_NAMED => report::note(&format!("left out, as no captures: {named}")),
        count => report::note(&format!("left out, as no captures: {named} and {} more", count - MOST_NAMED)),
    }
}

/// Opens captures that are still being written. They end with their recordings, or when the user says so (SIGINT,
/// SIGTERM).
pub fn follow(names: &[PathBuf]) -> Result<Opened, Failure> {
    const SIGNALS: [i32; 2] = [libc::SIGINT, libc::SIGTERM];
    // Before any thread is started: all are to hold them, so that only the one below takes them.
    signal::hold(&SIGNALS)?;
    let asked = Ending::default();
    let ending = asked.clone();
    std::thread::spawn(move || {
        while signal::next(&SIGNALS, Duration::from_secs(3600)).is_none() {}
        ending.end();
    });
    let mut captures = Vec::new();
    for name in names {
        if !name.is_file() {
            return Err(Failure::new(format_args!("{}: --follow reads files", name.display())));
        }
        let shown = name.display().to_string();
        let capture = Capture::follow(name, &*shown, asked.clone());
        captures.push(capture.map_err(|error| Failure::new(format_args!("{shown}: {error}")))?);
    }
    match &*captures {
        [_] => Ok(Opened { captures, end: End::Good }),
        _ => Err(Failure::new("--follow reads one capture")),
    }
}

/// Opens the one capture that a user named.
pub fn one(names: &[PathBuf]) -> Result<Capture, Failure> {
    match <[Capture; 1]>::try_from(open(names)?.captures) {
        Ok([capture]) => Ok(capture),
        Err(_) => Err(Failure::new("one capture at a time: a capture is of one host")),
    }
}

/// Makes one capture of the pieces of a recording, and says so.
pub fn joined(captures: Vec<Capture>) -> Vec<Capture> {
    let captures = capture_query::join(captures);
    for capture in &captures {
        let files: Vec<&str> = capture.files().collect();
        if let [first, .., last] = &*files {
            let count = files.len();
            report::note(&format!("{first} to {last}: {count} pieces of one recording (--separate: each by itself)"));
        }
    }
    captures
}

/// The captures that a user named: a file, `-` for standard input, a directory for the files in it.
fn named(names: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let mut inputs = Vec::new();
    for name in names {
        if name.as_os_str() == "-" {
            inputs.push(Input::Stdin);
        } else if name.is_dir() {
            inputs.extend(listed(name)?);
        } else {
            inputs.push(Input::File(name.clone()));
        }
    }
    if inputs.iter().filter(|&input| *input == Input::Stdin).count() > 1 {
        return Err(Failure::new("standard input can be read only once"));
    }
    Ok(inputs)
}

/// The files of a directory by name, hidden ones left out.
fn listed(directory: &Path) -> Result<Vec<Input>, Failure> {
    let failed = |error| Failure::new(format_args!("{}: {error}", directory.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().is_file() && !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    if paths.is_empty() {
        return Err(Failure::new(format_args!("{}: no file in this directory", directory.display())));
    }
    paths.sort();
    Ok(paths.into_iter().map(Input::Listed).collect())
}

/// Splits the words behind the options: leading ones that name a file or a directory are captures (a shell expands
/// `-r *.scap` to one option and many words), the rest is the filter.
pub fn split_words(words: Vec<OsString>) -> (Vec<PathBuf>, Vec<OsString>) {
    let is_capture = |word: &OsStr| word == "-" || Path::new(word).exists();
    let files = words.iter().take_while(|word| is_capture(word)).count();
    let mut words = words.into_iter();
    (words.by_ref().take(files).map(PathBuf::from).collect(), words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_words_that_exist_are_captures() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.scap");
        std::fs::write(&file, "").unwrap();
        let words = [file.as_os_str(), OsStr::new("proc.name=x"), file.as_os_str()].map(OsString::from).to_vec();
        let (files, filter) = split_words(words);
        assert_eq!(files, std::slice::from_ref(&file));
        assert_eq!(filter, [OsString::from("proc.name=x"), file.into()]);
    }

    #[test]
    fn a_directory_stands_for_its_visible_files_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.scap", ".hidden", "a.scap"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let inputs = named(&[dir.path().to_path_buf(), "-".into(), "other".into()]).ok().unwrap();
        let listed = |name| Input::Listed(dir.path().join(name));
        assert_eq!(inputs, [listed("a.scap"), listed("b.scap"), Input::Stdin, Input::File("other".into())]);
        assert!(named(&["-".into(), "-".into()]).is_err());
    }
}
