//! Captures that have to be replayed: those of events.

use crate::follow::Ending;
use crate::source::{Input, Item, Piece, Source, Work};
use crate::{Capture, Count, Plan, Stage, Stats};
use capture_batch::Interest;
use capture_machine::replay::{self, Replay};
use capture_scap::Reader;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows of the first batch. Each one after it may have twice as many, so that the first results come at once.
const FIRST_ROWS: usize = 1 << 6;
/// Rows of a large batch.
const MOST_ROWS: usize = 1 << 14;

/// What reads files, and their names.
type Files = Box<dyn Iterator<Item = (Reader, String)> + Send>;

/// The replay of a recording, file by file.
struct Replayed {
    replay: Replay,
    file: Arc<str>,
    rest: Files,
    rows: usize,
    /// Bytes of the files before.
    before: u64,
    /// Where it was when it was asked last.
    position: u64,
    /// What the current reader had told when it was asked last.
    told: Told,
    /// Hears of the end of the recording, if it is followed.
    ending: Option<Ending>,
    stats: Arc<Stats>,
}

/// What readers tell of themselves.
#[derive(Clone, Copy, Default)]
struct Told {
    events: u64,
    reading: Duration,
    waited: Duration,
}

impl Input for Capture {
    fn first_ts(&mut self) -> u64 {
        Capture::first_ts(self).unwrap_or(0)
    }

    fn start(self, plan: Plan, interest: Box<dyn Interest>, stats: Arc<Stats>) -> Box<dyn Source> {
        let interest = match self.stored(&plan, interest, &stats) {
            Ok(stored) => return Box::new(stored),
            Err(interest) => interest,
        };
        let ending = self.ending();
        let ((reader, name), rest) = self.into_pieces();
        // Where there are threads, one reads while another one replays.
        let is_parallel = plan.is_parallel();
        let ahead = move |reader: Reader| if is_parallel { reader.ahead() } else { reader };
        Box::new(Replayed {
            replay: Replay::new(ahead(reader), plan.view, plan.needs, &name).only(interest),
            file: name.into(),
            rest: Box::new(rest.map(move |(reader, name)| (ahead(reader), name))),
            rows: FIRST_ROWS,
            before: 0,
            position: 0,
            told: Told::default(),
            ending,
            stats,
        })
    }
}

impl Source for Replayed {
    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(piece) = self.next_piece() {
                let position = self.before + self.replay.reader().file_position();
                self.stats.add(Count::Bytes, position.saturating_sub(self.position));
                self.position = position;
                return Some(Item { piece, file: self.file.clone(), position });
            }
            self.before += self.replay.reader().file_position();
            let (reader, name) = self.rest.next()?;
            self.replay.go_on(reader, &name);
            self.told = Told::default();
            self.file = name.into();
        }
    }
}

impl Replayed {
    fn next_piece(&mut self) -> Option<Piece> {
        self.replay.set_batch_rows(self.rows);
        let started = Instant::now();
        let piece = match &self.ending {
            Some(ending) => self.replay.next_piece_seeing(|block| ending.see(block)),
            None => self.replay.next_piece(),
        };
        self.account(started.elapsed());
        Some(match piece? {
            replay::Piece::Damage(damage) => Piece::Damage(Box::new(damage)),
            replay::Piece::Batch(batch) => {
                self.rows = (self.rows * 2).min(MOST_ROWS);
                Piece::Batch(Work::Made(Box::new(batch)))
            }
        })
    }

    /// Says what was done in so much time.
    fn account(&mut self, took: Duration) {
        let reader = self.replay.reader();
        let now =
            Told { events: reader.counts().events(), reading: reader.time_reading(), waited: reader.time_waited() };
        let (before, stats) = (self.told, &self.stats);
        stats.add(Count::Replayed, now.events - before.events);
        stats.add_time(Stage::Read, now.reading.saturating_sub(before.reading));
        stats.add_time(Stage::Replay, took.saturating_sub(now.waited.saturating_sub(before.waited)));
        self.told = now;
    }
}
