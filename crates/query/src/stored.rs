//! Captures whose batches are stored with what their events are bound to: nothing is replayed.

use crate::source::{Damage, Item, Piece, Source, Work};
use crate::{Count, Plan, Stage, Stats};
use capture_batch::{Batch, Interest, Needs, SourceInfo, Summary, View};
use capture_cap::entities::Loaded;
use capture_cap::{File, SegmentAt};
use capture_machine::native;
use std::fmt::Display;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// What is not stored with events: it takes a replay.
const NOT_STORED: Needs = Needs::FD_TYPES.union(Needs::ENTERS).union(Needs::STORED);

/// The batches of a file.
pub(crate) struct Stored {
    file: Arc<File>,
    view: View,
    times: Range<u64>,
    interest: Box<dyn Interest>,
    name: Arc<str>,
    stats: Arc<Stats>,
    /// The place of the next segment.
    next: usize,
    /// What is wrong with tables, once the batches were given out.
    damaged: Option<std::vec::IntoIter<capture_scap::Damage>>,
    /// The segment under way, the summaries of its batches, and those that are still to come.
    segment: Arc<Segment>,
    summaries: Vec<Summary>,
    batches: Range<usize>,
}

impl Stored {
    /// Opens a file; `Err` with the interest if it has to be replayed.
    pub(crate) fn open(
        file: Arc<File>,
        name: &str,
        plan: &Plan,
        interest: Box<dyn Interest>,
        stats: &Arc<Stats>,
    ) -> Result<Stored, Box<dyn Interest>> {
        if plan.needs.intersects(NOT_STORED) {
            return Err(interest);
        }
        let segment = Arc::new(Segment::new(SegmentAt::default(), name));
        let (view, times, stats, name) = (plan.view, plan.times.clone(), stats.clone(), name.into());
        let (summaries, batches) = Default::default();
        Ok(Stored { file, view, times, interest, name, stats, next: 0, damaged: None, segment, summaries, batches })
    }

    /// Begins the next segment.
    fn begin_segment(&mut self) -> Option<()> {
        let at = self.file.segments().get(self.next)?.clone();
        self.next += 1;
        self.summaries = self.file.summaries(&at, self.view);
        self.batches = 0..at.batches.len();
        self.segment = Arc::new(Segment::new(at, &self.name));
        Some(())
    }

    /// What is wrong with tables: looked for while the last batches are worked on.
    fn next_damage(&mut self) -> Option<Item> {
        let file = &self.file;
        let damage = self.damaged.get_or_insert_with(|| file.damaged_tables().into_iter()).next()?;
        let position = damage.resumes.unwrap_or(damage.offset);
        Some(Item { piece: Piece::Damage(Box::new(damage)), file: self.name.clone(), position })
    }

    /// Why a batch need not be made.
    fn passes_over(&mut self, batch: usize) -> Option<&'static str> {
        let summary = self.summaries.get(batch).filter(|summary| !summary.has_gaps)?;
        let (first, last) = (*summary.times.start(), *summary.times.end());
        let is_in_time = first < self.times.end && last >= self.times.start && first <= last;
        if self.times != Plan::ANY_TIME && !is_in_time {
            return Some("no event is of the times that are looked at");
        }
        let (segment, file, stats) = (&self.segment, &self.file, &self.stats);
        let mut load = || segment.load(file, stats).ok().map(|known| known.loaded.segment.clone());
        let why = self.interest.passes_over(summary, &mut load)?;
        // What cannot be read may be what is looked for.
        segment.is_whole().then_some(why)
    }
}

impl Source for Stored {
    fn next(&mut self) -> Option<Item> {
        let batch = loop {
            match self.batches.next() {
                Some(batch) => break batch,
                None if self.begin_segment().is_some() => {}
                None => return self.next_damage(),
            }
        };
        let at = self.segment.at.batches.get(batch)?.clone();
        let position = at.end;
        let piece = match self.passes_over(batch) {
            Some(why) => Piece::Skipped(why),
            None => {
                let (file, segment, view, stats) =
                    (self.file.clone(), self.segment.clone(), self.view, self.stats.clone());
                let make = move || stats.time(Stage::Decode, || made(&file, &at, &segment, view, &stats));
                Piece::Batch(Work::Later(Box::new(make)))
            }
        };
        Some(Item { piece, file: self.name.clone(), position })
    }
}

/// The segment of some batches, loaded when its values are needed first.
struct Segment {
    at: SegmentAt,
    name: Arc<str>,
    loaded: OnceLock<Result<Known, Arc<capture_scap::Damage>>>,
}

/// What the batches of a segment are read with.
#[derive(Clone)]
struct Known {
    loaded: Arc<Loaded>,
    /// What is known of the capture. More than once where several were put one behind the other.
    sources: Arc<[Arc<SourceInfo>]>,
}

impl Segment {
    fn new(at: SegmentAt, name: &str) -> Segment {
        Segment { at, name: name.into(), loaded: OnceLock::new() }
    }

    fn load(&self, file: &File, stats: &Stats) -> Result<Known, Arc<capture_scap::Damage>> {
        let load = || {
            stats.add(Count::Bytes, self.at.overhead());
            let loaded = file.load(&self.at)?;
            let named = |source: &SourceInfo| Arc::new(SourceInfo { name: (&*self.name).into(), ..source.clone() });
            Ok(Known { sources: loaded.sources.iter().map(named).collect(), loaded: Arc::new(loaded) })
        };
        self.loaded.get_or_init(|| load().map_err(Arc::new)).clone()
    }

    /// Whether nothing is wrong with it, as far as it was looked at.
    fn is_whole(&self) -> bool {
        self.loaded.get().is_none_or(|known| known.as_ref().is_ok_and(|known| known.loaded.fault().is_none()))
    }
}

fn made(file: &File, at: &Range<u64>, segment: &Segment, view: View, stats: &Stats) -> Result<Batch, Damage> {
    let Known { loaded, sources } =
        segment.load(file, stats).map_err(|damage| Box::new(NotBound(at.clone(), damage)) as Damage)?;
    stats.add(Count::Bytes, at.end - at.start);
    let late = Arc::new(file.batch(at, loaded.clone()).map_err(|damage| Box::new(damage) as Damage)?);
    Ok(native::batch(late, view, loaded.segment.clone(), &sources))
}

/// A batch cannot be read, since what its events are bound to cannot.
struct NotBound(Range<u64>, Arc<capture_scap::Damage>);

impl Display for NotBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "bytes {} to {} (a batch of events): {}", self.0.start, self.0.end, self.1)
    }
}
