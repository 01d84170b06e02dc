//! The batches of one capture, in order, with what was made of them.

use crate::Stats;
use crate::pool::{Job, Outcome, Queue};
use crate::run::Made;
use crate::source::{Damage, Item, Piece, Source, Work};
use capture_batch::Batch;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// What comes next in a capture.
pub(crate) struct Arrival<O> {
    /// A batch, and what was made of it unless that is still to be done; or what could not be read.
    pub(crate) result: Result<(Box<Batch>, Option<Made<O>>), Damage>,
    /// In which file it was.
    pub(crate) file: Arc<str>,
    /// How many bytes of all files were read up to its end.
    pub(crate) position: u64,
}

/// The batches of one capture.
pub(crate) enum Stream<O> {
    /// Made when they are asked for.
    Here(Box<dyn Source>, Arc<Stats>),
    /// Made, and worked on, by other threads before.
    Ahead(Receiver<Promise<O>>, Option<JoinHandle<()>>),
}

/// What will come: its place in the order is decided before it is there.
pub(crate) struct Promise<O> {
    result: Result<Receiver<Outcome<O>>, Damage>,
    file: Arc<str>,
    position: u64,
}

impl<O: Send + 'static> Stream<O> {
    /// Lets a thread of its own go through a source, and hand its batches to those who work on a queue: at most so many
    /// are given out and not taken yet, whoever is slow.
    pub(crate) fn ahead(
        capture: usize,
        source: Box<dyn Source>,
        stats: Arc<Stats>,
        queue: Arc<Queue<O>>,
        window: usize,
    ) -> Self {
        let (sender, promises) = sync_channel(window);
        // It ends with its capture, or when nobody wants more. If it waits for a pipe then, nobody waits for it.
        let thread = std::thread::spawn(move || hand_out(capture, source, &stats, &queue, &sender));
        Stream::Ahead(promises, Some(thread))
    }

    /// What comes next; `None` at the end. Panics of other threads are repeated here.
    pub(crate) fn next(&mut self) -> Option<Arrival<O>> {
        match self {
            Stream::Here(source, stats) => {
                let (result, file, position) = next_work(&mut **source, stats)?;
                let result = result.and_then(Work::done).map(|batch| (batch, None));
                Some(Arrival { result, file, position })
            }
            Stream::Ahead(promises, thread) => match promises.recv() {
                Ok(promise) => promise.kept(),
                Err(_) => {
                    // A fault of ours in there must not look like the end of the capture.
                    thread.take()?.join().unwrap_or_else(|panic| resume_unwind(panic));
                    None
                }
            },
        }
    }
}

impl<O> Promise<O> {
    /// Waits for it.
    fn kept(self) -> Option<Arrival<O>> {
        let Promise { result, file, position } = self;
        let result = match result {
            // Only a queue that was closed breaks a promise.
            Ok(outcome) => outcome.recv().ok()?.unwrap_or_else(|panic| resume_unwind(panic)),
            Err(damage) => Err(damage),
        };
        Some(Arrival { result, file, position })
    }
}

/// The next batch of a source, or what could not be read.
fn next_work(source: &mut dyn Source, stats: &Stats) -> Option<(Result<Work, Damage>, Arc<str>, u64)> {
    loop {
        let Item { piece, file, position } = source.next()?;
        match piece {
            Piece::Batch(work) => return Some((Ok(work), file, position)),
            Piece::Damage(damage) => return Some((Err(damage), file, position)),
            Piece::Skipped(why) => stats.skip(why),
        }
    }
}

fn hand_out<O>(
    capture: usize,
    mut source: Box<dyn Source>,
    stats: &Stats,
    queue: &Queue<O>,
    sender: &SyncSender<Promise<O>>,
) {
    while let Some((work, file, position)) = next_work(&mut *source, stats) {
        let (result, outcome) = sync_channel(1);
        let (work, promised) = match work {
            Ok(work) => (Some(work), Ok(outcome)),
            Err(damage) => (None, Err(damage)),
        };
        if sender.send(Promise { result: promised, file, position }).is_err() {
            return;
        }
        if let Some(work) = work {
            queue.push(Job { capture, work, result });
        }
    }
}
