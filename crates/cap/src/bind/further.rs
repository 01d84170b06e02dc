//! What summaries tell of rows beyond what is bound to them.

use crate::batch::Events;
use crate::entities::Entities;
use crate::summaries::Numbers;
use capture_batch::{Batch, Row, RowFlags, Summary, attempted};
use capture_event::{code, option};

/// Adds what the rows of a batch that are shown tried to open, and which calls those are that have no type of their
/// own. `event_of`: which of the events a stored one is.
pub(crate) fn add(
    summary: &mut Numbers,
    batch: &Batch,
    events: &Events,
    event_of: impl Fn(u64) -> Option<usize>,
    entities: &mut Entities,
) {
    for row in batch.rows().filter(|row| !row.flags().intersects(RowFlags::NEVER_SHOWN)) {
        let event = batch.stored.get(row.index).and_then(|stored| event_of(*stored));
        if matches!(row.code(), code::GENERIC_E | code::GENERIC_X) {
            let call = event.and_then(|event| call(events, event)).unwrap_or(Summary::ANY_CALL);
            summary.calls.push(call.into());
        }
        if row.object().is_some() {
            continue;
        }
        match objects(row, events, event) {
            Some(objects) => summary.attempted.extend(objects.into_iter().map(|object| entities.object(object))),
            None => summary.unnamed.push(row.code().into()),
        }
    }
}

/// The number of a call. Older readers do not know all of them: those stand behind the event.
fn call(events: &Events, event: usize) -> Option<u16> {
    let value = events.option(event, option::CALL).or_else(|| events.raw(event, 0))?;
    Some(u16::from_le_bytes(value.try_into().ok()?))
}

/// The parameters of a row that count here are those of its stored event, if that is of the same type.
fn objects(row: Row<'_>, events: &Events, event: Option<usize>) -> Option<Vec<capture_batch::Object>> {
    let event = event.filter(|event| events.code(*event) == Some(row.code()));
    attempted(row, |param| events.raw(event?, param))
}
