//! One gzip member.
//!
//! Unlike the library's own decoder this one gives everything that lies before damage, to the last byte.

use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, BufRead};

/// gzip's window: 32 KiB.
const WINDOW_BITS: u8 = 15;

pub(crate) struct Gunzip<R> {
    input: R,
    inflate: Decompress,
    /// What ends the member, once all bytes before it were given.
    outcome: Option<io::Result<()>>,
}

impl<R: BufRead> Gunzip<R> {
    pub(crate) fn new(input: R) -> Self {
        Gunzip { input, inflate: Decompress::new_gzip(WINDOW_BITS), outcome: None }
    }

    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    /// Gives back the input, which stands behind the member once `read` gave 0.
    pub(crate) fn into_input(self) -> R {
        self.input
    }

    /// Unpacks some bytes into `buf`; 0 at the end of the member.
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(outcome) = self.outcome.take() {
                return outcome.map(|()| 0);
            }
            let packed = self.input.fill_buf()?;
            let ended = packed.is_empty();
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(packed, buf, FlushDecompress::None);
            let used = (self.inflate.total_in() - before_in) as usize;
            let got = (self.inflate.total_out() - before_out) as usize;
            self.input.consume(used);
            match status {
                Ok(Status::StreamEnd) => self.outcome = Some(Ok(())),
                Ok(_) if ended && got == 0 => self.outcome = Some(Err(io::ErrorKind::UnexpectedEof.into())),
                Ok(_) => {}
                Err(_) => self.outcome = Some(Err(io::Error::new(io::ErrorKind::InvalidData, "corrupt gzip data"))),
            }
            if got > 0 {
                return Ok(got);
            }
        }
    }
}
