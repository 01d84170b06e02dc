//! What fuzz targets share.

pub mod plain;

use capture_batch::{Batch, Needs, RowFlags, View};
use capture_filter::Format;
use capture_filter::catalog::{FieldFlags, Get, fields};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use capture_testkit::{Form, random_capture};
use std::sync::OnceLock;

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
    batch.flags.get(row).is_some_and(|flags| !flags.intersects(RowFlags::NEVER_SHOWN))
}

/// In so many parts are the fields printed.
const PARTS: usize = 8;

static FORMATS: OnceLock<[Vec<String>; 2]> = OnceLock::new();

/// A format with some of all fields that print: which ones depends on the bytes, since all at once take long.
pub fn format_of(bytes: &[u8], view: View) -> &'static str {
    let sum = bytes.iter().fold(0usize, |sum, &byte| sum.wrapping_add(byte.into()));
    let [classic, exit] = FORMATS.get_or_init(|| VIEWS.map(all_formats));
    let formats = if view == View::Classic { classic } else { exit };
    &formats[sum % PARTS]
}

fn all_formats(view: View) -> Vec<String> {
    let plain = fields().filter(|field| {
        let has_values = !matches!(field.reading(view).get, Get::Nothing);
        has_values && !field.flags.intersects(FieldFlags::FILTER_ONLY | FieldFlags::ARG_REQUIRED)
    });
    let names = plain.map(|field| field.name).chain(["evt.arg[0]", "evt.arg.res", "evt.rawarg.res", "proc.aname[1]"]);
    let printable: Vec<&str> = names.filter(|name| Format::compile(&format!("%{name}"), view).is_ok()).collect();
    // Those of one family are in all parts.
    let part =
        |n: usize| printable.iter().skip(n).step_by(PARTS).fold("*".into(), |all, name| format!("{all} %{name}"));
    (0..PARTS).map(part).collect()
}
