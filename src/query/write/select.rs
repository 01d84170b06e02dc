//! First pass: which stored events are kept, and what is needed to understand them.

use super::bits::Bits;
use crate::query::gaps::Gaps;
use crate::query::settings::Job;
use crate::status::Failure;
use capture_batch::{Needs, Row, RowFlags, View};
use capture_event::schema::{self, Dialect, Source};
use capture_event::{EventInfo, ParamType};
use capture_filter::Filter;
use capture_machine::replay::{Piece, Replay};
use capture_query::{Capture, selected, shown};
use capture_scap::{Block, Content};
use std::collections::{HashMap, HashSet};

/// What the first pass found. Events are numbered as they are stored, from 0.
#[derive(Default)]
pub struct Selected {
    /// Events that the filter selects.
    pub kept: Bits,
    /// The last enter events before kept exit events.
    pub enters: Bits,
    /// The last of both.
    pub last: Option<u64>,
    /// Threads whose past is needed.
    pub threads: HashSet<i64>,
}

/// Goes through the capture.
pub fn select(job: &Job, capture: Capture) -> Result<Selected, Failure> {
    let filter = super::compiled(job)?;
    let needs = filter.as_ref().map_or(Needs::empty(), Filter::needs) | Needs::STORED | Needs::LINEAGE;
    let mut columns = filter.as_ref().map(Filter::columns);
    let (reader, name) = capture.into_parts();
    let mut replay = Replay::new(reader, job.view, needs, &name);
    let hosts = job.envs.first().filter(|_| job.names_hosts());
    let mut gaps = Gaps::default();
    let (mut pairs, mut kin, mut finder) = (Pairs::default(), Kin::default(), Finder::default());
    let mut left = job.limit.unwrap_or(u64::MAX);
    while let Some(piece) = replay.next_piece_seeing(|block| pairs.see(block)) {
        let Piece::Batch(batch) = piece else { continue };
        if let Some(env) = hosts {
            batch.rows().for_each(|row| env.host_names.learn(row));
        }
        let selected = match &mut columns {
            Some(filter) => selected(filter, &batch, &job.times, RowFlags::empty()),
            None => shown(&batch, &job.times),
        };
        gaps.add(&batch.gaps, &job.times);
        for row in batch.rows() {
            kin.see(row);
            let Some(&stored) = batch.stored.get(row.index) else { continue };
            if selected.contains(row.index) && left > 0 {
                left -= 1;
                finder.keep(row, stored, &pairs);
            }
        }
        pairs.0.clear();
    }
    if finder.selected.last.is_none() {
        gaps.say_nothing_is_proved(&name);
    }
    Ok(finder.finish(&kin))
}

/// Goes through a capture that is to be cut: every stored event is kept in the piece that `piece_of` gives for it (and,
/// if it is shown, for its row).
pub fn pieces(view: View, capture: Capture, mut piece_of: impl FnMut(u64, Option<Row<'_>>) -> usize) -> Vec<Selected> {
    let (reader, name) = capture.into_parts();
    let mut replay = Replay::new(reader, view, Needs::STORED | Needs::LINEAGE, &name);
    let (mut pairs, mut kin, mut seen) = (Pairs::default(), Kin::default(), Bits::default());
    let mut finders: Vec<Finder> = Vec::new();
    let finder = |finders: &mut Vec<Finder>, piece: usize| {
        finders.resize_with(finders.len().max(piece + 1), Finder::default);
        piece
    };
    while let Some(piece) = replay.next_piece_seeing(|block| pairs.see(block)) {
        let Piece::Batch(batch) = piece else { continue };
        let shown = shown(&batch, &(0..u64::MAX));
        for row in batch.rows() {
            kin.see(row);
            let Some(&stored) = batch.stored.get(row.index).filter(|_| shown.contains(row.index)) else { continue };
            let piece = finder(&mut finders, piece_of(stored, Some(row)));
            if let Some(finder) = finders.get_mut(piece) {
                finder.keep(row, stored, &pairs);
            }
            seen.insert(stored);
        }
        pairs.0.clear();
    }
    for stored in (0..pairs.2).filter(|stored| !seen.contains(*stored)) {
        let piece = finder(&mut finders, piece_of(stored, None));
        if let Some(finder) = finders.get_mut(piece) {
            finder.keep_stored(stored);
        }
    }
    finders.into_iter().map(|finder| finder.finish(&kin)).collect()
}

/// The last enter event before every exit event since the last batch, and of every thread; how many events came.
#[derive(Default)]
struct Pairs(HashMap<u64, u64>, HashMap<i64, u64>, u64);

impl Pairs {
    fn see(&mut self, block: &Block<'_>) {
        let Content::Event(event) = &block.content else { return };
        let Pairs(enters, last, next) = self;
        let number = *next;
        *next += 1;
        let is_call = schema::event(event.code, Dialect::Newest).is_some_and(|info| info.source == Source::Syscall);
        if event.code.is_multiple_of(2) {
            // A context switch, say, ends no call.
            if is_call {
                last.insert(event.tid, number);
            }
        } else if let Some(enter) = last.get(&event.tid) {
            // Even one of another call, or of one that returned long ago: what is not known is taken from it.
            enters.insert(number, *enter);
        }
    }
}

/// The threads that are parameters of an event.
fn pids<'r>(row: Row<'r>, info: &'r EventInfo) -> impl Iterator<Item = i64> {
    let params = info.params.iter().enumerate();
    params.filter(|(_, param)| param.ty == ParamType::Pid).filter_map(move |(i, _)| row.i64(i))
}

