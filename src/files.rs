//! Where a capture goes: a file, standard output, or one file after another.

mod form;
mod lossless;
mod out;

pub use form::{CaptureWriter, Form, FormArgs, size, size_within, waiting};
pub use lossless::{Lossless, refuse_same};
pub use out::{Meter, Out};

use crate::status::Failure;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{HashSet, VecDeque};
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// When another file is begun, and how many are kept: options of all commands that write captures.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Rotation {
    /// Start another file when one has so many millions of bytes; a number is put behind the name.
    #[arg(short = 'C', long = "file-size", value_name = "MB", value_parser = megabytes, requires = "write", help_heading = WRITING)]
    pub bytes: Option<u64>,
    /// Start another file every so many seconds; the name may hold a time format of strftime.
    #[arg(short = 'G', long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..),
        requires = "write", help_heading = WRITING)]
    pub seconds: Option<u64>,
    /// Start another file every so many events.
    #[arg(short = 'e', long = "event-limit", value_name = "NUMBER",
        value_parser = clap::value_parser!(u64).range(1..), requires = "write", help_heading = WRITING)]
    pub events: Option<u64>,
    /// Keep only so many files: the oldest makes room for another.
    #[arg(short = 'W', long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..),
        requires = "write", help_heading = WRITING)]
    pub limit: Option<u64>,
}

/// The heading of options about the captures that are written.
pub const WRITING: &str = "Writing captures";

/// Millions of bytes.
fn megabytes(text: &str) -> Result<u64, String> {
    match text.parse::<u64>() {
        Ok(0) => Err("0 is not in 1..".to_owned()),
        Ok(megabytes) => Ok(megabytes.saturating_mul(1_000_000)),
        Err(error) => Err(error.to_string()),
    }
}

impl Rotation {
    /// Whether there may be more than one file.
    pub fn is_wanted(&self) -> bool {
        self.bytes.is_some() || self.seconds.is_some() || self.events.is_some()
    }

    /// Whether a file with so many bytes and events, begun at a time, ends before an event of another time (both in ns
    /// since the epoch).
    pub fn ends(&self, bytes: u64, events: u64, begun: u64, now: u64) -> bool {
        const SECOND: u64 = 1_000_000_000;
        self.bytes.is_some_and(|limit| bytes > limit)
            || self.events.is_some_and(|limit| events >= limit)
            || self.seconds.is_some_and(|limit| (now / SECOND).saturating_sub(begun / SECOND) >= limit)
    }
}

/// Opens files by their turn.
pub struct Files {
    name: PathBuf,
    rotation: Rotation,
    zone: TimeZone,
    opened: u64,
    /// Files whose names tell the time, oldest first.
    past: VecDeque<PathBuf>,
    /// For files that nobody else may read.
    private: Option<Private>,
    meter: Meter,
}

struct Private {
    /// Whether files that were there before may be replaced.
    forced: bool,
    /// Files that we made.
    ours: HashSet<PathBuf>,
}

impl Files {
    /// Files called like `name`; `-` is standard output.
    pub fn new(name: PathBuf, rotation: Rotation, zone: TimeZone) -> Result<Files, Failure> {
        if name.as_os_str() == "-" && rotation.is_wanted() {
            return Err(Failure::new("standard output is one file: -C, -G and -e need a name"));
        }
        if rotation.limit.is_some() && !rotation.is_wanted() {
            return Err(Failure::new("-W limits the number of files: it needs -C, -G or -e"));
        }
        let (past, meter) = Default::default();
        Ok(Files { name, rotation, zone, opened: 0, past, private: None, meter })
    }

    /// How much is written to them.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Nobody else may read the files. Unless it is `forced`, none replaces a file that was there before.
    pub fn private(self, forced: bool) -> Files {
        Files { private: Some(Private { forced, ours: HashSet::new() }), ..self }
    }

