//! `-S`: how many events there were of each type.

use capture_batch::Row;
use capture_event::code;
use capture_event::schema::Dialect;
use capture_event::tables::syscall;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many types are printed.
const LINES: usize = 100;

/// Counts events by type. Events that stand for any system call count by call.
#[derive(Default)]
pub struct Summary {
    counts: BTreeMap<(u16, Option<u16>), Count>,
}

#[derive(Default)]
struct Count {
    events: u64,
    name: &'static str,
}

impl Summary {
    /// Counts an event.
    pub fn add(&mut self, row: Row<'_>) {
        let code = row.code();
        let is_any_call = code == code::GENERIC_E || code == code::GENERIC_X;
        let call = is_any_call.then(|| row.array(0).map(u16::from_le_bytes)).flatten();
        let count = self.counts.entry((code, call)).or_insert_with(|| Count { events: 0, name: name(row, call) });
        count.events += 1;
    }

    /// The table, most frequent types first.
    pub fn table(&self) -> String {
        let mut rows: Vec<_> = self.counts.iter().collect();
        rows.sort_by_key(|(_, count)| std::cmp::Reverse(count.events));
        let rule = "-".repeat(22);
        let mut text = format!("{rule}\n{:<16}#Calls\n{rule}\n", "Event");
        for ((code, _), Count { events, name }) in rows.into_iter().take(LINES) {
            let direction = if code.is_multiple_of(2) { '>' } else { '<' };
            let _ = writeln!(text, "{direction} {name:<16.16}{events}");
        }
        text
    }
}

fn name(row: Row<'_>, call: Option<u16>) -> &'static str {
    let of_type = || row.info().map_or("unknown", |info| info.name);
    // A call that the view's dialect does not know has the name that the newest one gives it, as in `evt.type`.
    let named = |call| syscall::name(call, row.view().dialect()).or_else(|| syscall::name(call, Dialect::Newest));
    call.and_then(named).unwrap_or_else(of_type)
}
