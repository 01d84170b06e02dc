//! From a capture's blocks to batches.
//!
//! [`Replay`] reads blocks, and its [`Follower`] keeps the [`Machine`] of the section they belong to, and hands out [`Batch`]es: rows with
//! their parameters, which stay where the reader put them ([`chunks`]), and all that is bound to them
//! ([`crate::bind`]).
//!
//! # Numbers
//!
//! Events are numbered from 1 over all sections of a capture, each view by itself :
//!
//! * an event whose code the view's schema does not have has no number, and is not applied. In a recording of ours the
//!   classic view shows it all the same ([`capture_batch::RowFlags::NEWER`]);
//! * in the exit view, an enter event that the converter drops has none either, and no row;
//! * hidden events have one: those stored for the state alone, bookkeeping (`procinfo` …), enter events that the exit
//!   view applies but does not show, and the container events at the very beginning;
//! * at the beginning of a later section those container events have none: both programs restart their count there,
//!   and then restore it.
//!
//! # Enter events of an earlier batch
//!
//! A batch answers for its own rows, so the enter event of a call that ends in a later batch is repeated there, right
//! before its exit ([`enters`]).

mod census;
mod chunks;
mod enters;
mod follower;
mod slices;
mod tables;

pub use enters::EnterAt;
pub use follower::Follower;

use crate::Machine;
use capture_batch::{Batch, Interest, Needs, View};
use capture_scap::{Block, Content, Damage, Reader};

/// What comes out of a replay.
#[allow(clippy::large_enum_variant)] // nearly every piece is a batch
pub enum Piece {
    /// The next events.
    Batch(Batch),
    /// Something between or within the events before and after it that could not be read.
    Damage(Damage),
}

/// Replays a capture for one view.
pub struct Replay {
    reader: Reader,
    follower: Follower,
    ended: bool,
}

impl Replay {
    /// Replays what `reader` reads. Batches call the capture `name` and hold, beside threads and objects, what is
    /// needed.
    pub fn new(reader: Reader, view: View, needs: Needs, name: &str) -> Self {
        Replay { reader, follower: Follower::new(view, needs, name), ended: false }
    }

    /// Makes batches of so many rows (at least one).
    pub fn with_batch_rows(mut self, rows: usize) -> Self {
        self.follower.set_batch_rows(rows);
        self
    }

    /// Makes batches of so many rows (at least one) from now on.
    pub fn set_batch_rows(&mut self, rows: usize) {
        self.follower.set_batch_rows(rows);
    }

    /// Makes only rows that are of interest. All events are applied and numbered.
    pub fn only(mut self, interest: Box<dyn Interest>) -> Self {
        self.follower.only(interest);
        self
    }

    /// Goes on with the next piece of the same recording, at the end of the one before. The state goes on; numbers
    /// start anew. The lists of a piece say nothing that the events before did not, and they may be older.
    pub fn go_on(&mut self, reader: Reader, name: &str) {
        self.reader = reader;
        self.ended = false;
        self.follower.go_on(name);
    }

    /// The reader: how far it is, what it counted.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Whether the next piece is not here yet, and asking for it would mean to wait for whoever writes what is read.
    pub fn would_wait(&mut self) -> bool {
        self.reader.would_wait()
    }

    /// The state after the last event of the last batch.
    pub fn machine(&self) -> &Machine {
        self.follower.machine()
    }

    /// The next batch, or damage; `None` at the end. Damage comes before the batch in whose midst it lies.
    pub fn next_piece(&mut self) -> Option<Piece> {
        self.next_piece_seeing(|_| ())
    }

    /// Goes on until `events` stored events were applied and the lists before the next one are read, or to the end. No
    /// batch comes of it; damage goes unsaid.
    pub fn advance_to(&mut self, events: u64) {
        while !self.ended && (self.follower.stored() < events || !self.reader.is_at_event()) {
            match self.reader.next_block() {
                None => self.ended = true,
                Some(Err(_)) => {}
                Some(Ok(block)) => drop(self.follower.take(&block.content)),
            }
        }
    }

    /// One row for each thread that is known after the last event, as if each had an event of its own now.
    pub fn census(&self) -> Batch {
        self.follower.census()
    }

    /// [`Replay::next_piece`], and shows every block on its way to `see`.
    pub fn next_piece_seeing(&mut self, mut see: impl FnMut(&Block<'_>)) -> Option<Piece> {
        while !self.ended {
            let follower = &mut self.follower;
            let is_full = self.reader.take_events(|event, (offset, len, kind)| {
                see(&Block { offset, len, kind, body: &[], content: Content::Event(*event) });
                follower.take_event(event)
            });
            if is_full {
                return Some(Piece::Batch(follower.take_batch()));
            }
            // What was read from a pipe is not kept waiting for what comes later.
            if self.reader.would_wait()
                && let Some(batch) = self.follower.take_rows()
            {
                return Some(Piece::Batch(batch));
            }
            let next = self.reader.next_block();
            if let Some(Ok(block)) = &next {
                see(block);
                match self.follower.take(&block.content) {
                    Some(batch) => return Some(Piece::Batch(batch)),
                    None => continue,
                }
            }
            if let Some(Err(damage)) = next {
                return Some(Piece::Damage(damage));
            }
            self.ended = true;
            return self.follower.take_rows().map(Piece::Batch);
        }
        None
    }
}