    /// Opens the next one, whose first event has this time (ns since the epoch).
    pub fn next(&mut self, ts: u64) -> Result<Out, Failure> {
        if self.name.as_os_str() == "-" {
            // The library's handle flushes at every line feed; a file over the same descriptor does not.
            let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
            return Ok(Out::new(file, false, self.meter()));
        }
        let path = self.path(ts);
        self.opened += 1;
        match self.create(&path) {
            Ok(file) => {
                let is_ours = self.private.is_some() && file.metadata()?.is_file();
                Ok(Out::new(file, is_ours, self.meter()))
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Failure::new(format_args!("{}: is there already (--force writes over it)", path.display())))
            }
            Err(error) => Err(Failure::new(format_args!("{}: {error}", path.display()))),
        }
    }

    fn create(&mut self, path: &Path) -> io::Result<File> {
        let Some(private) = &mut self.private else { return File::create(path) };
        let mut options = OpenOptions::new();
        options.write(true).mode(0o600);
        let is_new = private.ours.insert(path.to_owned());
        // In a device or a pipe nothing is lost.
        let is_file = || path.metadata().map_or(true, |meta| meta.is_file() || meta.is_dir());
        if is_new && !private.forced && is_file() {
            return options.create_new(true).open(path);
        }
        let file = options.create(true).truncate(true).open(path)?;
        // The mode is for new files only.
        if file.metadata()?.is_file() {
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }

    /// The name of the next file: with `-G` times in it are filled in, else its number stands behind. Without rotation
    /// the first has no number.
    fn path(&mut self, ts: u64) -> PathBuf {
        if !self.rotation.is_wanted() && self.opened == 0 {
            return self.name.clone();
        }
        let index = self.rotation.limit.map_or(self.opened, |limit| self.opened % limit);
        let name = self.name.to_string_lossy();
        if self.rotation.seconds.is_none() || !name.contains('%') {
            return self.numbered(&name, index);
        }
        let time = Timestamp::from_nanosecond(i128::from(ts)).unwrap_or_default().to_zoned(self.zone.clone());
        let filled = jiff::fmt::strtime::format(&*name, &time).unwrap_or_else(|_| name.clone().into_owned());
        let path = if self.rotation.bytes.is_some() || self.rotation.events.is_some() {
            self.numbered(&filled, index)
        } else {
            PathBuf::from(filled)
        };
        self.forget_oldest();
        self.past.push_back(path.clone());
        path
    }

    /// Numbers have as many digits as the limit, so that names sort.
    fn numbered(&self, name: &str, index: u64) -> PathBuf {
        let digits = match (self.rotation.bytes, self.rotation.limit) {
            (Some(_), Some(limit)) => limit.to_string().len(),
            _ => 1,
        };
        PathBuf::from(format!("{name}{index:0digits$}"))
    }

    /// Names that tell the time never come again, so the oldest file is removed when there are enough.
    fn forget_oldest(&mut self) {
        let limit = self.rotation.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        if self.past.len() >= limit
            && let Some(oldest) = self.past.pop_front()
        {
            // Whoever removed it before did what we want.
            let _ = std::fs::remove_file(oldest);
        }
    }
}

/// A name with another word in it, before the end that tells the form.
pub fn named(name: &str, word: &str) -> PathBuf {
    let end = Form::of_name(name.as_ref()).map_or(0, |form| form.extension().len());
    let (stem, extension) = name.split_at_checked(name.len().saturating_sub(end)).unwrap_or((name, ""));
    PathBuf::from(format!("{stem}-{word}{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str, rotation: Rotation, times: &[u64]) -> Vec<String> {
        let mut files = Files::new(name.into(), rotation, TimeZone::UTC).ok().unwrap();
        let mut next = |ts: &u64| {
            let path = files.path(*ts);
            files.opened += 1;
            path.display().to_string()
        };
        times.iter().map(&mut next).collect()
    }

    #[test]
    fn files_are_numbered_or_named_by_time() {
        let rotation = Rotation { events: Some(1), ..Rotation::default() };
        assert_eq!(names("a.scap", rotation.clone(), &[0; 3]), ["a.scap0", "a.scap1", "a.scap2"]);
        let limited = Rotation { limit: Some(2), ..rotation };
        assert_eq!(names("a.scap", limited, &[0; 3]), ["a.scap0", "a.scap1", "a.scap0"]);
        let sized = Rotation { bytes: Some(1), limit: Some(10), ..Rotation::default() };
        assert_eq!(names("a.scap", sized, &[0; 2]), ["a.scap00", "a.scap01"]);
        let timed = Rotation { seconds: Some(1), ..Rotation::default() };
        assert_eq!(names("%H%M%S.scap", timed, &[0, 3_661_000_000_000]), ["000000.scap", "010101.scap"]);
        assert_eq!(names("a.scap", Rotation::default(), &[0; 3]), ["a.scap", "a.scap1", "a.scap2"]);
    }

    #[test]
    fn a_file_ends_by_size_time_or_number() {
        let rotation = Rotation { bytes: Some(100), seconds: Some(2), events: Some(5), limit: None };
        assert!(!rotation.ends(100, 4, 900_000_000, 1_900_000_000));
        assert!(rotation.ends(101, 0, 0, 0));
        assert!(rotation.ends(0, 5, 0, 0));
        assert!(rotation.ends(0, 0, 900_000_000, 2_000_000_000));
    }
}
