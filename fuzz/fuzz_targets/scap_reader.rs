//! Any bytes: the reader ends, goes forward, and hands out only what lies in its chunks.
//!
//! Run with `cargo +nightly fuzz run scap_reader -- -detect_leaks=0`: the thread that unpacks a compressed capture may
//! outlive the reader by a moment, which the leak detector takes for a leak.
#![no_main]

use capture_scap::{Content, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = Reader::from_bytes(bytes.to_vec()) else { return };
    let mut at = 0;
    while let Some(block) = reader.next_block() {
        match block {
            Ok(block) => {
                assert!(block.offset >= at);
                at = block.offset;
                if let Content::Event(event) = block.content {
                    for (i, span) in event.params.iter().enumerate() {
                        assert_eq!(event.param(i).map(<[u8]>::len), Some(span.len as usize));
                    }
                    assert_eq!(event.surplus.of(event.chunk).len(), event.surplus.len as usize);
                    assert_eq!(event.trailing.of(event.chunk).len(), event.trailing.len as usize);
                    event.options();
                }
            }
            Err(damage) => assert!(damage.resumes.is_none_or(|resumes| resumes >= at), "{damage:?}"),
        }
    }
});
