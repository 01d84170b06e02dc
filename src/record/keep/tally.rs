//! Which events were kept.

use capture_batch::{Row, RowFlags, View};
use capture_event::tables::syscall;
use capture_event::{Dialect, code, option};
use capture_scap::{Content, EventBlock, Reader};
use std::collections::{HashMap, HashSet};

/// Counts events by type, and the threads that they are of.
#[derive(Debug, Default)]
pub struct Tally {
    types: HashMap<&'static str, u64>,
    threads: HashSet<i64>,
}

impl Tally {
    /// Counts the events in whole blocks that are shown.
    pub fn add_blocks(&mut self, blocks: &[u8]) {
        let mut reader = Reader::of_blocks(blocks.to_vec());
        while let Some(block) = reader.next_block() {
            if let Ok(block) = block
                && let Content::Event(event) = &block.content
                && !event.state_only()
            {
                self.add(event.code, event.tid, call_of(event));
            }
        }
    }

    /// Counts the event of a row, if it is shown.
    pub fn add_row(&mut self, row: Row<'_>) {
        if !row.flags().contains(RowFlags::STATE_ONLY) {
            self.add(row.code(), row.tid(), row.array(0).map(u16::from_le_bytes));
        }
    }

    fn add(&mut self, code: u16, tid: i64, call: Option<u16>) {
        let of_call = || call.and_then(|call| syscall::name(call, Dialect::Newest));
        let is_any_call = matches!(code, code::GENERIC_E | code::GENERIC_X);
        let name = if is_any_call { of_call() } else { None };
        let name = name.or_else(|| View::Classic.event(code).map(|info| info.name)).unwrap_or("unknown");
        *self.types.entry(name).or_default() += 1;
        if tid > 0 {
            self.threads.insert(tid);
        }
    }

    /// How many events there are.
    pub fn events(&self) -> u64 {
        self.types.values().sum()
    }

    /// How many events of a type there are.
    pub fn of(&self, name: &str) -> u64 {
        self.types.get(name).copied().unwrap_or(0)
    }

    /// The most frequent types.
    pub fn most(&self, count: usize) -> Vec<(&'static str, u64)> {
        let mut types: Vec<_> = self.types.iter().map(|(name, events)| (*name, *events)).collect();
        types.sort_by_key(|&(name, events)| (std::cmp::Reverse(events), name));
        types.truncate(count);
        types
    }

    /// How many threads have events.
    pub fn threads(&self) -> usize {
        self.threads.len()
    }
}

/// Of an event that stands for any system call: which.
fn call_of(event: &EventBlock<'_>) -> Option<u16> {
    let options = event.options();
    let named = options.iter().find(|option| option.code == option::CALL).map(|option| option.value);
    named.or(event.param(0)).and_then(|call| call.try_into().ok()).map(u16::from_le_bytes)
}
