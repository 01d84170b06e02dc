//! The enter events of calls that have not returned, so that their exits can be bound to them.

use crate::{Applied, Machine, Thread};
use bytes::Bytes;
use capture_batch::{Batch, NO_ROW, ParamSlice, RowFlags, RowHeader, RowOption};
use capture_event::Event;
use rustc_hash::FxHashMap;

/// Where a thread's last enter event is. Beside the state: see [`crate::bind::ThreadMemo`].
#[derive(Debug, Clone, Copy)]
pub struct EnterAt {
    batch: u64,
    row: u32,
    /// Whether it was kept from an earlier batch.
    is_kept: bool,
}

impl Default for EnterAt {
    fn default() -> Self {
        EnterAt { batch: 0, row: NO_ROW, is_kept: false }
    }
}

/// An enter event of an earlier batch.
struct Kept {
    header: RowHeader,
    /// Parameters, then the values of options.
    bytes: Bytes,
    /// Where the parameters end.
    ends: Vec<u32>,
    /// The options' codes, and where their values end.
    options: Vec<(u16, u32)>,
}

impl Kept {
    fn of(batch: &Batch, row: u32) -> Option<Kept> {
        let header = batch.header(row as usize)?;
        let row = batch.row(row as usize)?;
        let mut bytes = Vec::new();
        let mut ends = Vec::with_capacity(row.param_count());
        for param in (0..row.param_count()).filter_map(|i| row.raw(i)) {
            bytes.extend_from_slice(param);
            ends.push(u32::try_from(bytes.len()).ok()?);
        }
        let mut options = Vec::new();
        for (code, value) in row.options() {
            bytes.extend_from_slice(value);
            options.push((code, u32::try_from(bytes.len()).ok()?));
        }
        Some(Kept { header, bytes: Bytes::from(bytes), ends, options })
    }

    /// Its header in the batch that repeats it.
    fn repeated_header(&self) -> RowHeader {
        RowHeader { flags: RowFlags::REPEATED, ..self.header }
    }

    /// Its parameters, once its bytes are chunk `chunk` of a batch.
    fn slices(&self, chunk: u32) -> impl Iterator<Item = ParamSlice> {
        slices(chunk, 0, self.ends.iter().copied())
    }

    /// Its options as those of a row.
    fn options(&self, chunk: u32, row: u32) -> impl Iterator<Item = RowOption> {
        let start = self.ends.last().copied().unwrap_or(0);
        let values = slices(chunk, start, self.options.iter().map(|&(_, end)| end));
        self.options.iter().zip(values).map(move |(&(code, _), value)| RowOption { row, code, value })
    }
}

/// Values that lie one behind the other, by their ends.
fn slices(chunk: u32, start: u32, ends: impl Iterator<Item = u32>) -> impl Iterator<Item = ParamSlice> {
    ends.scan(start, move |start, end| {
        let slice = ParamSlice { chunk, start: *start, len: end.saturating_sub(*start) };
        *start = end;
        Some(slice)
    })
}

/// What is known of enter events.
pub(super) struct Enters {
    /// Counts batches from 1.
    batch: u64,
    /// Threads that entered a call in this batch.
    entered: Vec<i64>,
    /// Enter events of earlier batches whose exits may still come, by thread id and serial.
    kept: FxHashMap<(i64, u64), Kept>,
}

impl Default for Enters {
    fn default() -> Self {
        Enters { batch: 1, entered: Vec::new(), kept: FxHashMap::default() }
    }
}

/// Where the enter event of an exit event is.
enum Found {
    /// A row of the same batch.
    Row(u32),
    /// In an earlier batch.
    Earlier(Kept),
    /// Nowhere.
    None,
}

impl Enters {
    /// Books an enter event whose row comes next; for an exit event, the row of its enter event. One of an earlier
    /// batch is repeated in front of the exit, and its bytes are the batch's next chunk.
    pub(super) fn bind(
        &mut self,
        event: &Event<'_>,
        applied: &Applied,
        machine: &mut Machine,
        batch: &mut Batch,
        next_chunk: u32,
    ) -> (u32, Option<Bytes>) {
        let Some(thread) = applied.thread.and_then(|tid| machine.threads.get_mut(tid)) else {
            return (NO_ROW, None);
        };
        let row = u32::try_from(batch.len()).unwrap_or(NO_ROW);
        if event.is_enter() {
            self.enter(thread, row);
            return (NO_ROW, None);
        }
        if !applied.paired {
            return (NO_ROW, None);
        }
        match self.exit(thread) {
            Found::None => (NO_ROW, None),
            Found::Row(row) => (row, None),
            Found::Earlier(kept) => {
                let own_start = batch.params_end.last().map_or(0, |&end| end as usize);
                let own = batch.params.split_off(own_start.min(batch.params.len()));
                batch.params.extend(kept.slices(next_chunk));
                batch.options.extend(kept.options(next_chunk, row));
                batch.push_unbound(kept.repeated_header());
                batch.params.extend(own);
                (row, Some(kept.bytes))
            }
        }
    }

    /// A thread enters a call with the event of a row.
    fn enter(&mut self, thread: &mut Thread, row: u32) {
        let at = &mut thread.memo.0.enter;
        if at.is_kept {
            self.kept.remove(&(thread.tid, thread.serial));
        }
        if at.batch != self.batch || at.row == NO_ROW {
            self.entered.push(thread.tid);
        }
        *at = EnterAt { batch: self.batch, row, is_kept: false };
    }

    /// A thread returns from the call that it entered last.
    fn exit(&mut self, thread: &mut Thread) -> Found {
        let at = std::mem::take(&mut thread.memo.0.enter);
        if at.is_kept {
            return self.kept.remove(&(thread.tid, thread.serial)).map_or(Found::None, Found::Earlier);
        }
        if at.batch == self.batch && at.row != NO_ROW { Found::Row(at.row) } else { Found::None }
    }

    /// Keeps what the next batch may need.
    pub(super) fn end_batch(&mut self, machine: &mut Machine, batch: &Batch) {
        self.kept.retain(|&(tid, serial), _| machine.threads.get(tid).is_some_and(|thread| thread.serial == serial));
        for tid in self.entered.drain(..) {
            let Some(thread) = machine.threads.get_mut(tid) else { continue };
            let at = &mut thread.memo.0.enter;
            if at.batch != self.batch || at.row == NO_ROW {
                continue;
            }
            let kept = Kept::of(batch, at.row);
            *at = EnterAt { is_kept: kept.is_some(), ..EnterAt::default() };
            if let Some(kept) = kept {
                self.kept.insert((thread.tid, thread.serial), kept);
            }
        }
        self.batch += 1;
    }
}
