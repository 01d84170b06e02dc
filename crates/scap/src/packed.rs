//! Captures that are no row of blocks in the file.

use crate::error::Damage;
use crate::feed::Runs;
use crate::frame::Frames;
use crate::run::Run;
use crate::source::input::Input;
use bytes::Bytes;

/// A capture that holds its blocks in another form.
pub trait Packed: Send {
    /// The next blocks, or in their place what could not be read; `None` at the end.
    fn next(&mut self) -> Option<Result<Unpacked, Damage>>;

    /// Whether [`Packed::next`] would wait for whoever writes into the pipe that is read.
    fn would_wait(&mut self) -> bool;

    /// How many bytes of the file were read so far.
    fn file_position(&self) -> u64;
}

/// What a piece of such a capture holds.
pub struct Unpacked {
    /// Where it starts in the file.
    pub offset: u64,
    /// Whole blocks.
    pub blocks: Vec<u8>,
}

/// The blocks of such a capture.
pub(crate) struct Unpacking {
    packed: Box<dyn Packed>,
    /// Those of the last piece.
    frames: Frames,
    /// Where that starts in the file.
    offset: u64,
}

impl Unpacking {
    /// From the first piece on.
    pub fn new(packed: Box<dyn Packed>) -> Unpacking {
        Unpacking { packed, frames: Frames::new(Input::from_bytes(Bytes::new())), offset: 0 }
    }
}

impl Runs for Unpacking {
    fn fill(&mut self, run: &mut Run) -> bool {
        loop {
            if run.fill(&mut self.frames) {
                run.place(self.offset);
                break;
            }
            match self.packed.next() {
                None => return false,
                Some(Ok(piece)) => {
                    self.offset = piece.offset;
                    self.frames.give(piece.blocks.into());
                }
                Some(Err(damage)) => {
                    run.lose(damage);
                    break;
                }
            }
        }
        run.file_position = self.packed.file_position();
        run.would_wait = self.would_wait();
        true
    }

    fn would_wait(&mut self) -> bool {
        self.frames.peek(1).is_empty() && self.packed.would_wait()
    }
}
