//! Captures that are not as they should be: the message, the readable events, the status; no panic, no hang, no
//! memory without bounds.
//!
//! The same damage goes through the library, where it is cheap, at every place; the program itself runs on a sample.

use crate::support::{Ran, fixture, run};
use capture_batch::{Needs, View};
use capture_filter::format::{Format, preset};
use capture_filter::{Env, Filter, Selection};
use capture_machine::replay::{Piece, Replay};
use capture_scap::{Content, Reader};
use capture_testkit::{CaptureBuilder, EventBuilder, parallel};
use std::path::Path;

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }
}

/// A fixture that is not compressed, with an event of every kind of parameter.
fn plain() -> Vec<u8> {
    std::fs::read(fixture("failed-open")).unwrap()
}

/// What the library makes of a capture: its lines, and how many places are damaged. `None` if it is none.
fn read(bytes: &[u8], view: View) -> Option<(Vec<String>, usize)> {
    let env = Env { buffer_limit: Some(80), ..Env::default() };
    let mut format = Format::compile(preset::DEFAULT, view).unwrap();
    let filter = Filter::compile("evt.num exists or fd.name contains x and proc.aname[2]=y", view, &env).unwrap();
    let mut columns = filter.columns();
    let reader = Reader::from_bytes(bytes.to_vec()).ok()?;
    let mut replay = Replay::new(reader, view, Needs::all(), "x");
    let (mut lines, mut damaged) = (Vec::new(), 0);
    while let Some(piece) = replay.next_piece() {
        match piece {
            Piece::Damage(damage) => {
                assert!(!damage.to_string().is_empty());
                damaged += 1;
            }
            Piece::Batch(batch) => {
                let selected = columns.select(&batch, &Selection::all(batch.len()));
                for row in selected.iter().filter_map(|row| batch.row(row)) {
                    let mut line = Vec::new();
                    format.render(row, &env, &mut line);
                    lines.push(String::from_utf8_lossy(&line).into_owned());
                }
            }
        }
    }
    Some((lines, damaged))
}

/// Where the blocks of a capture end, and how many events were complete by then.
fn ends(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut reader = Reader::from_bytes(bytes.to_vec()).unwrap();
    let (mut ends, mut events) = (Vec::new(), 0);
    while let Some(block) = reader.next_block() {
        let block = block.unwrap();
        events += usize::from(matches!(block.content, Content::Event(_)));
        ends.push((block.offset as usize + block.len as usize, events));
    }
    ends
}

/// The program's answer to a capture in a file called `x.scap`.
fn query(dir: &Path, bytes: &[u8]) -> Ran {
    let path = dir.join("x.scap");
    std::fs::write(&path, bytes).unwrap();
    let ran = run(["query", "--view", "classic", "-r", path.to_str().unwrap()]);
    ran.assert_sound();
    match ran.status {
        0 => assert_eq!(ran.stderr, ""),
        1 => assert!(ran.stderr.contains("x.scap: byte ") && ran.stderr.contains("everything readable"), "{ran:?}"),
        _ => assert!(ran.stderr.contains("x.scap: ") && ran.stdout.is_empty(), "{ran:?}"),
    }
    ran
}

#[test]
fn cut_at_every_byte() {
    let bytes = plain();
    let ends = ends(&bytes);
    let (all, _) = read(&bytes, View::Classic).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for cut in 0..=bytes.len() {
        let part = &bytes[..cut];
        let events = ends.iter().rfind(|(end, _)| *end <= cut).map_or(0, |(_, events)| *events);
        let is_between = ends.iter().any(|(end, _)| *end == cut);
        let expected = (cut >= 12).then(|| (all[..events].to_vec(), usize::from(!is_between)));
        assert_eq!(read(part, View::Classic), expected, "cut at byte {cut}");
        let exit = read(part, View::Exit);
        assert_eq!(exit.map(|(_, damaged)| damaged), expected.as_ref().map(|(_, damaged)| *damaged), "{cut}");
        if cut % 16 < 2 || is_between {
            let ran = query(dir.path(), part);
            let status = expected.as_ref().map_or(2, |(_, damaged)| *damaged as i32);
            assert_eq!(ran.status, status, "cut at byte {cut}: {ran:?}");
            assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), expected.map_or(Vec::new(), |(lines, _)| lines));
        }
    }
}

#[test]
fn a_compressed_capture_cut_at_every_byte() {
    let bytes = std::fs::read(fixture("intrusion")).unwrap();
    assert!(bytes.starts_with(&[0x1f, 0x8b]), "the fixture is compressed");
    let (all, _) = read(&bytes, View::Classic).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for cut in 0..bytes.len() {
        let part = &bytes[..cut];
        let outcome = read(part, View::Classic);
        if let Some((lines, damaged)) = &outcome {
            assert!(all.starts_with(lines) && *damaged > 0, "cut at byte {cut}");
        }
        if cut % 128 == 0 {
            assert_eq!(query(dir.path(), part).status, if outcome.is_some() { 1 } else { 2 });
        }
    }
}

