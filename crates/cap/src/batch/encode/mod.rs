//! Events to columns.

mod behind;
mod heads;
mod params;

use super::{Events, Row};
use crate::Kind;
use crate::column::{Columns, Id, Packer};
use crate::strings::Interned;
use capture_event::schema::{self, Dialect};

/// No enter event.
const NONE: u32 = u32::MAX;

/// The columns of some events; their new strings are added to those of the segment.
pub fn encode(events: &Events, strings: &mut Interned, packer: &mut Packer) -> Vec<u8> {
    let mut columns = Columns::new(packer);
    let first_string = strings.strings().len();
    let base = events.rows.first().map_or(0, |row| row.ts);
    columns.numbers(all(Kind::Head), &[base as i64, first_string as i64]);
    let links = heads::put(events, &mut columns);
    params::put(events, &links, &mut columns, strings);
    behind::put_surplus(events, &mut columns);
    behind::put_options(events, &links, &mut columns, strings);
    let (new, bytes) = strings.strings().from(first_string);
    columns.numbers(all(Kind::StringLength), &new);
    columns.bytes(all(Kind::String), bytes);
    columns.finish()
}

/// A column of all events.
pub(crate) fn all(kind: Kind) -> Id {
    Id { kind, code: 0, index: 0 }
}

/// Which events belong together.
struct Links {
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
fn has_exit(code: u16) -> bool {
    let info = |code| schema::event(code, Dialect::Newest);
    let is_call = info(code).is_some_and(|event| event.source == capture_event::Source::Syscall);
    code.is_multiple_of(2) && is_call && info(code + 1).is_some_and(|exit| !exit.name.is_empty())
}
