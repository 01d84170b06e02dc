//! A capture that is being made by this program, and comes through memory.

use super::Source;
use bytes::Bytes;
use std::io::{self, Read};

/// Gives the bytes of a capture as they are made.
pub trait Live: Send {
    /// The next bytes, some at least; waits for them. `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>>;

    /// Whether [`Live::next`] would wait now.
    fn would_wait(&mut self) -> bool;
}

/// Such a capture as a source.
pub(crate) struct FromLive {
    live: Box<dyn Live>,
    /// What was taken and is not used up.
    ahead: Vec<u8>,
}

impl FromLive {
    pub(crate) fn new(live: Box<dyn Live>) -> FromLive {
        FromLive { live, ahead: Vec::new() }
    }

    /// Its first bytes; empty if there are none.
    pub(crate) fn start(&mut self) -> &[u8] {
        if self.ahead.is_empty() {
            self.ahead = self.next().unwrap_or_default();
        }
        &self.ahead
    }

    fn next(&mut self) -> Option<Vec<u8>> {
        let ahead = std::mem::take(&mut self.ahead);
        if ahead.is_empty() { self.live.next() } else { Some(ahead) }
    }
}

impl Read for FromLive {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.start().read(buf)?;
        self.ahead.drain(..got);
        Ok(got)
    }
}

impl Source for FromLive {
    fn more(&mut self, rest: &[u8], _: u64, wanted: usize) -> Bytes {
        let mut chunk = rest.to_vec();
        while chunk.len() <= rest.len() || chunk.len() < wanted {
            match self.next() {
                Some(bytes) => chunk.extend_from_slice(&bytes),
                None => break,
            }
        }
        Bytes::from(chunk)
    }

    fn would_wait(&mut self) -> bool {
        self.ahead.is_empty() && self.live.would_wait()
    }
}
