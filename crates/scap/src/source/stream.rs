//! A plain capture that is read from its start to its end: a pipe, or a file that may shrink.

use super::Source;
use crate::error::Problem;
use bytes::Bytes;
use rustix::event::{PollFd, PollFlags, poll};
use std::fs::File;
use std::io::{self, Read};

/// How much is read at a time, at most: a pipe gives what is there, and is not waited for.
const PIECE: usize = 256 << 10;

pub(crate) struct Stream {
    input: io::Chain<io::Cursor<Vec<u8>>, File>,
    /// How many bytes there were when it was opened; 0 for a pipe.
    size: u64,
    fault: Option<Problem>,
}

impl Stream {
    /// A stream of the bytes of `start` and of what `input` has behind them: `size` bytes in all, 0 if not known.
    pub(crate) fn new(start: Vec<u8>, input: File, size: u64) -> Stream {
        Stream { input: io::Cursor::new(start).chain(input), size, fault: None }
    }
}

/// A file has become smaller since it was opened.
pub(crate) fn shrank(from: u64, to: u64) -> Problem {
    Problem::Io(format!("the file shrank from {from} to at most {to} bytes while it was read"))
}

impl Source for Stream {
    fn more(&mut self, rest: &[u8], at: u64, wanted: usize) -> Bytes {
        let mut chunk = Vec::with_capacity(rest.len() + PIECE);
        chunk.extend_from_slice(rest);
        while chunk.len() < wanted {
            // A length that is not checked yet is no reason to allocate: the buffer grows as bytes come.
            let filled = chunk.len();
            chunk.resize(filled + PIECE, 0);
            let got = self.input.read(chunk.get_mut(filled..).unwrap_or_default());
            chunk.truncate(filled + got.as_ref().copied().unwrap_or(0));
            match got {
                Ok(0) => {
                    let end = at + chunk.len() as u64;
                    self.fault = (end < self.size).then(|| shrank(self.size, end));
                    break;
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.fault = Some(Problem::Io(error.to_string()));
                    break;
                }
            }
        }
        Bytes::from(chunk)
    }

    fn would_wait(&mut self) -> bool {
        let (start, file) = self.input.get_ref();
        let is_used_up = start.position() >= start.get_ref().len() as u64;
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        // Plain files are always ready, and so is a pipe that was closed.
        is_used_up && poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&now)) == Ok(0)
    }

    fn fault(&mut self) -> Option<Problem> {
        let fault = self.fault.take();
        if fault.is_some() {
            self.size = 0;
        }
        fault
    }
}
