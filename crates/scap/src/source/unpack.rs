//! Compressed captures: a row of members (gzip) or frames (zstd, lz4), each of which can be unpacked by itself.

use super::gunzip::Gunzip;
use lz4_flex::frame::FrameDecoder;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many bytes tell the format.
pub(crate) const MAGIC_LEN: usize = 4;

/// How much is read of the file at a time.
const INPUT: usize = 256 << 10;

/// A place found by its magic behind damage is a member if so many bytes can be unpacked there, or all of it.
const TRIAL: usize = 64 << 10;

/// How many such places are tried before the rest of the file is given up: a hostile file may have millions.
const MAX_TRIALS: usize = 10_000;

/// How a capture is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zstd,
    Lz4,
}

impl Format {
    /// The format of what starts with these bytes; `None` if it is not compressed.
    pub(crate) fn of(start: &[u8]) -> Option<Format> {
        [Format::Gzip, Format::Zstd, Format::Lz4].into_iter().find(|format| start.starts_with(format.magic()))
    }

    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Gzip => "gzip",
            Format::Zstd => "zstd",
            Format::Lz4 => "lz4",
        }
    }

    fn magic(self) -> &'static [u8] {
        match self {
            Format::Gzip => &[0x1F, 0x8B],
            Format::Zstd => &[0x28, 0xB5, 0x2F, 0xFD],
            Format::Lz4 => &[0x04, 0x22, 0x4D, 0x18],
        }
    }
}

/// The compressed bytes, counted.
pub(crate) struct Input {
    inner: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// How much of the buffer is used up.
    start: usize,
    /// How much of the file is.
    used: Arc<AtomicU64>,
}

impl Input {
    /// What follows: at least `wanted` bytes if there are so many.
    fn ahead(&mut self, wanted: usize) -> io::Result<&[u8]> {
        if self.buffer.len() - self.start < wanted {
            self.buffer.drain(..self.start);
            self.start = 0;
            while self.buffer.len() < wanted {
                let filled = self.buffer.len();
                self.buffer.resize(filled.max(INPUT - 1) + 1, 0);
                let got = self.inner.read(self.buffer.get_mut(filled..).unwrap_or_default());
                self.buffer.truncate(filled + got.as_ref().copied().unwrap_or(0));
                match got {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(self.buffer.get(self.start..).unwrap_or_default())
    }
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.fill_buf()?.read(buf)?;
        self.consume(got);
        Ok(got)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.ahead(1)
    }

    fn consume(&mut self, amount: usize) {
        self.used.fetch_add(amount as u64, Ordering::Relaxed);
        self.start = (self.start + amount).min(self.buffer.len());
    }
}

/// The decompressor of one member.
enum Decoder<R: BufRead> {
    Gzip(Gunzip<R>),
    Zstd(zstd::Decoder<'static, R>),
    Lz4(FrameDecoder<R>),
}

impl<R: BufRead> Decoder<R> {
    fn new(format: Format, input: R) -> io::Result<Self> {
        Ok(match format {
            Format::Gzip => Decoder::Gzip(Gunzip::new(input)),
            Format::Zstd => Decoder::Zstd(zstd::Decoder::with_buffer(input)?.single_frame()),
            Format::Lz4 => Decoder::Lz4(FrameDecoder::new(input)),
        })
    }

    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(decoder) => decoder.read(buf),
            Decoder::Zstd(decoder) => decoder.read(buf),
            Decoder::Lz4(decoder) => decoder.read(buf),
        }
    }

    fn input(&self) -> &R {
        match self {
            Decoder::Gzip(decoder) => decoder.input(),
            Decoder::Zstd(decoder) => decoder.get_ref(),
            Decoder::Lz4(decoder) => decoder.get_ref(),
        }
    }

    fn into_inner(self) -> R {
        match self {
            Decoder::Gzip(decoder) => decoder.into_input(),
            Decoder::Zstd(decoder) => decoder.into_inner(),
            Decoder::Lz4(decoder) => decoder.into_inner(),
        }
    }
}

enum State {
    /// Before a member, or behind the last.
    Between(Input),
    Within(Box<Decoder<Input>>),
    Ended,
}

/// Unpacks one member after the other.
pub(crate) struct Members {
    format: Format,
    state: State,
    /// How many places that look like a member but are none may still be tried.
    trials: usize,
    used: Arc<AtomicU64>,
}

/// Where in the file unpacking failed, and why.
#[derive(Debug)]
pub(crate) struct Broken {
    pub file_offset: u64,
    pub error: io::Error,
}

impl Members {
    /// Unpacks `input`; how many of its bytes are used up is counted in `used`.
    pub(crate) fn new(format: Format, input: impl Read + Send + 'static, used: Arc<AtomicU64>) -> Members {
        let input = Input { inner: Box::new(input), buffer: Vec::new(), start: 0, used: used.clone() };
        Members { format, state: State::Between(input), trials: MAX_TRIALS, used }
    }

