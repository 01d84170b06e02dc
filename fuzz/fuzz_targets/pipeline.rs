//! Any bytes as a capture, all the way: read, replayed in both views, fields of every event printed as text and JSON; a
//! second replay in batches of another size prints the same. Which fields depends on the bytes: all at once take long.
#![no_main]

use capture_batch::{Needs, View};
use capture_filter::{Env, Format};
use capture_fuzz::{VIEWS, format_of, is_shown};
use capture_machine::replay::{Piece, Replay};
use capture_scap::Reader;
use libfuzzer_sys::fuzz_target;

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
    for view in VIEWS {
        let format = format_of(bytes, view);
        let one = print(bytes, format, view, 1 << 14);
        assert!(one == print(bytes, format, view, 3), "the size of batches changes the answer");
    }
});