/// What is found of one copy.
#[derive(Default)]
struct Finder {
    selected: Selected,
    /// Threads that kept events speak of.
    spoken_of: HashSet<i64>,
}

/// On which other threads depends what is known of a thread: those of its process, and those that made it, now or
/// earlier, since they may have changed what it inherited or shares.
#[derive(Default)]
struct Kin {
    /// The processes that a thread was in, and the parents that it had.
    above: HashMap<i64, HashSet<i64>>,
    /// The threads that were in a process.
    members: HashMap<i64, HashSet<i64>>,
}

impl Kin {
    fn see(&mut self, row: Row<'_>) {
        let Some(own) = row.own() else { return };
        let above = self.above.entry(own.tid).or_default();
        above.extend(row.parent().map(|parent| parent.tid));
        above.insert(own.pid);
        self.members.entry(own.pid).or_default().insert(own.tid);
        let Some(info) = row.info().filter(|info| info.name.contains("clone") || info.name.contains("fork")) else {
            return;
        };
        match row.i64(0) {
            Some(child) if child > 0 => drop(self.above.entry(child).or_default().insert(own.tid)),
            _ => above.extend(pids(row, info)),
        }
    }

    /// These threads, and all on which they depend.
    fn of(&self, threads: HashSet<i64>) -> HashSet<i64> {
        let mut waiting: Vec<i64> = threads.iter().copied().collect();
        let mut all = threads;
        while let Some(tid) = waiting.pop() {
            let related = [self.above.get(&tid), self.members.get(&tid)].into_iter().flatten().flatten();
            waiting.extend(related.filter(|tid| all.insert(**tid)));
        }
        all
    }
}

impl Finder {
    fn keep(&mut self, row: Row<'_>, stored: u64, pairs: &Pairs) {
        self.keep_stored(stored);
        if let Some(enter) = pairs.0.get(&stored) {
            self.selected.enters.insert(*enter);
        }
        self.need(row);
    }

    fn keep_stored(&mut self, stored: u64) {
        self.selected.kept.insert(stored);
        self.selected.last = self.selected.last.max(Some(stored));
    }

    /// The threads that a kept event speaks of: its own, ancestors and leaders, those in parameters.
    fn need(&mut self, row: Row<'_>) {
        let ancestors = (0..row.lineage().map_or(0, |lineage| lineage.ancestors.len() + 1)).map(|n| row.ancestor(n));
        let others = [row.own(), row.parent(), row.session(), row.group(), row.vgroup()];
        let owns = others.into_iter().chain(ancestors).flatten().chain(row.searched());
        self.spoken_of.insert(row.tid());
        self.spoken_of.extend(owns.map(|own| own.tid));
        self.spoken_of.extend(row.info().into_iter().flat_map(|info| pids(row, info)));
    }

    fn finish(mut self, kin: &Kin) -> Selected {
        self.selected.threads = kin.of(self.spoken_of);
        self.selected
    }
}
