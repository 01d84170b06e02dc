//! A capture that is open but not yet replayed.

use capture_batch::View;
use capture_event::{Dialect, Source, code, schema};
use capture_scap::{OpenError, Reader};
use std::path::Path;

/// How many events decide which view a capture was made for.
const DECIDING_EVENTS: usize = 10_000;

/// Most captures show what they are within their first events.
const FIRST_LOOK: usize = 100;

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
        self.reader.preview(1).first().map(|event| event.ts)
    }

    /// The view it was made for: classic if its first events hold an enter event that the newest drivers do not send.
    pub fn natural_view(&mut self) -> View {
        let is_classic = |wanted| self.reader.preview(wanted).iter().any(|event| is_classic_enter(event.code));
        if [FIRST_LOOK, DECIDING_EVENTS].into_iter().any(is_classic) { View::Classic } else { View::Exit }
    }

    /// What reads it, and its name.
    pub fn into_parts(self) -> (Reader, String) {
        (self.reader, self.name)
    }
}

fn is_classic_enter(code: u16) -> bool {
    let is_call = |info: &schema::EventInfo| info.is_enter() && info.source == Source::Syscall;
    schema::event(code, Dialect::Newest).is_some_and(is_call) && !NEWEST_ENTERS.contains(&code)
}
