//! The threads that work on batches.
//!
//! Jobs are done by whoever is free, and each has a way of its own back to who asked for it: the order of results is
//! not decided here. Threads of the standard library do, rather than a pool that divides work among its threads: each
//! keeps what it learned of a capture, and must be able to wait for the next job.

use crate::run::{Made, Question, asked};
use crate::source::{Damage, Work};
use capture_batch::Batch;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A batch to be worked on.
pub(crate) struct Job<O> {
    pub(crate) capture: usize,
    pub(crate) work: Work,
    pub(crate) result: SyncSender<Outcome<O>>,
}

/// A batch, and what was made of it unless that has to be done in order; or the panic of who worked on it.
pub(crate) type Outcome<O> = std::thread::Result<Result<(Box<Batch>, Option<Made<O>>), Damage>>;

/// The jobs that nobody does yet.
pub(crate) struct Queue<O> {
    /// `None` once it is closed.
    jobs: Mutex<Option<VecDeque<Job<O>>>>,
    more: Condvar,
}

impl<O> Queue<O> {
    pub(crate) fn new() -> Self {
        Queue { jobs: Mutex::new(Some(VecDeque::new())), more: Condvar::new() }
    }

    fn jobs(&self) -> MutexGuard<'_, Option<VecDeque<Job<O>>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job. In a closed queue it is lost.
    pub(crate) fn push(&self, job: Job<O>) {
        if let Some(jobs) = &mut *self.jobs() {
            jobs.push_back(job);
            self.more.notify_one();
        }
    }

    /// Waits for a job; `None` once the queue is closed.
    fn pop(&self) -> Option<Job<O>> {
        let is_empty = |jobs: &mut Option<VecDeque<_>>| jobs.as_ref().is_some_and(VecDeque::is_empty);
        let jobs = self.more.wait_while(self.jobs(), is_empty);
        jobs.unwrap_or_else(PoisonError::into_inner).as_mut()?.pop_front()
    }

    /// Drops all jobs that nobody does yet, and sends everybody home.
    pub(crate) fn close(&self) {
        *self.jobs() = None;
        self.more.notify_all();
    }
}

/// Does jobs until the queue is closed.
pub(crate) fn work<Q: Question>(queue: &Queue<Q::Output>, questions: &[Q]) {
    let mut makers = HashMap::new();
    while let Some(Job { capture, work, result }) = queue.pop() {
        let Some(question) = questions.get(capture) else { continue };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let batch = work.done()?;
            if question.is_ordered() {
                return Ok((batch, None));
            }
            let made = asked(makers.entry(capture).or_insert_with(|| question.maker()), &batch)?;
            Ok((batch, Some(made)))
        }));
        // If nobody wants it any more, the queue is about to be closed.
        let _ = result.send(outcome);
    }
}
