//! A stream that is read from its start to its end: a pipe, or an unpacked file.

use super::Source;
use bytes::Bytes;
use std::io::Read;

/// How much is read at a time.
const PIECE: usize = 1 << 20;

pub(crate) struct Stream {
    input: Box<dyn Read + Send>,
}

impl Stream {
    pub(crate) fn new(input: Box<dyn Read + Send>) -> Stream {
        Stream { input }
    }
}

impl Source for Stream {
    fn more(&mut self, rest: &[u8], _: u64, wanted: usize) -> Bytes {
        let mut chunk = Vec::with_capacity(PIECE + rest.len());
        chunk.extend_from_slice(rest);
        // A length that was not checked yet is no reason to allocate: the buffer grows as bytes come.
        while chunk.len() < wanted.max(PIECE) {
            let missing = (wanted.max(PIECE) - chunk.len()).min(PIECE) as u64;
            match self.input.by_ref().take(missing).read_to_end(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        Bytes::from(chunk)
    }
}
