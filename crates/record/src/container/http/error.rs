//! Why an engine gave no answer.

use std::fmt;
use std::io;

/// Why an engine gave no answer.
#[derive(Debug)]
pub enum Error {
    /// There is nobody at the socket, or we may not speak to them.
    Connect(io::Error),
    /// The connection broke.
    Io(io::Error),
    /// It took too long.
    TimedOut,
    /// The part named was longer than the engine's answers are.
    TooLong(&'static str),
    /// The answer is not HTTP, or not the JSON that it should be.
    Malformed(&'static str),
    /// The engine refused, with this status and message.
    Status(u16, String),
}

impl Error {
    /// The engine's refusal; the message is a member of the answer, or the answer itself.
    pub(super) fn status(status: u16, answer: &[u8]) -> Error {
        const LONGEST: usize = 256;
        let value: Option<serde_json::Value> = serde_json::from_slice(answer).ok();
        let message = value.as_ref().and_then(|value| value.get("message")?.as_str()).map(str::to_owned);
        let message = message.unwrap_or_else(|| String::from_utf8_lossy(answer).into_owned());
        Error::Status(status, message.chars().filter(|c| !c.is_control()).take(LONGEST).collect())
    }

    /// Whether the engine knows no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Status(404, _))
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Error::TimedOut,
            io::ErrorKind::InvalidData => Error::Malformed("a piece of the answer has no valid length"),
            io::ErrorKind::UnexpectedEof => Error::Malformed("the answer ends too early"),
            _ => Error::Io(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Connect(error) | Error::Io(error) => write!(f, "{error}"),
            Error::TimedOut => f.write_str("no answer in time"),
            Error::TooLong(part) => write!(f, "the {part} is too long"),
            Error::Malformed(what) => f.write_str(what),
            Error::Status(status, message) => write!(f, "status {status}: {message}"),
        }
    }
}

impl std::error::Error for Error {}
