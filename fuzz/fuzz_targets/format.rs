//! Any text as an output format, with the events of any capture: the first byte says how long the format is, the
//! capture follows it. Objects are valid JSON where names and values of the capture are UTF-8.
#![no_main]

use capture_batch::Batch;
use capture_filter::{Env, Format};
use capture_fuzz::{VIEWS, batches, is_shown, plausible};
use libfuzzer_sys::fuzz_target;

fn print(text: &str, batches: &[Batch], view: capture_batch::View) -> Option<usize> {
    let (mut lines, mut objects) = (Format::compile(text, view).ok()?, Format::compile(text, view).ok()?);
    let (mut line, mut object) = (Vec::new(), Vec::new());
    let mut printed = 0;
    for batch in batches {
        for row in batch.rows().filter(|row| is_shown(batch, row.index)) {
            line.clear();
            object.clear();
            if !lines.render(row, &Env::default(), &mut line) {
                assert!(line.is_empty());
            }
            if objects.render_json(row, &Env::default(), &mut object) {
                assert!(object.starts_with(b"{") && object.ends_with(b"}"));
            } else {
                assert!(object.is_empty());
            }
            printed += 1;
        }
    }
    Some(printed)
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&len, rest)) = bytes.split_first() else { return };
    let (text, capture) = rest.split_at(usize::from(len).min(rest.len()));
    let Ok(text) = std::str::from_utf8(text) else { return };
    for view in VIEWS {
        if let Err(errors) = Format::compile(text, view) {
            assert!(errors.iter().all(|error| error.span.end <= text.len() && !error.render(text).is_empty()));
            continue;
        }
        let given = batches(capture.to_vec(), view);
        if print(text, &given, view) == Some(0) {
            print(text, &plausible(view), view);
        }
    }
});
