//! Every form of an event.

mod common;

use capture_scap::{Content, Form, Reader};
use capture_testkit::{CaptureBuilder, EventBuilder, block};
use common::{read, sound};

/// The event of a capture that has one.
fn one(event: EventBuilder) -> String {
    let all = sound(CaptureBuilder::new().event(event).to_bytes());
    assert_eq!(all.events().len(), 1);
    all.events()[0].to_string()
}

fn open() -> EventBuilder {
    EventBuilder::new(1_500_000_000, 42, 3).cpu(3).i64(-2).str("/x").u32(65).empty().u32(0)
}

const OPEN: &str = r#"Event 1500000000 tid=42 cpu=3 code=3 flags=0 ["\\xfe\\xff\\xff\\xff\\xff\\xff\\xff\\xff", "/x\\x00", "A\\x00\\x00\\x00", "", "\\x00\\x00\\x00\\x00"]"#;

#[test]
fn both_versions_with_and_without_dump_flags() {
    assert_eq!(one(open()), OPEN);
    assert_eq!(one(open().v1()), OPEN);
    assert_eq!(one(open().dump_flags(1)), OPEN.replace("flags=0", "flags=1"));
    assert_eq!(one(open().v1().dump_flags(2)), OPEN.replace("flags=0", "flags=2"));
}

#[test]
fn the_early_block_type() {
    let all = sound(CaptureBuilder::new().block(0x8010_ABCD, &open().v1().body()).to_bytes());
    assert_eq!(all.events(), [OPEN]);
}

#[test]
fn forms_are_told() {
    let container = || EventBuilder::new(1, -1, 324).large().str("{}");
    let capture = CaptureBuilder::new().event(open().v1()).event(open()).event(container().dump_flags(1));
    let mut reader = Reader::from_bytes(capture.to_bytes()).unwrap();
    let mut forms = Vec::new();
    while let Some(block) = reader.next_block() {
        if let Ok(Content::Event(event)) = block.map(|block| block.content) {
            forms.push((event.form, event.state_only()));
        }
    }
    assert_eq!(forms, [(Form::V1, false), (Form::V2, false), (Form::Large, true)]);
}

#[test]
fn events_without_parameters() {
    let none = |event: EventBuilder| assert!(one(event).ends_with("flags=0 []"));
    none(EventBuilder::new(1, 1, 0));
    none(EventBuilder::new(1, 1, 0).v1());
}

#[test]
fn the_number_of_parameters_of_the_old_form() {
    for n in 0..40 {
        let event = (0..n).fold(EventBuilder::new(9, 9, 5), |event, i| event.bytes(&vec![b'p'; i % 5]));
        assert_eq!(one(event.clone().v1()), one(event), "{n} parameters");
    }
}

#[test]
fn wide_lengths_go_by_the_code() {
    let long = "x".repeat(100_000);
    let container = |code| EventBuilder::new(1, -1, code).large().str(&long);
    for code in [324, 402] {
        assert!(one(container(code)).contains(&long));
        // The same in a block that is not of the large kind.
        let all = sound(CaptureBuilder::new().block(0x216, &container(code).body()).to_bytes());
        assert!(all.events()[0].contains(&long));
    }
    let narrow = block(0x221, &open().body());
    assert_eq!(sound(CaptureBuilder::new().raw(&narrow).to_bytes()).events(), [OPEN]);
}

#[test]
fn wide_lengths_of_unknown_codes_go_by_the_block() {
    assert!(one(EventBuilder::new(1, 1, 5000).large().str("new")).contains("new"));
    assert!(one(EventBuilder::new(1, 1, 5000).str("new")).contains("new"));
}

#[test]
fn more_parameters_than_the_schema_has_and_unknown_codes() {
    let many = (0..50u32).fold(EventBuilder::new(1, 1, 4), |event, i| event.u32(i));
    assert_eq!(one(many).matches("x00\"").count(), 50);
    assert!(one(EventBuilder::new(1, 1, 60_000).u8(7)).contains("code=60000"));
}

