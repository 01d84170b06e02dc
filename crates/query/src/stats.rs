//! What a run did, and how long it took.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What time is spent with. Stages of several threads go on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Bringing bytes (unpacking included) and cutting them into events.
    Read,
    /// Applying events to the state, and making rows of them.
    Replay,
    /// Making batches of what is stored as such.
    Decode,
    /// Evaluating the filter.
    Evaluate,
    /// Printing into memory.
    Format,
    /// Writing results.
    Write,
}

impl Stage {
    /// All stages, in the order in which an event goes through them.
    pub const ALL: [Stage; 6] =
        [Stage::Read, Stage::Replay, Stage::Decode, Stage::Evaluate, Stage::Format, Stage::Write];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Read => "reading",
            Stage::Replay => "replaying",
            Stage::Decode => "decoding",
            Stage::Evaluate => "evaluating",
            Stage::Format => "formatting",
            Stage::Write => "writing",
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Bytes of files that were read.
    Bytes,
    /// Events that were applied to the state of a host.
    Replayed,
    /// Batches that were made.
    Batches,
    /// Rows of these batches.
    Rows,
    /// Rows that the filter selected.
    Matched,
}

impl Count {
    /// All of them.
    pub const ALL: [Count; 5] = [Count::Bytes, Count::Replayed, Count::Batches, Count::Rows, Count::Matched];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Count::Bytes => "bytes read",
            Count::Replayed => "events replayed",
            Count::Batches => "batches made",
            Count::Rows => "rows evaluated",
            Count::Matched => "rows selected",
        }
    }
}

/// Times and counts of one run, added up over all threads.
#[derive(Debug, Default)]
pub struct Stats {
    nanoseconds: [AtomicU64; Stage::ALL.len()],
    counts: [AtomicU64; Count::ALL.len()],
    skipped: Mutex<BTreeMap<&'static str, u64>>,
}

impl Stats {
    /// Adds the time that `work` takes to a stage.
    pub fn time<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let made = work();
        self.add_time(stage, started.elapsed());
        made
    }

    /// Adds time to a stage.
    pub fn add_time(&self, stage: Stage, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some(sum) = self.nanoseconds.get(stage as usize) {
            sum.fetch_add(nanoseconds, Ordering::Relaxed);
        }
    }

    /// How long a stage took, on all threads together.
    pub fn time_of(&self, stage: Stage) -> Duration {
        let sum = self.nanoseconds.get(stage as usize);
        Duration::from_nanos(sum.map_or(0, |sum| sum.load(Ordering::Relaxed)))
    }

    /// Counts some more.
    pub fn add(&self, count: Count, more: u64) {
        if let Some(sum) = self.counts.get(count as usize) {
            sum.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// How many there were.
    pub fn count(&self, count: Count) -> u64 {
        self.counts.get(count as usize).map_or(0, |sum| sum.load(Ordering::Relaxed))
    }

    /// Counts a batch that was not made, for a reason that completes `skipped, since …`.
    pub fn skip(&self, why: &'static str) {
        *self.skipped.lock().unwrap_or_else(PoisonError::into_inner).entry(why).or_default() += 1;
    }

    /// How many batches were not made, by reason.
    pub fn skipped(&self) -> BTreeMap<&'static str, u64> {
        self.skipped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
