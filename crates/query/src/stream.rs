//! The batches of one capture, in order.

use crate::{Capture, Plan};
use capture_batch::Interest;
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use std::panic::resume_unwind;
use std::sync::Arc;
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

/// What comes out of a capture, of which of its files, and how many bytes of them all were read until then.
pub(crate) struct Item {
    pub(crate) piece: Piece,
    pub(crate) file: Arc<str>,
    pub(crate) position: u64,
}

/// The batches of one capture.
pub(crate) enum Stream {
    Sequential(Box<Source>),
    Ahead(Receiver<Item>, Option<JoinHandle<()>>),
}

/// What reads files, and their names.
type Files = Box<dyn Iterator<Item = (Reader, String)> + Send>;

/// The replay of a recording, file by file.
pub(crate) struct Source {
    replay: Replay,
    file: Arc<str>,
    rest: Files,
    /// Bytes of the files before.
    before: u64,
}

impl Stream {
    /// Begins to replay a capture.
    pub(crate) fn start(capture: Capture, plan: Plan, interest: Box<dyn Interest>) -> Stream {
        let ((reader, name), rest) = capture.into_pieces();
        let source = |reader, rest: Files| {
            let replay = Replay::new(reader, plan.view, plan.needs, &name).only(interest);
            Source { replay, file: name.as_str().into(), rest, before: 0 }
        };
        match plan.pace {
            Pace::Sequential => Stream::Sequential(Box::new(source(reader, Box::new(rest)))),
            Pace::Ahead => {
                let (sender, receiver) = sync_channel(READY);
                let rest = rest.map(|(reader, name)| (reader.ahead(), name));
                let source = source(reader.ahead(), Box::new(rest));
                // It ends with its capture, or when its receiver is gone.
                Stream::Ahead(receiver, Some(std::thread::spawn(move || send(source, &sender))))
            }
        }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Option<Item> {
        match self {
            Stream::Sequential(source) => source.next(),
            Stream::Ahead(receiver, thread) => receiver.recv().ok().or_else(|| {
                // A fault of ours in there must not look like the end of the capture.
                thread.take().map(JoinHandle::join)?.unwrap_or_else(|panic| resume_unwind(panic));
                None
            }),
        }
    }
}

impl Source {
    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(piece) = self.replay.next_piece() {
                let position = self.before + self.replay.reader().file_position();
                return Some(Item { piece, file: self.file.clone(), position });
            }
            self.before += self.replay.reader().file_position();
            let (reader, name) = self.rest.next()?;
            self.replay.go_on(reader, &name);
            self.file = name.into();
        }
    }
}

fn send(mut source: Source, sender: &SyncSender<Item>) {
    while let Some(item) = source.next() {
        if sender.send(item).is_err() {
            return;
        }
    }
}
