//! Captures written with every block as it was read.

use super::{Files, Form, Out, Rotation};
use crate::report::DamageReport;
use crate::status::Failure;
use capture_cap::Writer as Native;
use capture_scap::{Block, Compression, Content, Reader, Target, Writer};
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A capture that is written so, in some form.
pub enum Lossless<W: Write> {
    /// A row of blocks.
    Blocks(Box<Writer<W>>),
    /// Sections.
    Native(Box<Native<W>>),
}

impl Lossless<Out> {
    /// Begins a file; `-` is standard output.
    pub fn create(name: PathBuf, form: Form) -> Result<Lossless<Out>, Failure> {
        let file = Files::new(name, Rotation::default(), TimeZone::UTC)?.next(0)?;
        Ok(Lossless::new(file, form)?)
    }
}

impl<W: Write> Lossless<W> {
    /// Begins a capture.
    pub fn new(out: W, form: Form) -> io::Result<Lossless<W>> {
        let compression = match form {
            Form::Cap => return Ok(Lossless::Native(super::form::native(out)?)),
            Form::Scap => Compression::None,
            Form::ScapGzip => Compression::Gzip,
        };
        Ok(Lossless::Blocks(Box::new(Writer::new(out, Target::Newest, compression))))
    }

    /// Appends a block.
    pub fn block(&mut self, block: &Block<'_>) -> Result<(), Failure> {
        match (self, &block.content) {
            (Lossless::Native(native), _) => Ok(native.block(block)?),
            (Lossless::Blocks(writer), Content::Event(_)) => Ok(writer.block(block)?),
            (Lossless::Blocks(writer), _) => {
                // Not all that was read can be said in the words of the writer.
                let len = (block.body.len() as u32).wrapping_add(12).to_le_bytes();
                Ok(writer.raw(&[&block.kind.to_le_bytes(), &len, block.body, &len].concat())?)
            }
        }
    }

    /// Appends all blocks of a capture that can be read.
    pub fn all(&mut self, reader: Reader, name: &str, progress: impl FnMut(u64)) -> Result<DamageReport, Failure> {
        self.some(reader, name, progress, |_| true)
    }

    /// Appends the blocks of a capture that can be read and are wanted.
    pub fn some(
        &mut self,
        mut reader: Reader,
        name: &str,
        mut progress: impl FnMut(u64),
        is_wanted: impl Fn(&Content<'_>) -> bool,
    ) -> Result<DamageReport, Failure> {
        let (mut damage, mut shown) = (DamageReport::default(), None);
        loop {
            // It may look at the clock: once for all blocks that were read together.
            if shown != Some(reader.file_position()) {
                shown = Some(reader.file_position());
                progress(reader.file_position());
            }
            match reader.next_block() {
                None => return Ok(damage),
                Some(Ok(block)) if is_wanted(&block.content) => self.block(&block)?,
                Some(Ok(_)) => {}
                Some(Err(place)) => damage.add(name, &place),
            }
        }
    }

    /// Writes what is left, and gives back where it was written to.
    pub fn finish(self) -> Result<W, Failure> {
        match self {
            Lossless::Blocks(writer) => Ok(writer.finish()?),
            Lossless::Native(native) => Ok(native.finish()?),
        }
    }
}

/// Refuses to write over one of the files that are read.
pub fn refuse_same(inputs: &[PathBuf], output: &Path) -> Result<(), Failure> {
    let identity =
        |path: &Path| path.metadata().ok().filter(|meta| meta.is_file()).map(|meta| (meta.dev(), meta.ino()));
    let Some(written) = identity(output) else { return Ok(()) };
    match inputs.iter().find(|input| identity(input) == Some(written)) {
        Some(input) => Err(Failure::new(format_args!("{}: is what is read", input.display()))),
        None => Ok(()),
    }
}
