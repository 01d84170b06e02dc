//! Nothing is lost: from `.scap` to `.cap` and back.

use capture_cap::{Reader, Writer};
use capture_scap::{Content, Reader as ScapReader};
use capture_testkit::{captures, parallel};
use std::path::{Path, PathBuf};

fn fixtures(below: &str) -> impl Iterator<Item = PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(below);
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "scap"))
}

/// A capture as a `.cap`; what is damaged in it is left out.
fn written(reader: &mut ScapReader) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new()).unwrap();
    while let Some(block) = reader.next_block() {
        if let Ok(block) = block {
            writer.block(&block).unwrap();
        }
    }
    writer.finish().unwrap()
}

/// The blocks of a `.cap`.
fn read(cap: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(cap);
    std::iter::from_fn(|| reader.next_blocks()).flat_map(|piece| piece.unwrap().blocks).collect()
}

#[test]
fn every_block_comes_back() {
    let files: Vec<PathBuf> = fixtures("").chain(fixtures("scenarios")).chain(captures()).collect();
    let check = |path: &PathBuf| {
        let back = read(&written(&mut ScapReader::open(path).unwrap()));
        let (mut original, mut back) = (ScapReader::open(path).unwrap(), ScapReader::from_bytes(back).unwrap());
        let mut blocks = 0;
        while let Some(expected) = original.next_block() {
            let Ok(expected) = expected else { continue };
            let found = back.next_block().unwrap_or_else(|| panic!("{}: block {blocks} is missing", path.display()));
            assert_eq!(found.unwrap().content, expected.content, "{}: block {blocks}", path.display());
            blocks += 1;
        }
        assert!(back.next_block().is_none(), "{}: more than {blocks} blocks", path.display());
        blocks
    };
    parallel(&files, check, |blocks| assert!(blocks > 1));
}

#[test]
fn what_our_recorder_wrote_comes_back_byte_for_byte() {
    for path in fixtures("scenarios") {
        let mut all = Vec::new();
        let mut reader = ScapReader::open(&path).unwrap();
        let cap = written(&mut reader);
        // Unpacked: how it was compressed is not kept.
        let mut unpacked = flate2_read(&path);
        all.append(&mut unpacked);
        assert_eq!(read(&cap), all, "{}", path.display());
    }
}

fn flate2_read(path: &Path) -> Vec<u8> {
    use std::io::Read;
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_damaged_section_costs_no_other_one() {
    let path = fixtures("scenarios").find(|path| path.ends_with("cron-edit.scap")).unwrap();
    let cap = written(&mut ScapReader::open(&path).unwrap());
    let whole = read(&cap).len();
    for at in 0..cap.len() {
        let mut damaged = cap.clone();
        damaged[at] ^= 0x10;
        let mut reader = Reader::new(damaged.as_slice());
        let (mut bytes, mut faults) = (0, 0);
        while let Some(blocks) = reader.next_blocks() {
            match blocks {
                Ok(blocks) => bytes += blocks.blocks.len(),
                Err(damage) => faults += usize::from(damage.offset <= at as u64),
            }
        }
        // Every byte counts, but for the version of the file and of its sections.
        assert!(faults > 0 || bytes == whole, "byte {at}: {bytes} of {whole} bytes, {faults} faults");
        assert!(faults <= 1, "byte {at}: {faults} faults");
    }
    for end in 0..cap.len() {
        let mut reader = Reader::new(&cap[..end]);
        while let Some(blocks) = reader.next_blocks() {
            drop(blocks);
        }
    }
}

#[test]
fn tables_and_events_may_take_turns() {
    let path = fixtures("").find(|path| path.ends_with("intrusion.scap")).unwrap();
    let twice = [std::fs::read(&path).unwrap(), std::fs::read(&path).unwrap()].concat();
    let back = read(&written(&mut ScapReader::from_bytes(twice.clone()).unwrap()));
    let count = |bytes: Vec<u8>| {
        let mut reader = ScapReader::from_bytes(bytes).unwrap();
        let mut events = Vec::new();
        while let Some(block) = reader.next_block() {
            events.push(matches!(block.unwrap().content, Content::Event(_)));
        }
        events
    };
    assert_eq!(count(back), count(twice));
}
