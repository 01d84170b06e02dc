//! The exit view's conversion against what the newest libraries made of the same captures, and its table against
//! the reference.

use capture_batch::RowFlags;
use capture_event::code;
use capture_machine::converter::table::{Action, ROWS, Row, Source};
use capture_machine::converter::{Converter, Outcome};
use capture_scap::{Content, EventBlock, Reader};
use capture_testkit::{shared_dir, skip};
use serde_json::Value;
use std::path::Path;

/// Time, thread, CPU, type and parameters of an event.
type Plain = (u64, i64, u16, u16, Vec<Vec<u8>>);

/// Whether an event tells what was there when a capture began. The rewriting program kept those at the beginning
/// to itself and put others there.
fn tells_of_the_beginning(event: &Plain) -> bool {
    matches!(event.3, code::CONTAINER_JSON_2_E | code::USER_ADDED_E | code::GROUP_ADDED_E)
}

fn owned(params: &[&[u8]]) -> Vec<Vec<u8>> {
    params.iter().map(|param| param.to_vec()).collect()
}

/// What `take` makes of the events of a capture, in order.
fn events(path: &Path, mut take: impl FnMut(&EventBlock<'_>) -> Option<Plain>) -> Vec<Plain> {
    let mut reader = Reader::open(path).unwrap();
    let mut events = Vec::new();
    while let Some(block) = reader.next_block() {
        if let Content::Event(event) = block.unwrap().content {
            events.extend(take(&event).filter(|event| !tells_of_the_beginning(event)));
        }
    }
    events
}

/// The events of a capture that a user of the exit view may see.
fn shown(path: &Path) -> Vec<Plain> {
    let mut converter = Converter::new();
    events(path, |event| {
        let (code, params, marks) = match converter.convert(event, 0) {
            Outcome::Dropped => return None,
            Outcome::Unchanged(marks) => (event.code, owned(&event.params()), marks),
            Outcome::Changed(new, marks) => (new.code, owned(&new.slices(event.chunk)), marks),
        };
        let plain = (event.ts, event.tid, event.cpu, code, params);
        (!marks.contains(RowFlags::APPLIED_ONLY)).then_some(plain)
    })
}

/// The events of a rewritten capture.
fn rewritten(path: &Path) -> Vec<Plain> {
    events(path, |event| Some((event.ts, event.tid, event.cpu, event.code, owned(&event.params()))))
}

#[test]
fn every_event_is_converted_as_the_newest_libraries_do() {
    let Some(shared) = shared_dir() else { return skip("shared captures") };
    let captures = shared.join("captures");
    let mut compared = 0;
    for entry in std::fs::read_dir(captures.join("exit-only")).unwrap() {
        let path = entry.unwrap().path();
        let ours = shown(&captures.join(path.file_name().unwrap()));
        let theirs = rewritten(&path);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs, "{}", path.display());
        }
        assert_eq!(ours.len(), theirs.len(), "{}", path.display());
        compared += ours.len();
    }
    assert!(compared > 1000);
}

#[test]
fn a_converted_capture_needs_no_conversion() {
    let Some(shared) = shared_dir() else { return skip("shared captures") };
    for entry in std::fs::read_dir(shared.join("captures/exit-only")).unwrap() {
        let path = entry.unwrap().path();
        assert!(shown(&path) == rewritten(&path), "{}", path.display());
    }
}

fn source(param: &Value) -> Source {
    let index = || param["index"].as_u64().unwrap() as u8;
    match (param["src"].as_str().unwrap(), param["if_missing"].as_str()) {
        ("old", _) => Source::Old(index()),
        ("empty", _) => Source::Empty,
        ("default", _) => Source::Default,
        ("container_json", _) => Source::ContainerJson,
        ("enter", Some("empty")) => Source::EnterOrEmpty(index()),
        ("enter", Some("default")) => Source::EnterOrDefault(index()),
        other => panic!("{other:?}"),
    }
}

fn sources(row: &Value) -> Vec<Source> {
    row["params"].as_array().map(|params| params.iter().map(source).collect()).unwrap_or_default()
}

fn is_row(row: &Row, reference: &Value) -> bool {
    let same = match (row.action, reference["action"].as_str().unwrap()) {
        (Action::Store, "store") | (Action::Pass, "pass") | (Action::StoreAndPass, "store_and_pass") => true,
        (Action::Append(new), "append") => new == sources(reference),
        (Action::Retype(to, new), "retype") => u64::from(to) == reference["to"] && new == sources(reference),
        _ => false,
    };
    same && u64::from(row.code) == reference["code"] && row.count as u64 == reference["nparams"]
}

#[test]
fn the_table_is_that_of_the_reference() {
    let Some(shared) = shared_dir() else { return skip("shared reference") };
    let text = std::fs::read(shared.join("reference/converter.json")).unwrap();
    let reference: Vec<Value> = serde_json::from_slice(&text).unwrap();
    assert_eq!(ROWS.len(), reference.len());
    for row in ROWS {
        let found = reference.iter().find(|r| u64::from(row.code) == r["code"] && row.count as u64 == r["nparams"]);
        assert!(found.is_some_and(|found| is_row(row, found)), "{row:?}");
    }
}