/// Damages a capture in each of these ways, and looks at both views; the program itself sees every `sample`th.
fn try_all(name: &str, damaged: &[Vec<u8>], sample: usize) {
    let dir = tempfile::tempdir().unwrap();
    let both = |bytes: &Vec<u8>| (read(bytes, View::Classic), read(bytes, View::Exit));
    let mut readable = 0;
    parallel(damaged, both, |(classic, exit)| {
        assert_eq!(classic.is_some(), exit.is_some());
        readable += usize::from(classic.is_some());
    });
    assert!(readable > 0, "{name}: nothing readable in any of them");
    for bytes in damaged.iter().step_by(sample) {
        let ran = query(dir.path(), bytes);
        let expected = read(bytes, View::Classic);
        let status = expected.as_ref().map_or(2, |(_, damaged)| i32::from(*damaged > 0));
        assert_eq!(ran.status, status, "{name}: {ran:?}");
    }
}

#[test]
fn single_bits_flipped() {
    for name in ["failed-open", "containers", "intrusion"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let mut numbers = Numbers(7);
        let flipped = |_| {
            let mut bytes = bytes.clone();
            let at = numbers.below(bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
            bytes
        };
        try_all(name, &(0..300).map(flipped).collect::<Vec<_>>(), 30);
    }
}

#[test]
fn lengths_of_nothing_and_of_4_gib() {
    let bytes = plain();
    let replaced = |at: usize, word: u32| {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        bytes
    };
    let words = (0..bytes.len() - 4).step_by(2);
    let damaged: Vec<_> = words.flat_map(|at| [0, u32::MAX, u32::MAX - 3, 1 << 31].map(|w| replaced(at, w))).collect();
    try_all("lengths", &damaged, 160);
}

#[test]
fn random_bytes() {
    let (bytes, mut numbers) = (plain(), Numbers(11));
    let mut noise = |len: usize| (0..len).map(|_| numbers.below(256) as u8).collect::<Vec<u8>>();
    // Nothing but noise; behind a sound start; in the midst.
    let head = bytes[..ends(&bytes)[0].0].to_vec();
    let damaged: Vec<Vec<u8>> = (0..60)
        .map(|i| match i % 3 {
            0 => noise(i * 50),
            1 => [head.clone(), noise(i * 50)].concat(),
            _ => [&bytes[..i * 20], &noise(i), &bytes[i * 20..]].concat(),
        })
        .collect();
    try_all("noise", &damaged, 4);
}

#[test]
fn memory_is_bounded_whatever_a_length_says() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = plain();
    let end = ends(&bytes)[0].0;
    for word in [0x3FFF_FFFCu32, 0x7FFF_FFFC, 0xFFFF_FFFC] {
        for at in [end + 4, end + 8, end + 12] {
            let mut hostile = bytes.clone();
            hostile[at..at + 4].copy_from_slice(&word.to_le_bytes());
            let path = dir.path().join("x.scap");
            std::fs::write(&path, &hostile).unwrap();
            let script = format!("ulimit -v 3000000; exec capture -r '{}'", path.display());
            let ran = crate::support::shell(&script);
            ran.assert_sound();
            assert!(ran.status <= 1, "{ran:?}");
        }
    }
}

/// A capture of more than 20 MB.
fn large() -> Vec<u8> {
    let one = |i: u64| EventBuilder::new(i, 1, 3).i64(i as i64).bytes(&[b'x'; 40]);
    (0..250_000).fold(CaptureBuilder::new(), |capture, i| capture.event(one(i))).to_bytes()
}

#[test]
fn a_file_that_shrinks_while_it_is_read() {
    use std::io::Read;
    let dir = tempfile::tempdir().unwrap();
    let (path, bytes) = (dir.path().join("x.scap"), large());
    assert!(bytes.len() > 20 << 20);
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    for modified in [std::time::SystemTime::now(), hour_ago] {
        std::fs::write(&path, &bytes).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let (mut child, watchdog) = crate::support::start(["-r", path.to_str().unwrap(), "-p", "%evt.num"]);
        let mut stdout = child.stdout.take().unwrap();
        // It has begun, and cannot go far while nobody reads what it writes.
        let mut lines = vec![0; 1];
        stdout.read_exact(&mut lines).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_len(18 << 20).unwrap();
        stdout.read_to_end(&mut lines).unwrap();
        let ran = crate::support::finish(child, watchdog);
        ran.assert_sound();
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.stderr.contains("x.scap: byte ") && ran.stderr.contains("shrank"), "{ran:?}");
        let lines = String::from_utf8(lines).unwrap();
        assert!(lines.lines().eq((1..=lines.lines().count()).map(|n| n.to_string())));
        assert!(lines.lines().count() > 1000);
    }
}

#[test]
fn what_is_no_readable_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret.scap");
    std::fs::copy(fixture("intrusion"), &path).unwrap();
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    std::fs::set_permissions(&path, permissions).unwrap();
    if std::fs::File::open(&path).is_ok() {
        return capture_testkit::skip("who runs this test may read every file");
    }
    let ran = run(["-r", path.to_str().unwrap()]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("secret.scap: Permission denied"), "{ran:?}");
    // In a directory the others are read.
    std::fs::copy(fixture("intrusion"), dir.path().join("open.scap")).unwrap();
    let ran = run(["-r", dir.path().to_str().unwrap()]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("secret.scap: Permission denied") && !ran.stdout.is_empty(), "{ran:?}");
}
