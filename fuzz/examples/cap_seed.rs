//! Converts a capture to the native form in small batches, and that to its plain form, for corpora.
//!
//!     cargo run --example cap_seed -- IN.scap OUT.cap OUT.plain

use capture_cap::Writer;
use capture_machine::native::Followers;

fn main() {
    let [input, cap, plain]: [String; 3] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("three files");
    let mut reader = capture_scap::Reader::open(input.as_ref()).expect("a capture");
    let writer = Writer::binding(Vec::new(), Box::new(Followers::new())).expect("memory");
    let mut writer = writer.with_batch_events(30);
    while let Some(block) = reader.next_block() {
        if let Ok(block) = block {
            writer.block(&block).expect("memory");
        }
    }
    let file = writer.finish().expect("memory");
    std::fs::write(plain, capture_fuzz::plain::plain(&file)).expect("room");
    std::fs::write(cap, file).expect("room");
}
