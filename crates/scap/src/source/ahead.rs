//! Unpacking ahead of the reader, in a thread of its own.

use super::Source;
use super::unpack::{Broken, Format, Members};
use crate::error::Problem;
use bytes::Bytes;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How much is unpacked into one buffer.
const PIECE: usize = 256 << 10;

/// Room in front of a buffer for what the reader has left of the one before: nearly always less than one event.
const HEADROOM: usize = 64 << 10;

/// How many buffers may wait for the reader.
const AHEAD: usize = 8;

enum Piece {
    /// Unpacked bytes behind [`HEADROOM`] others, and whether the input must be asked before there can be more.
    Data(Vec<u8>, bool),
    Fault(Problem),
    End,
}

/// A compressed capture.
pub(crate) struct Ahead {
    /// `None` once the end was seen.
    pieces: Option<Receiver<Piece>>,
    /// The next piece, if it was asked for before its turn.
    next: Option<Piece>,
    is_pipe: bool,
    /// Whether all that had come through the pipe when the last piece was made is in it.
    may_wait: bool,
    fault: Option<Problem>,
    used: Arc<AtomicU64>,
}

impl Ahead {
    /// Unpacks `input`, which may be a pipe.
    pub(crate) fn unpack(format: Format, input: impl Read + Send + 'static, is_pipe: bool) -> Ahead {
        let (sender, pieces) = sync_channel(AHEAD);
        let used = Arc::new(AtomicU64::new(0));
        let members = Members::new(format, input, used.clone());
        // The thread ends when it has nothing more to unpack, or when nobody wants it any more.
        std::thread::spawn(move || unpack_all(members, &sender));
        Ahead { pieces: Some(pieces), next: None, may_wait: false, is_pipe, fault: None, used }
    }
}

fn unpack_all(mut members: Members, sender: &SyncSender<Piece>) {
    loop {
        let mut piece = vec![0; HEADROOM + PIECE];
        let mut filled = HEADROOM;
        let outcome = fill(&mut members, &mut piece, &mut filled);
        piece.truncate(filled);
        let gone = filled > HEADROOM && sender.send(Piece::Data(piece, members.must_wait())).is_err();
        let (next, last) = match outcome {
            Ok(true) => (None, false),
            Ok(false) => (Some(Piece::End), true),
            Err(broken) => (Some(Piece::Fault(problem(broken))), false),
        };
        if gone || next.is_some_and(|piece| sender.send(piece).is_err()) || last {
            return;
        }
    }
}

/// Unpacks what has room, or what can be had without waiting. `false` at the end.
fn fill(members: &mut Members, piece: &mut [u8], filled: &mut usize) -> Result<bool, Broken> {
    while *filled < piece.len() {
        match members.read(piece.get_mut(*filled..).unwrap_or_default())? {
            0 => return Ok(false),
            got => *filled += got,
        }
        if members.must_wait() {
            break;
        }
    }
    Ok(true)
}

fn problem(broken: Broken) -> Problem {
    let message = broken.error.to_string();
    match broken.error.raw_os_error() {
        None => Problem::Unpack { file_offset: broken.file_offset, message },
        Some(_) => Problem::Io(message),
    }
}

impl Ahead {
    fn next_piece(&mut self) -> Option<Vec<u8>> {
        if self.fault.is_some() {
            return None;
        }
        let next = match self.next.take() {
            Some(piece) => Ok(piece),
            None => self.pieces.as_ref()?.recv(),
        };
        match next {
            Ok(Piece::Data(piece, must_wait)) => {
                self.may_wait = self.is_pipe && must_wait;
                return Some(piece);
            }
            Ok(Piece::Fault(problem)) => self.fault = Some(problem),
            Ok(Piece::End) => self.pieces = None,
            Err(_) => {
                self.pieces = None;
                self.fault = Some(Problem::Io("the decompressor stopped unexpectedly".to_string()));
            }
        }
        None
    }
}

impl Source for Ahead {
    fn more(&mut self, rest: &[u8], _: u64, wanted: usize) -> Bytes {
        let Some(mut piece) = self.next_piece() else { return Bytes::new() };
        if let Some(start) = HEADROOM.checked_sub(rest.len())
            && piece.len() - start >= wanted
            && let Some(room) = piece.get_mut(start..HEADROOM)
        {
            room.copy_from_slice(rest);
            return Bytes::from(piece).slice(start..);
        }
        let mut chunk = rest.to_vec();
        let mut next = Some(piece);
        while let Some(piece) = next {
            chunk.extend_from_slice(piece.get(HEADROOM..).unwrap_or_default());
            next = if chunk.len() < wanted { self.next_piece() } else { None };
        }
        Bytes::from(chunk)
    }

    fn would_wait(&mut self) -> bool {
        if self.may_wait && self.next.is_none() {
            self.next = self.pieces.as_ref().and_then(|pieces| pieces.try_recv().ok());
        }
        self.may_wait && self.next.is_none() && self.pieces.is_some()
    }

    fn fault(&mut self) -> Option<Problem> {
        self.fault.take()
    }

    fn file_position(&self, _: u64) -> u64 {
        self.used.load(Ordering::Relaxed)
    }
}
