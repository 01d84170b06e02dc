//! A capture that is open but not yet replayed.

use crate::follow::{Ending, Followed};
use crate::join::Host;
use crate::stored::Stored;
use crate::{Plan, Stats};
use capture_batch::{Interest, View};
use capture_cap::File;
use capture_event::recording::{Notice, Recording};
use capture_event::{Dialect, Source, code, schema};
use capture_scap::{Block, Content, EventBlock, Input, OpenError, Ranges, Reader};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How many events decide which view a capture was made for.
const DECIDING_EVENTS: usize = 10_000;

/// The enter events that the newest drivers still send.
const NEWEST_ENTERS: [u16; 7] = [
    code::OPEN_E,
    code::OPENAT_2_E,
    code::OPENAT2_E,
    code::CREAT_E,
    code::CONNECT_E,
    code::EXECVE_19_E,
    code::EXECVEAT_E,
];

/// An open capture: one file, or the pieces of one recording.
pub struct Capture {
    reader: Reader,
    name: String,
    path: Option<PathBuf>,
    /// Later pieces of the same recording.
    rest: Vec<Capture>,
    /// When it ends, if it is followed.
    ending: Option<Ending>,
    /// Its batches, if they are stored, once that was asked.
    file: OnceLock<Option<Arc<File>>>,
}

impl Capture {
    /// Opens a file. Results call it `name`.
    pub fn open(path: &Path, name: impl Into<String>) -> Result<Capture, OpenError> {
        Ok(Capture { path: Some(path.to_owned()), ..Capture::new(capture_cap::open(path)?, name.into()) })
    }

    /// Reads the standard input. Results call it `name`.
    pub fn stdin(name: impl Into<String>) -> Result<Capture, OpenError> {
        Ok(Capture::new(capture_cap::stdin()?, name.into()))
    }

    /// Reads a file that is still being written, and waits for more of it: until `ending` says so, or the recording
    /// itself. Results call it `name`.
    pub fn follow(path: &Path, name: impl Into<String>, ending: Ending) -> Result<Capture, OpenError> {
        let input = Input::live(Box::new(Followed::open(path, ending.clone())?));
        Ok(Capture { ending: Some(ending), ..Capture::new(capture_cap::of(input)?, name.into()) })
    }

    fn new(reader: Reader, name: String) -> Capture {
        Capture { reader, name, path: None, rest: Vec::new(), ending: None, file: OnceLock::new() }
    }

