//! A capture that is being made by this program, and comes through memory.

use super::Source;
use bytes::Bytes;

/// Gives the bytes of a capture as they are made.
pub trait Live: Send {
    /// The next bytes, some at least; waits for them. `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>>;

    /// Whether [`Live::next`] would wait now.
    fn would_wait(&mut self) -> bool;
}

/// Such a capture as a source.
pub(crate) struct FromLive(pub Box<dyn Live>);

impl Source for FromLive {
    fn more(&mut self, rest: &[u8], _: u64, wanted: usize) -> Bytes {
        let mut chunk = rest.to_vec();
        while chunk.len() <= rest.len() || chunk.len() < wanted {
            match self.0.next() {
                Some(bytes) => chunk.extend_from_slice(&bytes),
                None => break,
            }
        }
        Bytes::from(chunk)
    }

    fn would_wait(&mut self) -> bool {
        self.0.would_wait()
    }
}
