//! A connection that does not wait longer than it may.

use super::Error;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// A connection to a Unix socket. Reading and writing fail with [`io::ErrorKind::TimedOut`] at the deadline, however
/// slowly the other side goes on.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    deadline: Option<Instant>,
}

impl Connection {
    /// Connects; the deadline is `time` from now on. A socket whose owner accepts nobody lets callers wait as soon as
    /// its queue is full, and the standard library has no limit for that.
    pub fn open(path: &Path, time: Duration) -> Result<Connection, Error> {
        let address = SocketAddrUnix::new(path).map_err(|error| Error::Connect(error.into()))?;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
            .map_err(|error| Error::Connect(error.into()))?;
        set_socket_timeout(&socket, Timeout::Send, Some(time)).map_err(|error| Error::Connect(error.into()))?;
        let deadline = Instant::now() + time;
        connect(&socket, &address).map_err(|error| match io::Error::from(error) {
            error if error.kind() == io::ErrorKind::WouldBlock => Error::TimedOut,
            error => Error::Connect(error),
        })?;
        Ok(Connection { stream: UnixStream::from(socket), deadline: Some(deadline) })
    }

    /// Sets when reading and writing end; `None` waits for ever, or for a [`Hangup`].
    pub fn set_deadline(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        self.deadline = deadline;
        self.stream.set_read_timeout(None)?;
        self.stream.set_write_timeout(None)
    }

    /// Another handle of the same connection.
    pub fn try_clone(&self) -> io::Result<Connection> {
        Ok(Connection { stream: self.stream.try_clone()?, deadline: self.deadline })
    }

    /// What ends the connection from another thread.
    pub fn hangup(&self) -> io::Result<Hangup> {
        Ok(Hangup(self.stream.try_clone()?))
    }

    /// What is left of the time; an error when there is none.
    fn left(&self) -> io::Result<Option<Duration>> {
        let Some(deadline) = self.deadline else { return Ok(None) };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(left) = self.left()? {
                self.stream.set_read_timeout(Some(left))?;
            }
            match self.stream.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

impl Write for Connection {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if let Some(left) = self.left()? {
            self.stream.set_write_timeout(Some(left))?;
        }
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ends a connection, also while another thread waits at it.
#[derive(Debug)]
pub struct Hangup(UnixStream);

impl Hangup {
    /// Ends the connection. One that has ended already stays so.
    pub fn hang_up(&self) {
        // An error means that there is no connection any more.
        let _ = self.0.shutdown(Shutdown::Both);
    }

    /// Another handle of the same connection.
    pub fn try_clone(&self) -> io::Result<Hangup> {
        Ok(Hangup(self.0.try_clone()?))
    }
}
