//! The lists of threads and descriptors as of an event.

use super::Source;
use crate::status::Failure;
use capture_batch::{Needs, View};
use capture_filter::{Columns, Selection};
use capture_machine::replay::Replay;
use capture_scap::{WriteError, Writer};
use std::collections::HashSet;
use std::io::Write;

/// Replays the capture again, as far as the state is asked for.
pub struct State {
    replay: Replay,
    /// Selects the threads that are listed.
    threads: Option<Columns>,
}

impl State {
    /// The state at the beginning.
    pub fn new(source: &Source, view: View, threads: Option<Columns>) -> Result<State, Failure> {
        let (reader, name) = source.open()?.into_parts();
        Ok(State { replay: Replay::new(reader, view, Needs::empty(), &name), threads })
    }

    /// Writes the lists as they are before the stored event `number`. Numbers must not decrease.
    pub fn write<W: Write>(&mut self, number: u64, writer: &mut Writer<W>) -> Result<(), WriteError> {
        self.replay.advance_to(number);
        let machine = self.replay.machine();
        let wanted = self.threads.as_mut().map(|columns| {
            let census = self.replay.census();
            let selected = columns.select(&census, &Selection::all(census.len()));
            let tid = |row: usize| census.tid.get(row).copied();
            selected.iter().filter_map(tid).collect::<HashSet<i64>>()
        });
        let is_wanted = |tid: i64| wanted.as_ref().is_none_or(|wanted| wanted.contains(&tid));
        let mut processes = machine.process_list();
        processes.retain(|entry| is_wanted(entry.tid));
        writer.processes(&processes)?;
        machine.descriptor_lists().iter().filter(|list| is_wanted(list.tid)).try_for_each(|list| writer.fds(list))
    }
}
