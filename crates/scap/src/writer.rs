//! The writer: blocks one after the other, in the order that readers want.

use crate::block::event::RawEvent;
use crate::block::fd::FdList;
use crate::block::interface::Interface;
use crate::block::machine::MachineInfo;
use crate::block::process::ProcessEntry;
use crate::block::section::Section;
use crate::block::user::User;
use crate::block::{Block, Content};
use crate::write::{self, Put, TooLong};
use flate2::write::GzEncoder;
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Write};

/// Whom the capture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Target {
    /// Every reader, old ones too: options of the section header are left out, threads have only what old readers
    /// find at its place, descriptors of new types become "unsupported".
    #[default]
    All,
    /// As for every reader, but threads have all that the newest readers find. Old ones open the capture and take
    /// something else for the login user and whether the executable can be written.
    AllWithLongTail,
    /// The newest readers: nothing is left out.
    Newest,
}

/// How the capture is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// A row of gzip members, one a [`Writer::flush`].
    Gzip,
}

/// What could not be written.
#[derive(Debug)]
pub enum WriteError {
    /// The operating system failed to write.
    Io(io::Error),
    /// Readers refuse such a block in this place: tables and unknown blocks once there was an event, and descriptors
    /// of a thread that is in no process list.
    OutOfPlace(&'static str),
    /// More bytes than a length field can say.
    TooLong(u64),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Io(error) => write!(f, "{error}"),
            WriteError::OutOfPlace(what) => write!(f, "no reader accepts {what} here"),
            WriteError::TooLong(bytes) => write!(f, "no length field can say {bytes} bytes"),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WriteError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        WriteError::Io(error)
    }
}

impl From<TooLong> for WriteError {
    fn from(TooLong(bytes): TooLong) -> Self {
        WriteError::TooLong(bytes)
    }
}

/// So many bytes are written (and with gzip compressed) at a time if nobody asks before.
const MEMBER: usize = 4 << 20;

/// Writes a capture block by block: the section header, then tables, then events. A capture opens elsewhere only if
/// it has at least one event.
///
/// Blocks have the current forms whatever they were read from. [`Writer::finish`] must be called at the end.
pub struct Writer<W: Write> {
    out: W,
    target: Target,
    compression: Compression,
    /// Whole blocks that are not written yet.
    buffer: Vec<u8>,
    /// Threads in the process lists of this section.
    threads: HashSet<i64>,
    /// Events of this section.
    events: u64,
    /// Bytes given to `out`.
    written: u64,
}

impl<W: Write> Writer<W> {
    /// A writer that has written nothing yet.
    pub fn new(out: W, target: Target, compression: Compression) -> Self {
        let threads = HashSet::new();
        Writer { out, target, compression, buffer: Vec::new(), threads, events: 0, written: 0 }
    }

    /// How many bytes were written, those that wait for a flush not counted.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// How many bytes wait for a flush, before compression.
    pub fn waiting(&self) -> u64 {
        self.buffer.len() as u64
    }

    /// Any block, as it was read.
    pub fn block(&mut self, block: &Block<'_>) -> Result<(), WriteError> {
        match &block.content {
            Content::Section(section) => self.section(section),
            Content::Machine(machine) => self.machine(machine),
            Content::Interfaces(list) => self.interfaces(list),
            Content::Users(list) => self.users(list),
            Content::Processes(list) => self.processes(list),
            Content::Fds(list) => self.fds(list),
            Content::Event(event) => self.event(&event.raw(&event.params(), &event.options())),
            Content::Unknown { kind, body } => self.unknown(*kind, body),
        }
    }

    /// Begins a capture. More may follow in the same file; readers forget what they know and count events on.
    pub fn section(&mut self, section: &Section<'_>) -> Result<(), WriteError> {
        self.threads.clear();
        self.events = 0;
        write::section::section(&mut self.buffer, section, self.target)?;
        self.pass()
    }

    /// The host.
    pub fn machine(&mut self, machine: &MachineInfo<'_>) -> Result<(), WriteError> {
        self.before_events("machine info")?;
        write::machine::machine(&mut self.buffer, machine)?;
        self.pass()
    }

    /// The host's interfaces.
    pub fn interfaces(&mut self, list: &[Interface<'_>]) -> Result<(), WriteError> {
        self.before_events("an interface list")?;
        write::interface::interfaces(&mut self.buffer, list)?;
        self.pass()
    }

    /// The host's users and groups.
    pub fn users(&mut self, list: &[User<'_>]) -> Result<(), WriteError> {
        self.before_events("a user list")?;
        write::user::users(&mut self.buffer, list)?;
        self.pass()
    }

    /// Threads; may be called again with more.
    pub fn processes(&mut self, list: &[ProcessEntry<'_>]) -> Result<(), WriteError> {
        self.before_events("a process list")?;
        self.threads.extend(list.iter().map(|process| process.tid));
        write::process::processes(&mut self.buffer, list, self.target)?;
        self.pass()
    }

    /// The descriptors of a thread that was among the threads.
    pub fn fds(&mut self, list: &FdList<'_>) -> Result<(), WriteError> {
        self.before_events("a descriptor list")?;
        if self.target != Target::Newest && !self.threads.contains(&list.tid) {
            return Err(WriteError::OutOfPlace("descriptors of a thread that is in no process list"));
        }
        write::fd::fds(&mut self.buffer, list, self.target)?;
        self.pass()
    }

    /// An event. Its parameters are written as they are.
    pub fn event(&mut self, event: &RawEvent<'_>) -> Result<(), WriteError> {
        write::event::event(&mut self.buffer, event)?;
        self.events += 1;
        self.pass()
    }

    /// Whole blocks, as another writer for the same target wrote them.
    pub fn raw(&mut self, blocks: &[u8]) -> Result<(), WriteError> {
        self.buffer.extend_from_slice(blocks);
        self.pass()
    }

    /// Where it writes to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// A block of a type that is not ours.
    pub fn unknown(&mut self, kind: u32, body: &[u8]) -> Result<(), WriteError> {
        self.before_events("an unknown block")?;
        write::block(&mut self.buffer, kind, |out| out.bytes(body))?;
        self.pass()
    }

    fn before_events(&self, what: &'static str) -> Result<(), WriteError> {
        if self.events == 0 { Ok(()) } else { Err(WriteError::OutOfPlace(what)) }
    }

    fn pass(&mut self) -> Result<(), WriteError> {
        if self.buffer.len() < MEMBER { Ok(()) } else { Ok(self.write_buffer()?) }
    }

    /// Writes all that was given, as a gzip member of its own if the capture is compressed.
    pub fn flush(&mut self) -> io::Result<()> {
        self.write_buffer()?;
        self.out.flush()
    }

    fn write_buffer(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let packed = match self.compression {
            Compression::None => None,
            Compression::Gzip => Some(packed(&self.buffer)?),
        };
        let bytes = packed.as_ref().unwrap_or(&self.buffer);
        let result = self.out.write_all(bytes);
        self.written += bytes.len() as u64;
        self.buffer.clear();
        result
    }

    /// Writes what is left and gives back where it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.out)
    }
}

/// A gzip member. It is written as one: an encoder that fails to write would try again when it is dropped.
fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
