//! A capture that is open but not yet replayed.

use capture_batch::View;
use capture_event::{Dialect, Source, code, schema};
use capture_scap::{OpenError, Preview, Reader};
use std::path::Path;

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

/// An open capture.
pub struct Capture {
    reader: Reader,
    name: String,
}

impl Capture {
    /// Opens a file. Results call it `name`.
    pub fn open(path: &Path, name: impl Into<String>) -> Result<Capture, OpenError> {
        Ok(Capture { reader: Reader::open(path)?, name: name.into() })
    }

    /// Reads the standard input. Results call it `name`.
    pub fn stdin(name: impl Into<String>) -> Result<Capture, OpenError> {
        Ok(Capture { reader: Reader::stdin()?, name: name.into() })
    }

    /// What results call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The size of its file in bytes; `None` for a pipe.
    pub fn file_size(&self) -> Option<u64> {
        self.reader.file_size()
    }

    /// The time of its first event, ns since the epoch; `None` if it has no event.
    pub fn first_ts(&mut self) -> Option<u64> {
        self.reader.find_ahead(1, |_| true).map(|event| event.ts)
    }

    /// The view it was made for: classic if its first events hold an enter event that the newest drivers do not send.
    /// What comes through a pipe may come slowly: there, an event that only the newest drivers send decides too.
    pub fn natural_view(&mut self) -> View {
        let is_pipe = self.file_size().is_none();
        let decides = |event: &Preview| is_classic_enter(event.code) || is_pipe && is_newest_exit(event);
        match self.reader.find_ahead(DECIDING_EVENTS, decides) {
            Some(event) if is_classic_enter(event.code) => View::Classic,
            _ => View::Exit,
        }
    }

    /// What reads it, and its name.
    pub fn into_parts(self) -> (Reader, String) {
        (self.reader, self.name)
    }
}

/// Whether it is an exit event that has the parameters of its enter event too.
fn is_newest_exit(event: &Preview) -> bool {
    let params = |code| schema::event(code, Dialect::Classic).map_or(0, |info| info.params.len());
    let Some(enter) = event.code.checked_sub(1).filter(|_| event.code % 2 == 1) else { return false };
    let of_enter = params(enter);
    !NEWEST_ENTERS.contains(&enter) && of_enter > 0 && event.params as usize >= params(event.code) + of_enter
}

fn is_classic_enter(code: u16) -> bool {
    let is_call = |info: &schema::EventInfo| info.is_enter() && info.source == Source::Syscall;
    schema::event(code, Dialect::Newest).is_some_and(is_call) && !NEWEST_ENTERS.contains(&code)
}