    /// Unpacks some bytes into `buf`; 0 at the end. After an error, what can be unpacked behind the damage follows.
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        loop {
            let result = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(input) => self.begin(input).map(|()| 0),
                State::Within(decoder) => self.decode(decoder, buf),
            };
            match result {
                Ok(0) => {}
                Ok(got) => return Ok(got),
                Err(error) => return Err(Broken { file_offset: self.used.load(Ordering::Relaxed), error }),
            }
        }
    }

    /// Whether the input must be asked for more before more can be unpacked.
    pub(crate) fn must_wait(&self) -> bool {
        match &self.state {
            State::Between(input) => input.start == input.buffer.len(),
            State::Within(decoder) => decoder.input().start == decoder.input().buffer.len(),
            State::Ended => false,
        }
    }

    fn decode(&mut self, mut decoder: Box<Decoder<Input>>, buf: &mut [u8]) -> io::Result<usize> {
        match decoder.read(buf) {
            Ok(0) => self.state = State::Between(decoder.into_inner()),
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.find_member(decoder.into_inner())?;
                return Err(error);
            }
            Ok(got) => {
                self.state = State::Within(decoder);
                return Ok(got);
            }
            Err(_) => self.state = State::Within(decoder),
        }
        Ok(0)
    }

    /// Begins the next member. What follows the last one and holds no member is none of ours.
    fn begin(&mut self, mut input: Input) -> io::Result<()> {
        let ahead = input.ahead(MAGIC_LEN)?;
        if ahead.is_empty() {
            return Ok(());
        }
        if ahead.starts_with(self.format.magic()) {
            self.state = State::Within(Box::new(Decoder::new(self.format, input)?));
            return Ok(());
        }
        self.find_member(input)?;
        match self.state {
            State::Ended => Ok(()),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "no compressed data")),
        }
    }

    /// Looks for a place from which something can be unpacked.
    fn find_member(&mut self, mut input: Input) -> io::Result<()> {
        let magic = self.format.magic();
        while self.trials > 0 {
            let ahead = input.ahead(TRIAL)?;
            if ahead.len() < magic.len() {
                break;
            }
            let skipped = ahead.windows(magic.len()).take_while(|bytes| *bytes != magic).count();
            if skipped > 0 {
                input.consume(skipped);
                continue;
            }
            if self.can_unpack(ahead) {
                self.state = State::Between(input);
                break;
            }
            self.trials -= 1;
            input.consume(1);
        }
        Ok(())
    }

    /// Whether a member starts here: some of it can be unpacked, all of it if it is that short.
    fn can_unpack(&self, start: &[u8]) -> bool {
        let Ok(mut decoder) = Decoder::new(self.format, start) else { return false };
        let mut buf = [0; 4096];
        let mut unpacked = 0;
        while unpacked < TRIAL {
            match decoder.read(&mut buf) {
                Ok(0) => break,
                Ok(got) => unpacked += got,
                Err(error) => return unpacked > 0 && error.kind() == io::ErrorKind::UnexpectedEof,
            }
        }
        unpacked > 0
    }
}
