//! Any bytes as a file of the native form: the reader ends and goes forward, and gives blocks that can be read.
#![no_main]

use capture_cap::{File, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::new(bytes);
    let mut at = 0;
    while let Some(piece) = reader.next_blocks() {
        let offset = match &piece {
            Ok(piece) => piece.offset,
            Err(damage) => damage.offset,
        };
        assert!(offset >= at && reader.offset() > offset, "{offset} after {at}");
        at = offset;
    }
    assert_eq!(reader.offset(), bytes.len() as u64);
    File::from_bytes(bytes.to_vec().into());
});