#[test]
fn old_notifications_are_three_bytes_shorter_than_they_say() {
    for code in [280, 286] {
        let mut body = EventBuilder::new(1, 1, code).v1().str("id").str("text").body();
        let len = u32::from_le_bytes(body[18..22].try_into().unwrap()) + 3;
        body[18..22].copy_from_slice(&len.to_le_bytes());
        for padding in 0..4 {
            let body = [&body[..], &vec![0; padding]].concat();
            let all = sound(CaptureBuilder::new().block(0x204, &body).to_bytes());
            assert!(all.events()[0].ends_with(r#"["id\\x00", "text\\x00"]"#), "{:?}", all.events());
        }
    }
}

#[test]
fn surplus_and_options_are_kept_apart() {
    let text = one(open().surplus(b"new").comment("seen").comment("twice"));
    assert_eq!(text, format!("{OPEN} surplus=new option 1=seen option 1=twice"));
    assert_eq!(one(open().v1().comment("odd")), format!("{OPEN} option 1=odd"));
}

#[test]
fn blocks_that_are_not_padded() {
    let mut capture = CaptureBuilder::new().to_bytes();
    for name in ["/a", "/ab", "/abc", "/abcd"] {
        let body = EventBuilder::new(1, 1, 3).i64(3).str(name).body();
        let len = body.len() as u32 + 12;
        capture.extend([&0x216u32.to_le_bytes()[..], &len.to_le_bytes(), &body, &len.to_le_bytes()].concat());
    }
    assert_eq!(sound(capture).events().len(), 4);
}

#[test]
fn unknown_blocks_before_and_after_events() {
    let capture = CaptureBuilder::new().block(0xBAD, b"abcd").event(open()).block(0xBAD, b"").event(open());
    let all = sound(capture.to_bytes());
    assert_eq!(
        all.of("Unknown"),
        ["Unknown { kind: 2989, body: [97, 98, 99, 100] }", "Unknown { kind: 2989, body: [] }"]
    );
    assert_eq!(all.events(), [OPEN, OPEN]);
}

#[test]
fn several_sections() {
    let capture = CaptureBuilder::new().event(open());
    let all = sound([capture.to_bytes(), capture.to_bytes()].concat());
    assert_eq!((all.of("Section").len(), all.of("Machine").len(), all.events().len()), (2, 2, 2));
}

#[test]
fn tables_after_events_are_read() {
    let entry = capture_testkit::Process::new(9, "late").entry(9);
    let capture = CaptureBuilder::new().event(open()).block(0x215, &entry).event(open());
    assert_eq!(sound(capture.to_bytes()).of("Processes").len(), 1);
}

#[test]
fn lengths_that_do_not_fit_are_damage_and_cost_one_event() {
    let good = block(0x216, &open().body());
    let (event_length, number_of_parameters) = (18, 24);
    for place in [event_length, number_of_parameters] {
        for value in [0u32, 1, 25, 27, 1000, 65_536, u32::MAX - 3, u32::MAX] {
            let mut body = open().body();
            body[place..place + 4].copy_from_slice(&value.to_le_bytes());
            let all = read(CaptureBuilder::new().raw(&good).block(0x216, &body).raw(&good).to_bytes());
            let kept = all.events().iter().filter(|event| **event == OPEN).count();
            assert_eq!(kept, 2, "{value} at {place}");
            let surplus = all.events().len() == 3; // few parameters: the rest is surplus
            assert_eq!(all.damage.len(), usize::from(!surplus), "{value} at {place}: {:?}", all.damage);
        }
    }
}

#[test]
fn one_chunk_serves_many_events() {
    let capture = (0..1000).fold(CaptureBuilder::new(), |capture, i| capture.event(EventBuilder::new(i, 1, 2)));
    let mut reader = Reader::from_bytes(capture.to_gzip()).unwrap();
    let mut chunks = std::collections::BTreeSet::new();
    let mut events = 0;
    while let Some(block) = reader.next_block() {
        if let Content::Event(event) = block.unwrap().content {
            chunks.insert(event.chunk_id);
            events += 1;
        }
    }
    assert_eq!((events, chunks.len()), (1000, 1));
}
