//! First pass: which stored events are kept, and what is needed to understand them.

use super::bits::Bits;
use crate::query::settings::{Job, shown};
use crate::status::Failure;
use capture_batch::{Batch, Needs, Row};
use capture_event::ParamType;
use capture_event::schema::{self, Dialect, Source};
use capture_filter::{Filter, Selection};
use capture_machine::replay::{Piece, Replay};
use capture_query::Capture;
use capture_scap::{Block, Content};
use std::collections::{HashMap, HashSet};

/// What the first pass found. Events are numbered as they are stored, from 0.
#[derive(Default)]
pub struct Selected {
    /// Events that the filter selects.
    pub kept: Bits,
    /// Enter events of kept exit events.
    pub enters: Bits,
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
    let (mut pairs, mut finder) =
        (Pairs::default(), Finder { left: job.limit.unwrap_or(u64::MAX), ..Finder::default() });
    while let Some(piece) = replay.next_piece_seeing(|block| pairs.see(block)) {
        let Piece::Batch(batch) = piece else { continue };
        if let Some(env) = hosts {
            batch.rows().for_each(|row| env.host_names.learn(row));
        }
        let all = shown(&batch, &job.times);
        let selected = columns.as_mut().map(|columns| columns.select(&batch, &all)).unwrap_or(all);
        finder.take(&batch, &selected, &pairs);
        pairs.0.clear();
    }
    Ok(finder.finish())
}

/// The enter event of every exit event since the last batch, and of every thread.
#[derive(Default)]
struct Pairs(HashMap<u64, u64>, HashMap<i64, (u16, u64)>, u64);

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
                last.insert(event.tid, (event.code, number));
            }
        } else if let Some((code, enter)) = last.remove(&event.tid)
            && code == event.code - 1
        {
            enters.insert(number, enter);
        }
    }
}

#[derive(Default)]
struct Finder {
    selected: Selected,
    left: u64,
    processes: HashSet<i64>,
    process_of: HashMap<i64, i64>,
}

impl Finder {
    fn take(&mut self, batch: &Batch, selected: &Selection, pairs: &Pairs) {
        for row in batch.rows() {
            if let Some(own) = row.own() {
                self.process_of.insert(own.tid, own.pid);
            }
            let Some(&stored) = batch.stored.get(row.index) else { continue };
            if selected.contains(row.index) && self.left > 0 {
                self.left -= 1;
                self.selected.kept.insert(stored);
                if let Some(enter) = pairs.0.get(&stored) {
                    self.selected.enters.insert(*enter);
                }
                self.need(row);
            }
        }
    }

    /// The processes that a kept event speaks of: its own, ancestors and leaders, those in parameters.
    fn need(&mut self, row: Row<'_>) {
        let ancestors = (0..row.lineage().map_or(0, |lineage| lineage.ancestors.len() + 1)).map(|n| row.ancestor(n));
        let others = [row.own(), row.parent(), row.session(), row.group(), row.vgroup()];
        let owns = others.into_iter().chain(ancestors).flatten().chain(row.searched());
        self.processes.extend(owns.map(|own| own.pid));
        let params = row.info().map_or(&[][..], |info| &info.params);
        for (i, _) in params.iter().enumerate().filter(|(_, param)| param.ty == ParamType::Pid) {
            self.processes.extend(row.i64(i));
        }
    }

    fn finish(mut self) -> Selected {
        let needed = self.process_of.iter().filter(|(_, pid)| self.processes.contains(pid)).map(|(tid, _)| *tid);
        self.selected.threads = needed.chain(self.processes.iter().copied()).collect();
        self.selected
    }
}
