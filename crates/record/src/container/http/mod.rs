//! HTTP/1.1 over a Unix socket, as much as a container engine's API needs: one `GET`, one answer, connection closed.
//!
//! Nothing that an engine does can hold the recorder: connecting and every whole exchange have a deadline, the head, an
//! answer and a line of a stream a greatest length ([`Limits`]).

mod body;
mod connection;
mod error;

pub use connection::Hangup;
pub use error::Error;

use body::Body;
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
    let (status, body) = ask(socket, path, limits)?;
    let mut answer = Vec::new();
    body.take(limits.body as u64 + 1).read_to_end(&mut answer)?;
    if answer.len() > limits.body {
        return Err(Error::TooLong("answer"));
    }
    if status == 200 { Ok(answer) } else { Err(Error::status(status, &answer)) }
}

/// Asks for `path` and hands out the answer line by line, as it comes.
pub fn follow(socket: &Path, path: &str, limits: &Limits) -> Result<Lines, Error> {
    let (status, mut body) = ask(socket, path, limits)?;
    if status != 200 {
        const MAX_MESSAGE: u64 = 4096;
        let mut message = Vec::new();
        body.take(MAX_MESSAGE).read_to_end(&mut message)?;
        return Err(Error::status(status, &message));
    }
    let hangup = body.connection().hangup()?;
    body.connection().set_deadline(None)?;
    Ok(Lines { body: BufReader::new(body), longest: limits.line, hangup })
}

fn ask(socket: &Path, path: &str, limits: &Limits) -> Result<(u16, Body), Error> {
    let mut connection = Connection::open(socket, limits.time)?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    read_head(connection, limits.head)
}

/// Reads up to the end of the head; what came with it is the beginning of the body.
fn read_head(mut connection: Connection, longest: usize) -> Result<(u16, Body), Error> {
    const STEP: usize = 4096;
    let mut buffer = Vec::new();
    loop {
        let mut step = [0; STEP];
        let read = connection.read(&mut step)?;
        buffer.extend_from_slice(step.get(..read).unwrap_or_default());
        let end = memchr::memmem::find(&buffer, b"\r\n\r\n").map(|at| at + 4);
        if let Some((head, rest)) = end.and_then(|end| buffer.split_at_checked(end)) {
            let (status, framing) = body::framing(head)?;
            return Ok((status, Body::new(rest.to_vec(), connection, framing)));
        }
        if buffer.len() > longest {
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
    body: BufReader<Body>,
    longest: usize,
    hangup: Hangup,
}

impl Lines {
    /// What ends the stream from another thread.
    pub fn hangup(&self) -> io::Result<Hangup> {
        self.hangup.try_clone()
    }

    /// Waits for the next line, without its end; `None` at the end of the answer.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut line = Vec::new();
        let read = (&mut self.body).take(self.longest as u64 + 1).read_until(b'\n', &mut line)?;
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
