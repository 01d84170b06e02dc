//! Opens captures of every form: rows of blocks as well as our own.

use crate::section::{self, HEADER, Header, MAGIC};
use crate::writer::VERSION;
use crate::{Reader, section::FILE};
use capture_scap::{Damage, Input, OpenError, Packed, Unpacked};
use std::path::Path;

/// How far into a file that begins with neither a section nor a block a section is looked for.
const SEARCHED: usize = 1 << 20;

/// What captures begin with that are rows of blocks.
const BLOCKS: [u8; 4] = [0x0A, 0x0D, 0x0D, 0x0A];

/// Opens a capture, or a pipe that has a name. Its form is known by its first bytes.
pub fn open(path: &Path) -> Result<capture_scap::Reader, OpenError> {
    of(Input::open(path)?)
}

/// Reads a capture from the standard input.
pub fn stdin() -> Result<capture_scap::Reader, OpenError> {
    of(Input::stdin()?)
}

/// Reads a capture of which nothing is used up yet.
pub fn of(mut input: Input) -> Result<capture_scap::Reader, OpenError> {
    if !is_native(&mut input) {
        return capture_scap::Reader::of(input);
    }
    check(input.peek(HEADER + 2))?;
    let (size, compression) = (input.size(), input.compression());
    Ok(capture_scap::Reader::of_packed(Box::new(Sections(Reader::new(input))), size, compression))
}

/// Whether this is a capture of our own form. Its beginning may be damaged.
pub fn is_native(input: &mut Input) -> bool {
    let start = input.peek(MAGIC.len());
    if start.starts_with(&MAGIC) || start.starts_with(&BLOCKS) {
        return start.starts_with(&MAGIC);
    }
    let searched = input.peek(SEARCHED);
    section::find(searched.get(..SEARCHED).unwrap_or(searched)).is_some()
}

/// Whether a capture that begins so can be read.
fn check(start: &[u8]) -> Result<(), OpenError> {
    if start.len() < HEADER {
        return Err(OpenError::TooShort(start.len() as u64));
    }
    let is_file = Header::read(start).is_some_and(|header| header.kind == FILE);
    match start.get(HEADER..).and_then(|version| version.first_chunk()).map(|major| u16::from_le_bytes(*major)) {
        Some(major) if is_file && major > VERSION[0] => Err(OpenError::Version(major)),
        _ => Ok(()),
    }
}

/// The blocks of a file's sections.
struct Sections(Reader<Input>);

impl Packed for Sections {
    fn next(&mut self) -> Option<Result<Unpacked, Damage>> {
        self.0.next_blocks()
    }

    fn would_wait(&mut self) -> bool {
        self.0.input.would_wait()
    }

    fn file_position(&self) -> u64 {
        self.0.input.file_position()
    }
}
