//! Captures whose batches are stored with what their events are bound to: nothing is replayed.

use crate::source::{Damage, Item, Piece, Source, Work};
use crate::{Plan, Stage, Stats};
use capture_batch::{Batch, Needs, SourceInfo, View};
use capture_cap::entities::Loaded;
use capture_cap::{BatchAt, File};
use capture_machine::native;
use capture_scap::{Problem, Ranges};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// What is not stored with events: it takes a replay.
const NOT_STORED: Needs = Needs::FD_TYPES.union(Needs::ENTERS).union(Needs::STORED);

/// The batches of a file.
pub(crate) struct Stored {
    file: Arc<File>,
    view: View,
    name: Arc<str>,
    stats: Arc<Stats>,
    /// The place of the next batch.
    next: usize,
    /// The segment of the last batch.
    segment: (usize, Arc<SegmentAt>),
}

impl Stored {
    /// Opens a file; `None` if it has to be replayed.
    pub(crate) fn open(path: &Path, name: &str, plan: Plan, stats: Arc<Stats>) -> Option<Stored> {
        if plan.needs.intersects(NOT_STORED) {
            return None;
        }
        let file = Arc::new(File::open(Ranges::open(path).ok()??)?);
        let segment = (0, Arc::new(SegmentAt::new(0, name)));
        Some(Stored { file, view: plan.view, name: name.into(), stats, next: 0, segment })
    }
}

impl Source for Stored {
    fn next(&mut self) -> Option<Item> {
        let at = self.file.batches().get(self.next)?.clone();
        self.next += 1;
        if self.segment.0 != at.segment {
            self.segment = (at.segment, Arc::new(SegmentAt::new(at.segment, &self.name)));
        }
        let (file, segment, view, stats) = (self.file.clone(), self.segment.1.clone(), self.view, self.stats.clone());
        let position = at.payload.end;
        let make = move || stats.time(Stage::Decode, || batch(&file, &at, &segment, view));
        Some(Item { piece: Piece::Batch(Work::Later(Box::new(make))), file: self.name.clone(), position })
    }
}

/// The segment of some batches, loaded when the first of them is made.
struct SegmentAt {
    place: usize,
    name: Arc<str>,
    loaded: OnceLock<Result<(Arc<Loaded>, Arc<SourceInfo>), Problem>>,
}

impl SegmentAt {
    fn new(place: usize, name: &str) -> SegmentAt {
        SegmentAt { place, name: name.into(), loaded: OnceLock::new() }
    }

    fn load(&self, file: &File) -> Result<(Arc<Loaded>, Arc<SourceInfo>), Problem> {
        let load = || {
            let loaded = file.segment(self.place)?;
            let source = loaded.sources.first().cloned().unwrap_or_default();
            Ok((Arc::new(loaded), Arc::new(SourceInfo { name: (&*self.name).into(), ..source })))
        };
        self.loaded.get_or_init(load).clone()
    }
}

fn batch(file: &File, at: &BatchAt, segment: &SegmentAt, view: View) -> Result<Batch, Damage> {
    let made = segment.load(file).and_then(|(loaded, source)| {
        let late = Arc::new(file.batch(at, loaded.clone())?);
        Ok(native::batch(late, view, loaded.segment.clone(), source))
    });
    made.map_err(|problem| {
        Box::new(capture_scap::Damage {
            offset: at.payload.start,
            reading: "a batch of events",
            problem,
            resumes: Some(at.payload.end),
        }) as Damage
    })
}
