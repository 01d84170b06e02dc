//! What fuzz targets share.

use capture_batch::{Batch, Needs, RowFlags, View};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{Form, random_capture};

/// Both views.
pub const VIEWS: [View; 2] = [View::Classic, View::Exit];

/// The batches of a capture; none if it does not open.
pub fn batches(capture: Vec<u8>, view: View) -> Vec<Batch> {
    let Ok(reader) = Reader::from_bytes(capture) else { return Vec::new() };
    // Small batches: what goes on over their borders is tried too.
    let mut replay = Replay::new(reader, view, Needs::all(), "fuzz").with_batch_rows(50);
    let pieces = std::iter::from_fn(|| replay.next_piece());
    pieces.filter_map(|piece| if let Piece::Batch(batch) = piece { Some(batch) } else { None }).collect()
}

/// Batches of plausible events.
pub fn plausible(view: View) -> Vec<Batch> {
    let form = match view {
        View::Classic => Form::Pairs,
        View::Exit => Form::ExitOnly,
    };
    batches(random_capture(7, 150, form).to_bytes(), view)
}

/// Whether a row is ever shown.
pub fn is_shown(batch: &Batch, row: usize) -> bool {
    batch.headers.get(row).is_some_and(|header| !header.flags.intersects(RowFlags::NEVER_SHOWN))
}
