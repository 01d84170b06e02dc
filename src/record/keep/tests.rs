use super::super::wanted::Wanted;
use super::Choice;
use crate::files::{Files, Form, Rotation};
use capture_batch::View;
use capture_event::code;
use capture_event::option::{LOST, Origin};
use capture_filter::{Env, Filter};
use capture_record::stream::stream;
use capture_scap::{Compression, Content, EventBuilder, EventHead, MachineInfo, Reader, Section, Target, Writer};
use jiff::tz::TimeZone;

/// What is left, with a filter that selects no event, of a recording: its codes, and how many events it says are
/// missing.
fn kept(text: &str) -> Vec<(u16, Option<u64>)> {
    let (stream, taker) = stream();
    let mut writer = Writer::new(Vec::new(), Target::All, Compression::None);
    writer.section(&Section { major: 1, minor: 2, options: Vec::new() }).unwrap();
    writer.machine(&MachineInfo::default()).unwrap();
    stream.append().blocks().extend(writer.finish().unwrap());
    let event = |code: u16, ts: u64| {
        let mut appending = stream.append();
        let ts = appending.time(ts);
        let head = EventHead { ts, tid: 5, cpu: 0, code, state_only: false };
        let mut out = EventBuilder::new(appending.blocks(), head, 1);
        out.param(&7u32.to_le_bytes());
        out.finish();
    };
    event(code::GETUID_X, 1);
    stream.gap(Origin::Connector, 3, "nobody asked");
    event(code::GETUID_X, 2);
    event(code::GETGID_X, 3);
    stream.close();
    let directory = tempfile::tempdir().unwrap();
    let name = directory.path().join("kept.scap");
    let filter = Filter::compile(text, View::Classic, &Env::default()).unwrap();
    let choice = Choice {
        wanted: Wanted::of(&filter, false),
        filter: Some(filter),
        limit: None,
        form: Form::Scap,
        target: Target::All,
        files: Files::new(name.clone(), Rotation::default(), TimeZone::UTC).unwrap(),
        rotation: Rotation::default(),
        first: None,
        ring: None,
        is_counted: false,
    };
    choice.keep(taker).unwrap();
    let mut reader = Reader::from_bytes(std::fs::read(name).unwrap()).unwrap();
    let mut events = Vec::new();
    while let Some(block) = reader.next_block() {
        let block = block.unwrap();
        if let Content::Event(event) = &block.content {
            let lost = event.option_places().find(|(code, _)| *code == LOST).map(|(_, place)| place.of(event.chunk));
            events.push((event.code, lost.map(|lost| u64::from_le_bytes(lost.try_into().unwrap()))));
        }
    }
    events
}

#[test]
fn gaps_are_kept_whatever_is_selected() {
    assert_eq!(kept("evt.type=getgid"), [(code::DROP_E, Some(3)), (code::GETGID_X, None)]);
    assert_eq!(kept("evt.type=open"), [(code::DROP_E, Some(3))]);
}
