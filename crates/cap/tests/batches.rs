//! Whatever events are like, they come back; whatever bytes are like, reading them ends.

use capture_cap::batch::{Decoded, Events, encode};
use capture_cap::column::{Columns, Id, Packer, Stored};
use capture_cap::strings::{Interned, Strings};
use capture_cap::{Fault, File, Kind, Reader, Writer};
use capture_event::{Dialect, EventFlags, EventInfo, schema};
use capture_scap::{Content, Reader as ScapReader};
use capture_testkit::{CaptureBuilder, EventBuilder};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Vec<u8>> {
    let widths = prop::sample::select(vec![0usize, 1, 2, 4, 8, 16, 24, 3]);
    prop_oneof![
        4 => (any::<u64>(), 0..64u32, widths).prop_map(|(number, shift, width)| {
            (number >> shift).to_le_bytes().into_iter().cycle().take(width).collect()
        }),
        2 => prop::sample::select(vec!["/etc/passwd\0", "etc/passwd\0", "/root/etc/passwd\0", "x", ""])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// Types that occur together: calls with two events, one with a buffer, one of one event, and ones that no schema has.
fn code() -> impl Strategy<Value = u16> {
    prop_oneof![8 => prop::sample::select(vec![0u16, 1, 2, 3, 4, 5, 6, 7, 306, 307, 16, 152]), 1 => any::<u16>()]
}

fn event() -> impl Strategy<Value = EventBuilder> {
    let head = (0..1000u64, -2..6i64, code(), 0..3u16, prop::option::of(0..3u32));
    let params = prop_oneof![9 => prop::collection::vec(value(), 0..6), 1 => prop::collection::vec(value(), 30..60)];
    let options = prop::collection::vec((prop::sample::select(vec![1u16, 0xCA02, 0xCA03]), value()), 0..3);
    let options = prop_oneof![3 => Just(Vec::new()), 1 => options];
    let surplus = prop_oneof![9 => Just(Vec::new()), 1 => prop::collection::vec(any::<u8>(), 1..9)];
    (head, params, options, surplus, 0..20u8).prop_map(|(head, params, options, surplus, large)| {
        let (ts, tid, code, cpu, flags) = head;
        let event = params.iter().fold(EventBuilder::new(ts, tid, code).cpu(cpu), |event, param| event.bytes(param));
        let event = options.iter().fold(event, |event, (code, value)| event.option(*code, value));
        let event = flags.into_iter().fold(event, EventBuilder::dump_flags).surplus(&surplus);
        // Of some types, the lengths of parameters always have 32 bits.
        let is_wide = |info: &EventInfo| info.flags.contains(EventFlags::LARGE_PAYLOAD);
        if large == 0 || schema::event(code, Dialect::Newest).is_some_and(is_wide) { event.large() } else { event }
    })
}

/// A capture with these events.
fn capture(events: Vec<EventBuilder>) -> Vec<u8> {
    events.into_iter().fold(CaptureBuilder::new(), CaptureBuilder::event).to_bytes()
}

/// How many blocks two captures have in common, from the first on; and whether these are all.
fn common(one: &[u8], other: &[u8]) -> (usize, bool) {
    let [mut one, mut other] = [one, other].map(|capture| ScapReader::from_bytes(capture.to_vec()).unwrap());
    let mut same = 0;
    loop {
        match (one.next_block(), other.next_block()) {
            (None, None) => return (same, true),
            (Some(Ok(one)), Some(Ok(other))) if one.content == other.content => same += 1,
            _ => return (same, false),
        }
    }
}

fn written(capture: &[u8]) -> Vec<u8> {
    let mut reader = ScapReader::from_bytes(capture.to_vec()).unwrap();
    let mut writer = Writer::new(Vec::new()).unwrap();
    while let Some(block) = reader.next_block() {
        block.ok().map_or(Ok(()), |block| writer.block(&block)).unwrap();
    }
    writer.finish().unwrap()
}

fn read(cap: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(cap);
    std::iter::from_fn(|| reader.next_blocks()).filter_map(|piece| piece.ok()).flat_map(|piece| piece.blocks).collect()
}

/// A set of columns with the events of a capture.
fn set(capture: &[u8]) -> Vec<u8> {
    let mut reader = ScapReader::from_bytes(capture.to_vec()).unwrap();
    let mut events = Events::default();
    while let Some(block) = reader.next_block() {
        if let Ok(block) = block
            && let Content::Event(event) = &block.content
        {
            events.push(event);
        }
    }
    encode(&events, &mut Interned::default(), &mut Packer::default())
}

/// Puts a set together again with some columns' content changed, and checksums that are right.
fn changed(set: &[u8], change: impl Fn(Id, &mut Vec<i64>)) -> Vec<u8> {
    let stored = Stored::open(set).unwrap();
    let mut packer = Packer::default();
    let mut columns = Columns::new(&mut packer);
    for (id, _) in stored.sizes() {
        match stored.numbers::<i64>(id) {
            Ok(mut numbers) => {
                change(id, &mut numbers);
                columns.numbers(id, &numbers);
            }
            Err(_) => columns.bytes(id, &stored.bytes(id).unwrap()),
        }
    }
    columns.finish()
}

/// Reads all events of a set.
fn decode(set: &[u8]) -> Result<usize, Fault> {
    let mut strings = Strings::default();
    let decoded = Decoded::read(set, &mut strings)?;
    let mut events = 0;
    decoded.each(&strings, |_| events += 1)?;
    Ok(events)
}

#[test]
fn an_option_may_have_the_code_of_a_type_of_events() {
    let enter = EventBuilder::new(0, 2, 0).bytes(b"").bytes(b"");
    let exit = EventBuilder::new(0, 2, 1).bytes(b"").bytes(b"").option(1, &[7; 16]);
    let capture = capture(vec![enter, exit]);
    assert_eq!(common(&read(&written(&capture)), &capture), (4, true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_come_back(events in prop::collection::vec(event(), 0..120)) {
        let capture = capture(events);
        let (same, is_all) = common(&read(&written(&capture)), &capture);
        prop_assert!(is_all, "differs behind {} blocks", same);
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused(
        events in prop::collection::vec(event(), 1..40), which: prop::sample::Index, at: prop::sample::Index,
        number: i64, shift in 0..64u32, cut: bool,
    ) {
        let set = set(&capture(events));
        let ids: Vec<Id> = Stored::open(&set).unwrap().sizes().map(|(id, _)| id).collect();
        let changed = changed(&set, |id, numbers| {
            if id == ids[which.index(ids.len())] && !numbers.is_empty() {
                let at = at.index(numbers.len());
                numbers[at] = number >> shift;
                numbers.truncate(if cut { at } else { usize::MAX });
            }
        });
        // Whether it can be read depends on the number: that it ends is enough.
        let _ = decode(&changed);
    }
}

#[test]
fn an_event_with_more_parameters_than_a_batch_can_have_comes_back() {
    let odd = (0..40_000).fold(EventBuilder::new(2, 2, 7), |event, _| event.bytes(b"x"));
    let capture = capture(vec![EventBuilder::new(1, 2, 6).i64(3).u32(4), odd, EventBuilder::new(3, 2, 7).i64(4)]);
    let native = written(&capture);
    assert!(matches!(common(&read(&native), &capture), (_, true)));
    assert!(File::from_bytes(native.into()).is_none());
}

#[test]
fn columns_of_unknown_kinds_are_passed_over() {
    let mut set = set(&capture(vec![EventBuilder::new(1, 2, 6).i64(3).u32(4), EventBuilder::new(2, 2, 7).i64(4)]));
    let len = u32::from_le_bytes(set[..4].try_into().unwrap()) as usize;
    let mut directory = zstd::bulk::decompress(&set[8..8 + len], 1 << 20).unwrap();
    let body = set.split_off(8 + len);
    // Kind 127, of all events, bytes as they are, five of them.
    directory.extend([127, 0, 0, 15, 0, 5, 5, 5]);
    directory.extend(crc32c::crc32c(b"hello").to_le_bytes());
    let packed = zstd::bulk::compress(&directory, 1).unwrap();
    let with: Vec<u8> =
        [&(packed.len() as u32).to_le_bytes()[..], &crc32c::crc32c(&packed).to_le_bytes(), &packed, &body, b"hello"]
            .concat();
    assert_eq!(decode(&with), Ok(2));
}

/// A set of one column that claims so much.
fn claiming(kind: Kind, coding: u8, compression: u8, lengths: [u64; 2], stored: &[u8], times: usize) -> Vec<u8> {
    let mut directory = Vec::new();
    for index in 0..times {
        directory.extend([kind as u8, 0, index as u8, coding, compression]);
        for mut length in lengths.into_iter().chain([stored.len() as u64]) {
            while length >= 0x80 {
                directory.push(length as u8 | 0x80);
                length >>= 7;
            }
            directory.push(length as u8);
        }
        directory.extend(crc32c::crc32c(stored).to_le_bytes());
    }
    let packed = zstd::bulk::compress(&directory, 1).unwrap();
    let mut set = [&(packed.len() as u32).to_le_bytes()[..], &crc32c::crc32c(&packed).to_le_bytes(), &packed].concat();
    (0..times).for_each(|_| set.extend(stored));
    set
}

#[test]
fn claims_of_too_much_are_refused() {
    let numbers = |count, times| Stored::open(&claiming(Kind::Int64, 0, 0, [count, 1], &[0], times)).map(|_| ());
    assert_eq!(numbers(1 << 24, 1), Ok(()));
    assert!(matches!(numbers((1 << 24) + 1, 1), Err(Fault::Value(..))));
    assert_eq!(numbers(1 << 20, 16), Ok(()));
    assert!(matches!(numbers(1 << 20, 17), Err(Fault::Value(..))));
    assert!(matches!(numbers(1 << 40, 1), Err(Fault::Value(..))));
    let bytes = |len, times| Stored::open(&claiming(Kind::Data, 15, 1, [len, len], &[0], times)).map(|_| ());
    assert_eq!(bytes(1 << 28, 1), Ok(()));
    assert!(matches!(bytes((1 << 28) + 1, 1), Err(Fault::Value(..))));
    assert!(matches!(bytes(1 << 27, 3), Err(Fault::Value(..))));
}

#[test]
fn a_column_has_as_many_bytes_as_it_claims() {
    let id = Id { kind: Kind::Data, code: 0, index: 0 };
    let packed = zstd::bulk::compress(&[7; 1000], 1).unwrap();
    for (claimed, is_right) in [(999, false), (1000, true), (1001, false), (1 << 28, false)] {
        let set = claiming(Kind::Data, 15, 1, [claimed, claimed], &packed, 1);
        let stored = Stored::open(&set).unwrap();
        assert_eq!(stored.bytes(id).map(|bytes| bytes.len()).is_ok(), is_right, "{claimed}");
    }
}
