//! Where a reader gets its runs from: its own thread, or one that reads ahead.

use crate::frame::Frames;
use crate::run::Run;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

/// How many runs may wait for the reader.
const AHEAD: usize = 2;

/// What runs are read from.
pub(crate) trait Runs: Send {
    /// Reads the next run into one that is clear; `false` at the end of the capture.
    fn fill(&mut self, run: &mut Run) -> bool;

    /// Whether the next block is not here yet, and asking for it would mean to wait for whoever writes into the pipe.
    fn would_wait(&mut self) -> bool;
}

impl Runs for Frames {
    fn fill(&mut self, run: &mut Run) -> bool {
        run.fill(self)
    }

    fn would_wait(&mut self) -> bool {
        Frames::would_wait(self)
    }
}

/// Brings runs.
pub(crate) enum Feed {
    /// They are read when they are asked for, into the memory of the last used one.
    Here(Box<dyn Runs>, Option<Run>),
    /// They are read before.
    Ahead(Ahead),
}

/// A thread that reads.
pub(crate) struct Ahead {
    runs: Receiver<Run>,
    /// The next run, if it was asked for before its turn.
    next: Option<Run>,
    /// Whether the last run ends with all that had come through a pipe.
    may_wait: bool,
    /// Takes used runs back.
    used: SyncSender<Run>,
    thread: Option<JoinHandle<()>>,
}

impl Feed {
    /// Reads where it is asked.
    pub fn here(runs: impl Runs + 'static) -> Feed {
        Feed::Here(Box::new(runs), None)
    }

    /// Reads on a thread of its own.
    pub fn ahead(self) -> Feed {
        let Feed::Here(mut source, _) = self else { return self };
        let may_wait = source.would_wait();
        let (sender, runs) = sync_channel(AHEAD);
        let (used, recycled) = sync_channel(AHEAD);
        // It ends when it has read all, or when nobody wants it any more.
        let thread = std::thread::spawn(move || read_all(&mut *source, &sender, &recycled));
        Feed::Ahead(Ahead { runs, next: None, may_wait, used, thread: Some(thread) })
    }

    /// The next run; `None` at the end of the capture.
    pub fn next(&mut self) -> Option<Run> {
        match self {
            Feed::Here(source, used) => {
                let mut run = used.take().unwrap_or_default();
                fill(&mut **source, &mut run).then_some(run)
            }
            Feed::Ahead(ahead) => ahead.next(),
        }
    }

    /// Whether the next run is not here yet, and asking for it would mean to wait for whoever writes into the pipe.
    pub fn would_wait(&mut self) -> bool {
        match self {
            Feed::Here(source, _) => source.would_wait(),
            Feed::Ahead(ahead) => {
                if ahead.may_wait && ahead.next.is_none() {
                    ahead.next = ahead.runs.try_recv().ok();
                }
                ahead.may_wait && ahead.next.is_none()
            }
        }
    }

    /// Takes back a run that is used up. It is cleared where it is used again: that may let go of a piece of the file.
    pub fn recycle(&mut self, run: Run) {
        match self {
            Feed::Here(_, used) => *used = Some(run),
            // Where there are enough, or nobody reads any more, it is dropped.
            Feed::Ahead(ahead) => drop(ahead.used.try_send(run)),
        }
    }
}

impl Ahead {
    fn next(&mut self) -> Option<Run> {
        let next = self.next.take().or_else(|| self.runs.recv().ok());
        self.may_wait = next.as_ref().is_some_and(|run| run.would_wait);
        if next.is_none() {
            // A fault of ours in there must not look like the end of the capture.
            self.thread.take().map(JoinHandle::join)?.unwrap_or_else(|panic| resume_unwind(panic));
        }
        next
    }
}

/// Reads a run, and says in it how long that took. `false` at the end of the capture.
fn fill(source: &mut dyn Runs, run: &mut Run) -> bool {
    let started = Instant::now();
    run.clear();
    let is_more = source.fill(run);
    run.took = started.elapsed();
    is_more
}

fn read_all(source: &mut dyn Runs, sender: &SyncSender<Run>, recycled: &Receiver<Run>) {
    loop {
        let mut run = recycled.try_recv().unwrap_or_default();
        if !fill(source, &mut run) || sender.send(run).is_err() {
            return;
        }
    }
}
