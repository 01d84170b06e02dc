//! Events to columns.

mod behind;
mod heads;
mod params;

use super::{Events, Row};
use crate::Kind;
use crate::column::{Columns, Id, Packer};
use crate::strings::Interned;
use capture_event::schema::{self, Dialect};
use std::sync::OnceLock;

/// No enter event.
const NONE: u32 = u32::MAX;

/// The columns of some events as a set; their new strings are added to those of the segment.
pub fn encode(events: &Events, strings: &mut Interned, packer: &mut Packer) -> Vec<u8> {
    let mut columns = Columns::new(packer);
    put(events, &mut columns, strings);
    columns.finish()
}

/// Adds the columns of some events to a set; their new strings are added to those of the segment.
pub fn put(events: &Events, columns: &mut Columns<'_>, strings: &mut Interned) {
    let first_string = strings.strings().len();
    let base = events.rows.first().map_or(0, |row| row.ts);
    columns.numbers(all(Kind::Head), &[base as i64, first_string as i64]);
    let links = heads::put(events, columns);
    params::put(events, &links, columns, strings);
    behind::put_surplus(events, columns);
    behind::put_options(events, &links, columns, strings);
    strings.put_from(first_string, columns);
}

/// A column of all events.
pub(crate) fn all(kind: Kind) -> Id {
    Id { kind, code: 0, index: 0 }
}

/// Which events belong together.
struct Links {
    /// The rows in the order of the columns that are not in that of the capture.
    order: Vec<u32>,
    /// For each row that of its enter event, or [`NONE`].
    enters: Vec<u32>,
    /// The distinct types of events, and the rows of each.
    types: Vec<(u16, Vec<u32>)>,
}

impl Links {
    /// The enter event of a row.
    fn enter<'e>(&self, events: &'e Events, row: u32) -> Option<&'e Row> {
        let enter = *self.enters.get(row as usize)?;
        if enter == NONE { None } else { events.rows.get(enter as usize) }
    }
}

/// Whether a call begins with it whose exit is an event of its own.
pub(crate) fn has_exit(code: u16) -> bool {
    static TYPES: OnceLock<Vec<bool>> = OnceLock::new();
    let info = |code| schema::event(code, Dialect::Newest);
    let of_type = |code: u16| {
        let is_call = info(code).is_some_and(|event| event.source == capture_event::Source::Syscall);
        code.is_multiple_of(2) && is_call && info(code + 1).is_some_and(|exit| !exit.name.is_empty())
    };
    let types = TYPES.get_or_init(|| (0..schema::EVENT_COUNT).map(of_type).collect());
    types.get(usize::from(code)).copied().unwrap_or(false)
}
