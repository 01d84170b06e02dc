//! Any sections with any columns (see `capture_fuzz::plain`): what can be read can be shown, in both views.
#![no_main]

use capture_cap::{File, Reader};
use capture_filter::{Env, Format};
use capture_fuzz::{VIEWS, format_of, is_shown, plain};
use capture_machine::native::batch;
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let file = plain::file(bytes);
    let mut reader = Reader::new(file.as_slice());
    while reader.next_blocks().is_some() {}
    let Some(file) = File::from_bytes(file.into()) else { return };
    let mut out = Vec::new();
    for (segment, at) in file.segments().iter().flat_map(|segment| segment.batches.iter().map(move |at| (segment, at)))
    {
        let Ok(loaded) = file.load(segment).map(Arc::new) else { continue };
        for view in VIEWS {
            file.summaries(segment, view);
            let Ok(late) = file.batch(at, loaded.clone()) else { continue };
            let mut format = Format::compile(format_of(bytes, view), view).expect("each field prints");
            let batch = batch(Arc::new(late), view, loaded.segment.clone(), &[]);
            for row in batch.rows().filter(|row| is_shown(&batch, row.index)) {
                format.render(row, &Env::default(), &mut out);
            }
            out.clear();
        }
    }
});
