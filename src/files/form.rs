//! The forms of captures that are written.

use capture_cap::Writer as Native;
use capture_machine::native::Followers;
use capture_scap::{Compression, Reader, Target, Writer};
use std::io::{self, Write};
use std::path::Path;

/// A form that a capture is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Our own: several times smaller, and faster to query.
    Cap,
    /// What sysdig and Falco read.
    Scap,
    /// The same, compressed with gzip.
    #[value(name = "scap.gz")]
    ScapGzip,
}

/// Which form is wanted: options of all commands that write captures.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct FormArgs {
    /// Write this form, whatever the name of the file says.
    #[arg(long, value_enum, value_name = "FORM", requires = "write", help_heading = super::WRITING)]
    format: Option<Form>,
    /// Compress the capture, if its form leaves the choice.
    #[arg(short = 'z', long, requires = "write", help_heading = super::WRITING)]
    compress: bool,
}

impl FormArgs {
    /// This form.
    pub fn exactly(form: Form) -> FormArgs {
        FormArgs { format: Some(form), compress: false }
    }

    /// The form of a file of this name: `default` if nothing says another.
    pub fn of(&self, name: &Path, default: Form) -> Form {
        match self.format.or_else(|| Form::of_name(name)).unwrap_or(default) {
            Form::Scap if self.compress => Form::ScapGzip,
            form => form,
        }
    }
}

/// What writes a capture, block by block, in some form.
pub type CaptureWriter<W> = Writer<Encoded<W>>;

impl Form {
    /// The form that a file's name tells.
    pub fn of_name(name: &Path) -> Option<Form> {
        let name = name.file_name()?.as_encoded_bytes().to_ascii_lowercase();
        let known = [Form::Cap, Form::Scap, Form::ScapGzip];
        known.into_iter().find(|form| name.ends_with(form.extension().as_bytes()))
    }

    /// How names of files end that tell it.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Cap => ".cap",
            Form::Scap => ".scap",
            Form::ScapGzip => ".scap.gz",
        }
    }

    /// Begins a capture.
    pub fn writer<W: Write>(self, out: W, target: Target) -> io::Result<CaptureWriter<W>> {
        let encoded = match self {
            Form::Cap => Encoded::Native { native: native(out)?, given: 0 },
            Form::Scap | Form::ScapGzip => Encoded::Blocks { out, written: 0 },
        };
        Ok(self.go_on(encoded, target))
    }

    /// Goes on with a capture, as if it began.
    pub fn go_on<W: Write>(self, encoded: Encoded<W>, target: Target) -> CaptureWriter<W> {
        let compression = if self == Form::ScapGzip { Compression::Gzip } else { Compression::None };
        Writer::new(encoded, target, compression)
    }
}

/// Begins a native capture, whose events are bound to what is known of the host.
pub fn native<W: Write>(out: W) -> io::Result<Box<Native<W>>> {
    Ok(Box::new(Native::binding(out, Box::new(Followers::new()))?))
}

/// Where whole blocks become a file of some form.
pub enum Encoded<W: Write> {
    /// They are written as they are, perhaps compressed.
    Blocks {
        /// The file.
        out: W,
        /// How many bytes it has.
        written: u64,
    },
    /// They become sections.
    Native {
        /// What makes them.
        native: Box<Native<W>>,
        /// How many bytes of blocks it was given.
        given: u64,
    },
}

/// A native capture is so many times smaller than its blocks, about, as long as not enough is written to know.
const RATIO: u64 = 16;
const ENOUGH: u64 = 4 << 20;

impl<W: Write> Encoded<W> {
    /// How many bytes were written.
    pub fn written(&self) -> u64 {
        match self {
            Encoded::Blocks { written, .. } => *written,
            Encoded::Native { native, .. } => native.written(),
        }
    }

    /// Where it writes to.
    pub fn get_ref(&self) -> &W {
        match self {
            Encoded::Blocks { out, .. } => out,
            Encoded::Native { native, .. } => native.get_ref(),
        }
    }

    /// Ends the capture, and gives back where it was written to.
    pub fn close(self) -> io::Result<W> {
        match self {
            Encoded::Blocks { mut out, .. } => out.flush().map(|()| out),
            Encoded::Native { native, .. } => native.finish(),
        }
    }
}

impl<W: Write> Write for Encoded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Encoded::Blocks { out, written } => {
                let result = out.write(bytes);
                *written += result.as_ref().map_or(0, |bytes| *bytes as u64);
                result
            }
            Encoded::Native { native, given } => {
                *given += bytes.len() as u64;
                let mut blocks = Reader::of_blocks(bytes.to_vec());
                while let Some(block) = blocks.next_block() {
                    native.block(&block.map_err(io::Error::other)?)?;
                }
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Encoded::Blocks { out, .. } => out.flush(),
            Encoded::Native { native, .. } => native.flush(),
        }
    }
}

/// How many bytes were given to a writer that are not written yet, before compression.
pub fn waiting<W: Write>(writer: &CaptureWriter<W>) -> u64 {
    let encoded = match writer.get_ref() {
        Encoded::Blocks { .. } => 0,
        Encoded::Native { native, .. } => native.waiting(),
    };
    writer.waiting() + encoded
}

/// How many bytes the file will have with what waits, about.
pub fn size<W: Write>(writer: &CaptureWriter<W>) -> u64 {
    let waiting = waiting(writer);
    match writer.get_ref() {
        Encoded::Blocks { written, .. } => written + waiting,
        Encoded::Native { native, given } => {
            let (made, of) = match given.saturating_sub(native.waiting()) {
                of if of > ENOUGH => (native.written(), of),
                _ => (1, RATIO),
            };
            let waiting = u128::from(waiting) * u128::from(made) / u128::from(of);
            native.written().saturating_add(waiting as u64)
        }
    }
}

/// The same for a file that is to have about `limit` bytes: what may not become smaller must not wait until it is too
/// much.
pub fn size_within<W: Write>(writer: &mut CaptureWriter<W>, limit: Option<u64>) -> io::Result<u64> {
    if limit.is_some_and(|limit| waiting(writer) / 2 > limit) {
        writer.flush()?;
    }
    Ok(size(writer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_form() {
        let form = |name: &str| Form::of_name(name.as_ref());
        assert_eq!(form("dir/a.cap"), Some(Form::Cap));
        assert_eq!(form("a.scap"), Some(Form::Scap));
        assert_eq!(form("A.SCAP.GZ"), Some(Form::ScapGzip));
        assert_eq!([form("a.cap/b"), form("-"), form("a.gz"), form("a")], [None; 4]);
    }

    #[test]
    fn what_is_asked_for_goes_before_the_name() {
        let args = |format, compress| FormArgs { format, compress };
        let of = |args: FormArgs, name: &str| args.of(name.as_ref(), Form::Cap);
        assert_eq!(of(args(None, false), "-"), Form::Cap);
        assert_eq!(of(args(None, true), "a.cap"), Form::Cap);
        assert_eq!(of(args(None, true), "a.scap"), Form::ScapGzip);
        assert_eq!(of(args(Some(Form::Scap), false), "a.cap"), Form::Scap);
    }
}
