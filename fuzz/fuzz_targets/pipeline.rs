//! Any bytes as a capture, all the way: read, replayed in both views, fields of every event printed as text and JSON; a
//! second replay in batches of another size prints the same. Which fields depends on the bytes: all at once take long.
#![no_main]

use capture_batch::{Needs, View};
use capture_filter::catalog::{FieldFlags, Get, fields};
use capture_filter::{Env, Format};
use capture_fuzz::{VIEWS, is_shown};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

/// In so many parts are the fields printed.
const PARTS: usize = 8;

static FORMATS: OnceLock<[Vec<String>; 2]> = OnceLock::new();

/// Every field that prints, in parts, by view.
fn formats(view: View) -> &'static [String] {
    let [classic, exit] = FORMATS.get_or_init(|| VIEWS.map(all_formats));
    if view == View::Classic { classic } else { exit }
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

fn print(bytes: &[u8], format: &str, view: View, batch_rows: usize) -> Vec<u8> {
    let Ok(reader) = Reader::from_bytes(bytes.to_vec()) else { return Vec::new() };
    let mut format = Format::compile(format, view).expect("each field prints");
    let mut replay = Replay::new(reader, view, Needs::all(), "fuzz").with_batch_rows(batch_rows);
    let mut out = Vec::new();
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        for row in batch.rows().filter(|row| is_shown(&batch, row.index)) {
            format.render(row, &Env::default(), &mut out);
            format.render_json(row, &Env::default(), &mut out);
        }
    }
    out
}

fuzz_target!(|bytes: &[u8]| {
    let sum = bytes.iter().fold(0usize, |sum, &byte| sum.wrapping_add(byte.into()));
    for view in VIEWS {
        let format = &formats(view)[sum % PARTS];
        let one = print(bytes, format, view, 1 << 14);
        assert!(one == print(bytes, format, view, 3), "the size of batches changes the answer");
    }
});