    /// What results call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What results call its files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name()).chain(self.rest.iter().map(Capture::name))
    }

    /// The size of its files in bytes; `None` for a pipe.
    pub fn file_size(&self) -> Option<u64> {
        self.rest.iter().map(Capture::file_size).fold(self.reader.file_size(), |sum, size| Some(sum? + size?))
    }

    /// When it ends, if it is followed.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.ending.clone()
    }

    /// Its file.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The host that it was recorded on, if it says so.
    pub(crate) fn host(&mut self) -> Option<Host> {
        self.reader.head().iter().find_map(|content| match content {
            Content::Machine(machine) => Some(Host {
                name: machine.hostname.to_vec(),
                cpus: machine.cpus,
                memory: machine.memory,
                boot_ts: machine.boot_ts,
            }),
            _ => None,
        })
    }

    /// A number that tells its lists of threads and descriptors from other lists.
    pub(crate) fn lists(&mut self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let head = self.reader.head();
        let lists = head.iter().filter(|content| matches!(content, Content::Processes(_) | Content::Fds(_)));
        lists.for_each(|list| format!("{list:?}").hash(&mut hasher));
        hasher.finish()
    }

    /// The time of its first event of a system call, ns since the epoch. What stands before may be of another time.
    pub(crate) fn first_call(&mut self) -> Option<u64> {
        self.reader.find_ahead(DECIDING_EVENTS, |event| is_call(event.code).then_some(event.ts))
    }

    /// The time of the last event of a system call in its file, ns since the epoch. Reads the file to its end, once
    /// more.
    pub(crate) fn last_call(&self) -> Option<u64> {
        let mut reader = capture_cap::open(self.path()?).ok()?;
        let mut last = None;
        while let Some(block) = reader.next_block() {
            if let Ok(Block { content: Content::Event(event), .. }) = block
                && is_call(event.code)
            {
                last = Some(event.ts);
            }
        }
        last
    }

    /// The times of the first and the last event of a system call in its file that is not hidden, ns since the epoch.
    /// Reads the file to its end, once more.
    pub(crate) fn times(&self) -> Option<(u64, u64)> {
        let path = self.path().filter(|path| path.is_file())?;
        let mut reader = capture_cap::open(path).ok()?;
        let mut times = None;
        while let Some(block) = reader.next_block() {
            if let Ok(Block { content: Content::Event(event), .. }) = block
                && is_call(event.code)
                && !event.state_only()
            {
                times = Some((times.map_or(event.ts, |(first, _)| first), event.ts));
            }
        }
        times
    }

    /// The recording that consists of these pieces, if there are any.
    pub(crate) fn of_pieces(mut pieces: Vec<Capture>) -> Option<Capture> {
        let rest = pieces.split_off(pieces.len().min(1));
        pieces.pop().map(|first| Capture { rest, ..first })
    }

    /// The time of its first event, ns since the epoch; `None` if it has no event.
    pub fn first_ts(&mut self) -> Option<u64> {
        if let Some(file) = self.file() {
            return file.first_events(1).1;
        }
        self.reader.find_ahead(1, |event| Some(event.ts))
    }

    /// What its recorder said of the recording, if it was one of ours.
    pub fn recording(&mut self) -> Option<Recording> {
        if let Some(source) = self.file().and_then(|file| file.source()) {
            return source.recording;
        }
        let first = self.reader.find_ahead(1, |event| Some(Notice::of(&event.event(&event.params()))));
        match first.flatten()? {
            Notice::Begin(recording) => Some(*recording),
            Notice::End(_) => None,
        }
    }

    /// The view it was made for: classic if its first events hold an enter event that the newest drivers do not send.
    /// What comes through a pipe may come slowly: there, an event that only the newest drivers send decides too.
    pub fn natural_view(&mut self) -> View {
        if let Some(file) = self.file() {
            let (codes, _) = file.first_events(DECIDING_EVENTS);
            let is_classic = codes.iter().take(DECIDING_EVENTS).any(|code| is_classic_enter(*code));
            return if is_classic { View::Classic } else { View::Exit };
        }
        let is_pipe = self.file_size().is_none();
        let decides = |event: &EventBlock<'_>| match is_classic_enter(event.code) {
            true => Some(View::Classic),
            false => (is_pipe && is_newest_exit(event)).then_some(View::Exit),
        };
        self.reader.find_ahead(DECIDING_EVENTS, decides).unwrap_or(View::Exit)
    }

    /// Its batches, if they are stored; else gives back the interest. The state of a recording in pieces goes from
    /// piece to piece: that takes a replay.
    pub(crate) fn stored(
        &self,
        plan: &Plan,
        interest: Box<dyn Interest>,
        stats: &Arc<Stats>,
    ) -> Result<Stored, Box<dyn Interest>> {
        match self.file().filter(|_| self.rest.is_empty()) {
            Some(file) => Stored::open(file.clone(), &self.name, plan, interest, stats),
            None => Err(interest),
        }
    }

    /// Its batches, if they are stored.
    fn file(&self) -> Option<&Arc<File>> {
        // A pipe has no second beginning: whoever opened it again would wait for ever.
        let path = self.path.as_deref().filter(|_| self.reader.file_size().is_some());
        let open = || File::open(Ranges::open(path?).ok()??).map(Arc::new);
        self.file.get_or_init(open).as_ref()
    }

    /// What reads it, and its name. Of a recording in pieces, the first.
    pub fn into_parts(self) -> (Reader, String) {
        (self.reader, self.name)
    }

    /// What reads it, piece by piece, and their names.
    pub(crate) fn into_pieces(self) -> ((Reader, String), impl Iterator<Item = (Reader, String)>) {
        ((self.reader, self.name), self.rest.into_iter().map(Capture::into_parts))
    }
}

/// Whether it is an exit event that has the parameters of its enter event too.
fn is_newest_exit(event: &EventBlock<'_>) -> bool {
    let params = |code| schema::event(code, Dialect::Classic).map_or(0, |info| info.params.len());
    let Some(enter) = event.code.checked_sub(1).filter(|_| event.code % 2 == 1) else { return false };
    let of_enter = params(enter);
    !NEWEST_ENTERS.contains(&enter) && of_enter > 0 && event.params.len() >= params(event.code) + of_enter
}

fn is_classic_enter(code: u16) -> bool {
    is_call(code) && code.is_multiple_of(2) && !NEWEST_ENTERS.contains(&code)
}

fn is_call(code: u16) -> bool {
    schema::event(code, Dialect::Newest).is_some_and(|info| info.source == Source::Syscall)
}
