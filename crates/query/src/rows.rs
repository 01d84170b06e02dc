//! Which rows of a batch a question is about.

use crate::Plan;
use capture_batch::{Batch, RowFlags, View};
use capture_filter::{Columns, Selection};
use std::ops::Range;

/// The rows of a batch that are ever shown, of these times (ns since the epoch).
pub fn shown(batch: &Batch, times: &Range<u64>) -> Selection {
    without(batch, times, RowFlags::NEVER_SHOWN)
}

/// Those of the shown rows that a filter selects. Rows with one of the marks `hidden` are not printed.
///
/// Conditions on the time since the event before have to see what they see upstream: in the classic view what is
/// printed, in the exit view also events that are stored for the state alone.
pub fn selected(filter: &mut Columns, batch: &Batch, times: &Range<u64>, hidden: RowFlags) -> Selection {
    let unseen = match batch.head.view {
        View::Classic => RowFlags::NEVER_SHOWN | hidden,
        View::Exit => RowFlags::NEVER_SHOWN - RowFlags::STATE_ONLY,
    };
    let mut selected = filter.select(batch, &without(batch, times, unseen));
    if !unseen.contains(RowFlags::NEVER_SHOWN) {
        selected.keep(&shown(batch, times));
    }
    selected
}

fn without(batch: &Batch, times: &Range<u64>, marks: RowFlags) -> Selection {
    let mut rows = Selection::by_value(&batch.flags, |flags| !flags.intersects(marks));
    // Times are not looked at where every one will do.
    if *times != Plan::ANY_TIME {
        rows.keep(&Selection::by_value(&batch.ts, |ts| times.contains(ts)));
    }
    rows
}
