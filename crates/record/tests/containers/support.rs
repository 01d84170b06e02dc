//! Captures of containers, and what a query says of them.

use capture_batch::{Needs, RowFlags, View};
use capture_event::code;
use capture_filter::{Env, Filter, Format, Selection};
use capture_machine::replay::{Piece, Replay};
use capture_record::container::ContainerEvent;
use capture_scap::Reader;
use capture_testkit::{CaptureBuilder, EventBuilder, sysdig};

pub const VIEWS: [View; 2] = [View::Classic, View::Exit];

/// An event of a container, as it stands in a capture.
pub fn stored(ts: u64, event: &ContainerEvent) -> EventBuilder {
    let built = EventBuilder::new(ts, -1, event.code);
    let built = if event.code == code::CONTAINER_JSON_2_E { built.large() } else { built };
    event.params.iter().fold(built, |event, param| event.bytes(param))
}

/// The lines of a format for the events that a filter selects.
pub fn ask(capture: &CaptureBuilder, view: View, filter: &str, format: &str) -> Vec<String> {
    let env = Env::default();
    let filter = Filter::compile(filter, view, &env).unwrap_or_else(|errors| panic!("{filter}: {errors:?}"));
    let mut format = Format::compile(format, view).unwrap_or_else(|errors| panic!("{format}: {errors:?}"));
    let reader = Reader::from_bytes(capture.to_bytes()).unwrap();
    let mut replay = Replay::new(reader, view, Needs::all(), "capture");
    let mut lines = Vec::new();
    while let Some(piece) = replay.next_piece() {
        let Piece::Batch(batch) = piece else { continue };
        let selection = filter.columns().select(&batch, &Selection::all(batch.len()));
        for row in batch.rows().filter(|row| selection.contains(row.index)) {
            if !row.flags().intersects(RowFlags::NEVER_SHOWN) {
                let mut line = Vec::new();
                format.render(row, &env, &mut line);
                lines.push(String::from_utf8_lossy(&line).into_owned());
            }
        }
    }
    lines
}

/// What sysdig says, where it is installed.
pub fn sysdig_says(capture: &CaptureBuilder, filter: &str, format: &str) -> Option<Vec<String>> {
    let file = capture.to_file().unwrap();
    let path = file.path().to_str().unwrap();
    let output = sysdig()?.run(["-d", "-r", path, "-p", format, filter]);
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
