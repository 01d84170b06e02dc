//! Running captures through a consumer.

use crate::Capture;
use crate::merge::{Parts, merge};
use crate::stream::{Pace, Stream};
use capture_batch::{Batch, Interest, Needs, View};
use capture_machine::replay::Piece;
use capture_scap::Damage;
use std::ops::{ControlFlow, Range};

/// How captures are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The view that is shown.
    pub view: View,
    /// What the consumer looks at.
    pub needs: Needs,
    /// On which thread.
    pub pace: Pace,
}

/// What uses the events. Captures are told by their place in the list that was given.
pub trait Consumer {
    /// What it makes of a batch before it is asked for results: matches, formatted lines …
    type Made;

    /// Which rows of a capture it looks at.
    fn interest(&self, capture: usize) -> Box<dyn Interest>;

    /// Works on a batch. Batches of one capture come in order, those of several captures in any.
    fn make(&mut self, capture: usize, batch: &Batch) -> Self::Made;

    /// Takes the next rows of all: by time, and within a capture in its order.
    fn take(&mut self, capture: usize, batch: &Batch, made: &mut Self::Made, rows: Range<usize>) -> ControlFlow<()>;

    /// Hears of a place in a file of a capture that could not be read.
    fn damage(&mut self, capture: usize, file: &str, damage: &Damage);

    /// Hears how many bytes of all files were read.
    fn progress(&mut self, bytes: u64);
}

/// Replays captures and hands their events to a consumer, until the captures or the consumer's wishes end.
pub fn run<C: Consumer>(captures: Vec<Capture>, plan: Plan, consumer: &mut C) {
    let parts = captures.into_iter().enumerate().map(|(i, mut capture)| Part {
        first_ts: capture.first_ts().unwrap_or(0),
        state: State::Waiting(Box::new(capture), consumer.interest(i)),
        position: 0,
    });
    let parts = parts.collect();
    let mut run = Run { parts, plan, consumer };
    let _ = merge(&mut run);
}

/// One capture of a run.
struct Part {
    first_ts: u64,
    state: State,
    position: u64,
}

enum State {
    Waiting(Box<Capture>, Box<dyn Interest>),
    Running(Stream),
    Ended,
}

struct Run<'c, C> {
    parts: Vec<Part>,
    plan: Plan,
    consumer: &'c mut C,
}

impl<C: Consumer> Parts for Run<'_, C> {
    type Batch = (Batch, C::Made);

    fn count(&self) -> usize {
        self.parts.len()
    }

    fn first_ts(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.first_ts)
    }

    fn load(&mut self, index: usize) -> Option<Self::Batch> {
        loop {
            let part = self.parts.get_mut(index)?;
            let Some(item) = part.next(self.plan) else {
                part.state = State::Ended;
                return None;
            };
            part.position = item.position;
            match item.piece {
                Piece::Damage(damage) => self.consumer.damage(index, &item.file, &damage),
                Piece::Batch(batch) => {
                    self.consumer.progress(self.parts.iter().map(|part| part.position).sum());
                    let made = self.consumer.make(index, &batch);
                    return Some((batch, made));
                }
            }
        }
    }

    fn len(batch: &Self::Batch) -> usize {
        batch.0.len()
    }

    fn ts((batch, _): &Self::Batch, row: usize) -> u64 {
        batch.headers.get(row).map_or(0, |header| header.ts)
    }

    fn emit(&mut self, part: usize, (batch, made): &mut Self::Batch, rows: Range<usize>) -> ControlFlow<()> {
        self.consumer.take(part, batch, made, rows)
    }
}

impl Part {
    fn next(&mut self, plan: Plan) -> Option<crate::stream::Item> {
        if let State::Waiting(..) = self.state
            && let State::Waiting(capture, interest) = std::mem::replace(&mut self.state, State::Ended)
        {
            self.state = State::Running(Stream::start(*capture, plan, interest));
        }
        match &mut self.state {
            State::Running(stream) => stream.next(),
            State::Waiting(..) | State::Ended => None,
        }
    }
}
