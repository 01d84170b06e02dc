//! HTTP/1.1 over a Unix socket, as much as a container engine's API needs: one `GET`, one answer, connection closed.
//!
//! Nothing that an engine does can hold the recorder: connecting and every whole exchange have a deadline, the head, an
//! answer and a line of a stream a greatest length ([`Limits`]).

mod body;
mod connection;
mod error;

pub use connection::Hangup;
pub use error::Error;

use body::{Body, Framing};
use connection::Connection;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::time::Duration;

/// What an engine may take and send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From connecting to the end of the answer, or of a stream to the end of its head.
    pub time: Duration,
    /// Bytes of the head.
    pub head: usize,
    /// Bytes of a whole answer.
    pub body: usize,
    /// Bytes of one line of a stream.
    pub line: usize,
}

impl Default for Limits {
    /// Far more than a real engine's answers have.
    fn default() -> Self {
        Limits { time: Duration::from_secs(10), head: 64 << 10, body: 16 << 20, line: 1 << 20 }
    }
}

/// Asks for `path` and reads the whole answer. Any status but 200 is an error.
pub fn get(socket: &Path, path: &str, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut connection = ask(socket, path, limits)?;
    let mut first = Vec::new();
    let (status, framing) = read_head(&mut connection, &mut first, limits.head)?;
    let mut answer = Vec::new();
    Body::new(first, connection, framing).take(limits.body as u64 + 1).read_to_end(&mut answer)?;
    if answer.len() > limits.body {
        return Err(Error::TooLong("answer"));
    }
    if status == 200 { Ok(answer) } else { Err(Error::status(status, &answer)) }
}

/// Asks for `path` and hands out the answer line by line, as it comes.
///
/// Docker sends the head at once, Podman (4.3) with the first line. So a socket that says nothing in time is no error:
/// see [`Lines::is_silent`].
pub fn follow(socket: &Path, path: &str, limits: &Limits) -> Result<Lines, Error> {
    let mut connection = ask(socket, path, limits)?;
    let hangup = connection.hangup()?;
    let mut first = Vec::new();
    let head = read_head(&mut connection, &mut first, limits.head);
    connection.set_deadline(None)?;
    let source = match head {
        Ok(head) => Source::answering(connection, first, head)?,
        Err(Error::TimedOut) if first.is_empty() => Source::Silent { connection, longest: limits.head },
        Err(error) => return Err(error),
    };
    Ok(Lines { source, longest: limits.line, hangup })
}

/// Connects and asks.
fn ask(socket: &Path, path: &str, limits: &Limits) -> Result<Connection, Error> {
    let mut connection = Connection::open(socket, limits.time)?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    Ok(connection)
}

/// Reads up to the end of the head. What came with it is left in `first`: the beginning of the body.
fn read_head(connection: &mut Connection, first: &mut Vec<u8>, longest: usize) -> Result<(u16, Framing), Error> {
    const STEP: usize = 4096;
    loop {
        let mut step = [0; STEP];
        let read = connection.read(&mut step)?;
        first.extend_from_slice(step.get(..read).unwrap_or_default());
        if let Some(at) = memchr::memmem::find(first, b"\r\n\r\n") {
            let head: Vec<u8> = first.drain(..at + 4).collect();
            return body::framing(&head);
        }
        if first.len() > longest {
            return Err(Error::TooLong("head of the answer"));
        }
        if read == 0 {
            return Err(Error::Malformed("the answer ends in its head"));
        }
    }
}

/// The lines of an answer that does not end.
#[derive(Debug)]
pub struct Lines {
    source: Source,
    longest: usize,
    hangup: Hangup,
}

#[derive(Debug)]
enum Source {
    /// The head has not come yet.
    Silent { connection: Connection, longest: usize },
    /// It has.
    Answering(BufReader<Body>),
}

impl Source {
    /// The body behind a head. A status other than 200 is an error, with as much of its message as came with the head:
    /// the rest may never come.
    fn answering(connection: Connection, first: Vec<u8>, (status, framing): (u16, Framing)) -> Result<Source, Error> {
        if status != 200 {
            return Err(Error::status(status, &first));
        }
        Ok(Source::Answering(BufReader::new(Body::new(first, connection, framing))))
    }
}

impl Lines {
    /// Whether not even the head of the answer has come.
    pub fn is_silent(&self) -> bool {
        matches!(self.source, Source::Silent { .. })
    }

    /// What ends the stream from another thread.
    pub fn hangup(&self) -> io::Result<Hangup> {
        self.hangup.try_clone()
    }

    /// Waits for the next line, without its end; `None` at the end of the answer.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if let Source::Silent { connection, longest } = &mut self.source {
            let mut first = Vec::new();
            let head = read_head(connection, &mut first, *longest)?;
            self.source = Source::answering(connection.try_clone()?, first, head)?;
        }
        let Source::Answering(body) = &mut self.source else { return Ok(None) };
        let mut line = Vec::new();
        let read = body.take(self.longest as u64 + 1).read_until(b'\n', &mut line)?;
        if read > self.longest {
            return Err(Error::TooLong("line"));
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok((read > 0).then_some(line))
    }
}

/// A text as a part of a path or a query: what has a meaning there is `%NN`.
pub fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests;
