//! Any bytes: what is read and written has the same events, no damage, and is written the same again.
//!
//! Run with `cargo +nightly fuzz run scap_roundtrip -- -detect_leaks=0`: the thread that unpacks a compressed capture
//! may outlive the reader by a moment, which the leak detector takes for a leak.
#![no_main]

use capture_scap::{Block, Compression, Content, Reader, Section, Target, Writer};
use libfuzzer_sys::fuzz_target;

fn event(block: &Block<'_>) -> Option<String> {
    let Content::Event(event) = &block.content else { return None };
    let (params, options) = (event.params(), event.options());
    let raw = event.raw(&params, &options);
    Some(format!(
        "{} {} {} {} {} {:?} {:?} {:?}",
        raw.ts, raw.tid, raw.cpu, raw.code, raw.dump_flags, params, raw.surplus, options
    ))
}

/// Writes what can be read, and gives its events. `sound`: all of it must be.
fn rewrite(mut reader: Reader, writer: &mut Writer<Vec<u8>>, sound: bool) -> Vec<String> {
    let mut events = Vec::new();
    while let Some(block) = reader.next_block() {
        match block {
            Ok(block) => match writer.block(&block) {
                Ok(()) => events.extend(event(&block)),
                Err(error) => assert!(!sound, "{error}"),
            },
            Err(damage) => assert!(!sound, "{damage}"),
        }
    }
    events
}

fuzz_target!(|bytes: &[u8]| {
    for target in [Target::Newest, Target::All] {
        let Ok(reader) = Reader::from_bytes(bytes.to_vec()) else { return };
        let mut first = Writer::new(Vec::new(), target, Compression::None);
        first.section(&Section::default()).expect("the first block has its place");
        let events = rewrite(reader, &mut first, false);
        let first = first.finish().expect("writing to memory does not fail");

        let mut second = Writer::new(Vec::new(), target, Compression::None);
        let again = Reader::from_bytes(first.clone()).expect("what we write opens");
        assert_eq!(rewrite(again, &mut second, true), events);
        assert!(second.finish().expect("writing to memory does not fail") == first);
    }
});
