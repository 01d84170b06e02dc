//! The batches of one capture, in order.

use crate::{Capture, Plan};
use capture_batch::Interest;
use capture_machine::replay::{Piece, Replay};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// How many batches may be ready before they are used: memory stays bounded, whoever is slower.
const READY: usize = 2;

/// How a capture is replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// On the thread that uses the batches.
    Sequential,
    /// On threads of their own: one reads, one replays, both a little ahead.
    Ahead,
}

/// What comes out of a capture, and how many bytes of its file were read until then.
pub(crate) struct Item {
    pub(crate) piece: Piece,
    pub(crate) position: u64,
}

/// The batches of one capture.
pub(crate) enum Stream {
    Sequential(Box<Replay>),
    Ahead(Receiver<Item>, Option<JoinHandle<()>>),
}

impl Stream {
    /// Begins to replay a capture.
    pub(crate) fn start(capture: Capture, plan: Plan, interest: Box<dyn Interest>) -> Stream {
        let (reader, name) = capture.into_parts();
        let replay = |reader| Replay::new(reader, plan.view, plan.needs, &name).only(interest);
        match plan.pace {
            Pace::Sequential => Stream::Sequential(Box::new(replay(reader))),
            Pace::Ahead => {
                let (sender, receiver) = sync_channel(READY);
                let replay = replay(reader.ahead());
                // It ends with its capture, or when its receiver is gone.
                Stream::Ahead(receiver, Some(std::thread::spawn(move || send(replay, &sender))))
            }
        }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Option<Item> {
        match self {
            Stream::Sequential(replay) => next(replay),
            Stream::Ahead(receiver, thread) => receiver.recv().ok().or_else(|| {
                // A fault of ours in there must not look like the end of the capture.
                thread.take().map(JoinHandle::join)?.unwrap_or_else(|panic| resume_unwind(panic));
                None
            }),
        }
    }
}

fn next(replay: &mut Replay) -> Option<Item> {
    let piece = replay.next_piece()?;
    Some(Item { piece, position: replay.reader().file_position() })
}

fn send(mut replay: Replay, sender: &SyncSender<Item>) {
    while let Some(item) = next(&mut replay) {
        if sender.send(item).is_err() {
            return;
        }
    }
}
