//! What can be wrong with a capture.

use std::fmt;
use std::io;

/// A piece of a capture that could not be read. Reading goes on behind it where a block can be found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where, in bytes of the unpacked stream.
    pub offset: u64,
    /// What was being read, such as "process list".
    pub reading: &'static str,
    /// What was expected, and what was there.
    pub problem: Problem,
    /// Where reading goes on, in bytes of the unpacked stream; `None` if nothing readable follows.
    pub resumes: Option<u64>,
}

/// What was expected, and what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The capture ends too early.
    Truncated {
        /// How many bytes had to be there.
        needed: u64,
        /// How many were.
        present: u64,
    },
    /// A block's length is one that no block can have.
    BlockLength(u32),
    /// The lengths before and after a block differ.
    Trailer {
        /// The length in front.
        expected: u32,
        /// What stands behind.
        found: u32,
    },
    /// A field reaches past the end of its block or entry.
    Field {
        /// The field.
        name: &'static str,
        /// How many bytes it needs.
        needed: u64,
        /// How many are left.
        present: u64,
    },
    /// A field has a value that makes no sense there.
    Value {
        /// The field.
        name: &'static str,
        /// Its value.
        found: u64,
    },
    /// So many zero bytes where a block should be.
    Zeros(u64),
    /// The compressed stream cannot be unpacked.
    Unpack {
        /// Where in the compressed file, as far as that is known.
        file_offset: u64,
        /// What the decompressor says.
        message: String,
    },
    /// A section of a native capture is not as it should be.
    Section(String),
    /// The operating system failed to read.
    Io(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Truncated { needed, present } => {
                write!(f, "the capture ends here: {needed} bytes expected, {present} present")
            }
            Problem::BlockLength(found) => write!(f, "{found} cannot be the length of a block"),
            Problem::Trailer { expected, found } => {
                write!(f, "the length after the block is {found}, not {expected} as before it")
            }
            Problem::Field { name, needed, present } => {
                write!(f, "{name} needs {needed} bytes, {present} are left")
            }
            Problem::Value { name, found } => write!(f, "{found} ({found:#x}) is no valid {name}"),
            Problem::Zeros(bytes) => write!(f, "{bytes} zero bytes"),
            Problem::Unpack { file_offset, message } => {
                write!(f, "cannot unpack after byte {file_offset} of the file: {message}")
            }
            Problem::Section(message) => f.write_str(message),
            Problem::Io(message) => write!(f, "cannot read: {message}"),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}: {}", self.offset, self.reading, self.problem)?;
        match self.resumes {
            Some(at) if at > self.offset => write!(f, "; reading goes on at byte {at}"),
            Some(_) => Ok(()),
            None => write!(f, "; nothing readable follows"),
        }
    }
}

impl std::error::Error for Damage {}

/// Why a capture cannot be read at all.
#[derive(Debug)]
pub enum OpenError {
    /// The operating system refuses.
    Io(io::Error),
    /// A directory.
    NotAFile,
    /// No byte in it.
    Empty,
    /// Not a byte of it could be unpacked or read.
    Unreadable(Problem),
    /// Not a capture: it starts with these bytes.
    NotACapture(Vec<u8>),
    /// Written on a big-endian host.
    BigEndian,
    /// A major version that is not ours.
    Version(u16),
    /// Cut within the section header.
    TooShort(u64),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Io(error) => write!(f, "{error}"),
            OpenError::NotAFile => write!(f, "is a directory"),
            OpenError::Empty => write!(f, "is empty: not even the header of a capture was written"),
            OpenError::Unreadable(problem) => write!(f, "{problem}"),
            OpenError::NotACapture(start) => {
                write!(f, "is not a capture: it starts with")?;
                start.iter().try_for_each(|byte| write!(f, " {byte:02x}"))?;
                write!(f, " (expected a7 43 41 50 or 0a 0d 0d 0a, or gzip, zstd or lz4 around that)")
            }
            OpenError::BigEndian => write!(f, "comes from a big-endian host, which is not supported: read it there"),
            OpenError::Version(major) => write!(f, "has format version {major}; only version 1 is known"),
            OpenError::TooShort(bytes) => write!(f, "ends after {bytes} bytes, within its first block"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OpenError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        OpenError::Io(error)
    }
}
