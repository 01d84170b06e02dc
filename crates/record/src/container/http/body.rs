//! The body of an answer: as long as the head says, in chunks, or up to the connection's end.

use super::Error;
use super::connection::Connection;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// After an empty chunk; so many bytes are left of this one.
    Chunked {
        /// Bytes left of the chunk.
        left: u64,
        /// Whether a line end stands before the next chunk.
        begun: bool,
    },
    /// With the connection.
    Close,
}

/// The status that a head tells, and how the body ends.
pub(super) fn framing(head: &[u8]) -> Result<(u16, Framing), Error> {
    const MAX_HEADERS: usize = 128;
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(head).map_err(|_| Error::Malformed("the answer is not HTTP"))?;
    let status = response.code.filter(|_| parsed.is_complete()).ok_or(Error::Malformed("the answer is not HTTP"))?;
    let value = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| header.value.trim_ascii())
    };
    let chunked = |value: &[u8]| value.rsplit(|&b| b == b',').next().unwrap_or_default().trim_ascii() == b"chunked";
    if value("transfer-encoding").is_some_and(|value| chunked(&value.to_ascii_lowercase())) {
        return Ok((status, Framing::Chunked { left: 0, begun: false }));
    }
    match value("content-length") {
        Some(length) => match std::str::from_utf8(length).ok().and_then(|length| length.parse().ok()) {
            Some(length) => Ok((status, Framing::Length(length))),
            None => Err(Error::Malformed("the answer's length is no number")),
        },
        None => Ok((status, Framing::Close)),
    }
}

/// A body, read as it comes.
#[derive(Debug)]
pub(super) struct Body {
    source: BufReader<io::Chain<Cursor<Vec<u8>>, Connection>>,
    framing: Framing,
}

impl Body {
    /// A body whose first bytes came with the head.
    pub fn new(first: Vec<u8>, connection: Connection, framing: Framing) -> Self {
        Body { source: BufReader::new(Cursor::new(first).chain(connection)), framing }
    }

    /// Reads at most `left` bytes; an end before them is an error.
    fn read_some(&mut self, buffer: &mut [u8], left: u64) -> io::Result<usize> {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.source.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        if read == 0 && wanted > 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
    }

    /// Reads the line before a chunk: its length in hexadecimal digits, then perhaps `;` and more. The empty chunk at
    /// the end is followed by lines that nobody needs: the connection ends there.
    fn chunk(&mut self, begun: bool) -> io::Result<u64> {
        const LONGEST: u64 = 256;
        if begun && self.line(LONGEST)? != b"" {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let line = self.line(LONGEST)?;
        let digits = line.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'));
        digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).ok_or(io::ErrorKind::InvalidData.into())
    }

    fn line(&mut self, longest: u64) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        (&mut self.source).take(longest).read_until(b'\n', &mut line)?;
        match line.strip_suffix(b"\n") {
            Some(line) => Ok(line.strip_suffix(b"\r").unwrap_or(line).to_vec()),
            None if line.len() as u64 == longest => Err(io::ErrorKind::InvalidData.into()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Framing::Chunked { left: 0, begun } = self.framing {
            self.framing = match self.chunk(begun)? {
                0 => Framing::Length(0),
                left => Framing::Chunked { left, begun: true },
            };
        }
        match self.framing {
            Framing::Close => self.source.read(buffer),
            Framing::Length(0) => Ok(0),
            Framing::Length(left) => {
                let read = self.read_some(buffer, left)?;
                self.framing = Framing::Length(left.saturating_sub(read as u64));
                Ok(read)
            }
            Framing::Chunked { left, begun } => {
                let read = self.read_some(buffer, left)?;
                self.framing = Framing::Chunked { left: left.saturating_sub(read as u64), begun };
                Ok(read)
            }
        }
    }
}
