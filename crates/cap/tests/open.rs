//! A capture of our own form is read as the one it was made of.

use capture_cap::{Writer, section};
use capture_scap::{Input, OpenError, Problem, Reader};
use std::path::{Path, PathBuf};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/intrusion.scap")
}

fn native(path: &Path) -> Vec<u8> {
    let mut reader = Reader::open(path).unwrap();
    let mut writer = Writer::new(Vec::new()).unwrap();
    while let Some(block) = reader.next_block() {
        writer.block(&block.unwrap()).unwrap();
    }
    writer.finish().unwrap()
}

/// Everything that a reader gives.
fn all(mut reader: Reader) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(block) = reader.next_block() {
        all.push(match block {
            Ok(block) => match &block.content {
                capture_scap::Content::Event(event) => format!("{} {} {:?}", event.ts, event.tid, event.params()),
                content => format!("{content:?}"),
            },
            Err(damage) => format!("damage: {damage}"),
        });
    }
    all
}

#[test]
fn it_is_read_as_the_one_it_was_made_of() {
    let path = sample();
    let cap = native(&path);
    let expected = all(Reader::open(&path).unwrap());
    assert!(expected.len() > 10);
    let open = || capture_cap::of(Input::from_bytes(cap.clone())).unwrap();
    assert_eq!(all(open()), expected);
    assert_eq!(all(open().ahead()), expected);
    assert_eq!(open().file_size(), Some(cap.len() as u64));
    let mut reader = open();
    assert_eq!(reader.head().len(), Reader::open(&path).unwrap().head().len());
    while reader.next_block().is_some() {}
    // Up to the last section that has blocks: what stands behind it is for those who read in any order.
    let is_beside = |at: usize| matches!(cap[at + 4].into(), section::SUMMARIES | section::INDEX);
    let behind = (0..cap.len()).find(|&at| section::find(&cap[at..]) == Some(0) && is_beside(at));
    assert_eq!(reader.file_position(), behind.unwrap_or(cap.len()) as u64);
}

#[test]
fn a_file_is_told_by_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let (path, file) = (sample(), dir.path().join("other.name"));
    std::fs::write(&file, native(&path)).unwrap();
    assert_eq!(all(capture_cap::open(&file).unwrap()), all(capture_cap::open(&path).unwrap()));
}

#[test]
fn damage_has_its_place_in_the_file() {
    let cap = native(&sample());
    let sections: Vec<usize> = (0..cap.len()).filter(|&at| section::find(&cap[at..]) == Some(0)).collect();
    let expected = all(capture_cap::of(Input::from_bytes(cap.clone())).unwrap());
    for &start in sections.iter().skip(1) {
        let mut damaged = cap.clone();
        damaged[start + section::HEADER + 9] ^= 1;
        let read = all(capture_cap::of(Input::from_bytes(damaged)).unwrap());
        let damage: Vec<&String> = read.iter().filter(|line| line.starts_with("damage")).collect();
        assert!(matches!(&*damage, [one] if one.contains(&format!("byte {start}: "))), "{start}: {damage:?}");
        let kind = u16::from_le_bytes([cap[start + 4], cap[start + 5]]);
        let is_beside = matches!(kind, section::SUMMARIES | section::INDEX);
        assert_eq!(read.len() < expected.len(), !is_beside, "{start}");
    }
}

#[test]
fn a_damaged_beginning_costs_nothing_but_itself() {
    let cap = native(&sample());
    let expected = all(capture_cap::of(Input::from_bytes(cap.clone())).unwrap());
    for at in 0..section::HEADER + 4 {
        let mut damaged = cap.clone();
        damaged[at] ^= 0x80;
        let read = match capture_cap::of(Input::from_bytes(damaged)) {
            Ok(reader) => all(reader),
            Err(OpenError::Version(_)) => continue,
            Err(error) => panic!("byte {at}: {error}"),
        };
        assert!(read.ends_with(&expected), "byte {at}");
    }
}

#[test]
fn what_was_cut_gives_whole_sections_and_says_where_it_ends() {
    let cap = native(&sample());
    let mut reader = capture_cap::of(Input::from_bytes(cap[..cap.len() - 1].to_vec())).unwrap();
    let mut damage = Vec::new();
    while let Some(block) = reader.next_block() {
        damage.extend(block.err());
    }
    assert!(matches!(&*damage, [one] if matches!(one.problem, Problem::Truncated { .. })), "{damage:?}");
    assert!(matches!(capture_cap::of(Input::from_bytes(cap[..10].to_vec())), Err(OpenError::TooShort(10))));
}

#[test]
fn a_later_version_is_refused() {
    let mut cap = native(&sample());
    cap[section::HEADER] = 2;
    assert!(matches!(capture_cap::of(Input::from_bytes(cap)), Err(OpenError::Version(2))));
}
