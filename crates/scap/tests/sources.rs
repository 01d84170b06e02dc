//! Plain and compressed captures, from memory, files and pipes.

mod common;

use capture_scap::{Content, OpenError, Problem, Reader};
use capture_testkit::{CaptureBuilder, EventBuilder, find, skip};
use common::{All, drain, read, sound};
use std::fs::{File, FileTimes};
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A capture of this many events, hard to compress.
fn capture(events: u64) -> Vec<u8> {
    let noise =
        |i: u64| (0..64u64).map(move |j| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(j as u32) >> 7) as u8);
    let one = |i: u64| EventBuilder::new(i, 1, 3).i64(i as i64).bytes(&noise(i).collect::<Vec<u8>>());
    (0..events).fold(CaptureBuilder::new(), |capture, i| capture.event(one(i))).to_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
    let info = FrameInfo::new().block_size(BlockSize::Max64KB).block_checksums(true);
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Format = (&'static str, fn(&[u8]) -> Vec<u8>);

const FORMATS: [Format; 3] = [("gzip", gzip), ("zstd", zstd), ("lz4", lz4)];

/// A file with these bytes that was last changed an hour ago.
fn old_file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let hour_ago = SystemTime::now() - Duration::from_secs(3600);
    file.as_file().set_times(FileTimes::new().set_modified(hour_ago)).unwrap();
    file
}

fn open(path: &Path) -> All {
    drain(Reader::open(path).unwrap())
}

#[test]
fn every_format_from_memory_and_from_files() {
    let plain = capture(5_000);
    let expected = sound(plain.clone());
    for bytes in [plain.clone(), gzip(&plain), zstd(&plain), lz4(&plain)] {
        // Closed, so that nobody can be seen to write it: a plain one is mapped.
        assert!(open(&old_file(&bytes).into_temp_path()) == expected);
        let fresh = old_file(&bytes);
        fresh.as_file().set_modified(SystemTime::now()).unwrap();
        assert!(open(fresh.path()) == expected);
        assert!(sound(bytes) == expected);
    }
}

#[test]
fn files_written_by_the_compressors_themselves() {
    let plain = old_file(&capture(3000));
    let expected = open(plain.path());
    for (name, options) in [("gzip", "-c"), ("zstd", "-c"), ("zstd", "-c19"), ("lz4", "-c"), ("lz4", "-cBD")] {
        let Some(program) = find(name) else {
            skip(&format!("{name} is not installed"));
            continue;
        };
        let output = program.run([options.as_ref(), plain.path().as_os_str()]);
        assert!(sound(output.stdout) == expected, "{name} {options}");
    }
}

#[test]
fn members_in_a_row_are_one_stream() {
    let plain = capture(1000);
    for (name, compress) in FORMATS {
        let members: Vec<u8> = plain.chunks(777).flat_map(compress).collect();
        assert!(sound(members) == sound(plain.clone()), "{name}");
    }
}

#[test]
fn junk_behind_the_last_member_is_ignored() {
    let plain = capture(10);
    for (name, compress) in FORMATS {
        for junk in [&b"\0"[..], b"junk", &[0; 5000], &[0x1F; 3], &[0x1F, 0x8B]] {
            if name == "gzip" && junk.starts_with(&[0x1F, 0x8B]) {
                continue;
            }
            assert_eq!(sound([&compress(&plain), junk].concat()), sound(plain.clone()), "{name}");
        }
    }
}

#[test]
fn a_cut_member_gives_what_is_readable() {
    let plain = capture(5000);
    for (name, compress) in FORMATS {
        let packed = compress(&plain);
        let all = read(&packed[..packed.len() / 2 + 5]);
        let expected = sound(plain.clone());
        assert!(all.events().len() > 1000, "{name}: {}", all.events().len());
        assert!(expected.events().starts_with(&all.events()), "{name}");
        assert_eq!(all.damage.len(), 1, "{name}: {:?}", all.damage);
    }
    let packed = gzip(&plain);
    let all = read(&packed[..packed.len() / 2]);
    let Problem::Unpack { file_offset, .. } = all.damage[0].problem else { panic!("{}", all.damage[0]) };
    assert_eq!(file_offset, packed.len() as u64 / 2);
}

#[test]
fn cut_at_every_byte() {
    let plain = capture(3);
    for (name, compress) in FORMATS {
        let packed = compress(&plain);
        for len in 0..packed.len() {
            if let Ok(reader) = Reader::from_bytes(packed[..len].to_vec()) {
                let all = drain(reader);
                assert!(sound(plain.clone()).blocks.starts_with(&all.blocks), "{name} {len}");
            }
        }
    }
}

#[test]
fn a_broken_member_costs_itself() {
    let plain = capture(6000);
    for (name, compress) in FORMATS {
        let members: Vec<Vec<u8>> = plain.chunks(plain.len() / 3 + 1).map(compress).collect();
        let mut packed = members.concat();
        let place = members[0].len() + members[1].len() / 2;
        packed[place..place + 64].fill(0xA5);
        let all = read(packed);
        assert!(all.events().len() > 3900, "{name}: {}", all.events().len());
        let last = *sound(plain.clone()).events().last().unwrap() == *all.events().last().unwrap();
        assert!(last, "{name}");
        let unpack = |damage: &&capture_scap::Damage| matches!(damage.problem, Problem::Unpack { .. });
        assert_eq!(all.damage.iter().filter(unpack).count(), 1, "{name}: {:?}", all.damage);
        assert!(all.damage.iter().all(|damage| damage.resumes.is_some()), "{name}: {:?}", all.damage);
    }
}

#[test]
fn a_broken_start_of_a_member_costs_itself() {
    let plain = capture(3000);
    for (name, compress) in FORMATS {
        let members: Vec<Vec<u8>> = plain.chunks(plain.len() / 3 + 1).map(compress).collect();
        let mut packed = members.concat();
        packed[members[0].len()] ^= 1;
        let all = read(packed);
        assert!(all.events().len() > 1990, "{name}: {}", all.events().len());
        assert_eq!(all.damage.len(), 1, "{name}: {:?}", all.damage);
    }
}

#[test]
fn a_wrong_checksum_is_said() {
    let plain = capture(10);
    let mut packed = gzip(&plain);
    let at = packed.len() - 8;
    packed[at] ^= 1;
    let all = read(packed);
    assert_eq!(all.blocks, sound(plain).blocks);
    assert_eq!(all.damage.len(), 1);
}

/// Many places that look like members must not take forever.
#[test]
fn a_million_false_members() {
    let mut packed = gzip(&capture(10));
    packed.truncate(packed.len() - 20);
    packed.extend([0x1F, 0x8B, 0x08, 0x00].repeat(1_000_000));
    assert!(!read(packed).damage.is_empty());
}

#[test]
fn what_unpacks_to_nothing() {
    for (_, compress) in FORMATS {
        assert!(matches!(Reader::from_bytes(compress(b"")), Err(OpenError::Empty)));
        assert!(matches!(Reader::from_bytes(compress(b"hello, this is no capture")), Err(OpenError::NotACapture(_))));
    }
    assert!(matches!(Reader::from_bytes(gzip(&capture(1))[..12].to_vec()), Err(OpenError::Unreadable(_))));
}

#[test]
fn what_cannot_be_opened() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::open(dir.path()), Err(OpenError::NotAFile)));
    assert!(matches!(Reader::open(&dir.path().join("missing")), Err(OpenError::Io(_))));
    assert!(matches!(Reader::open("/dev/null".as_ref()), Err(OpenError::Empty)));
    assert!(matches!(Reader::open("/dev/zero".as_ref()), Err(OpenError::NotACapture(_))));
}

#[test]
fn pipes_are_read_as_they_come() {
    let plain = capture(500);
    for bytes in [plain.clone(), gzip(&plain), zstd(&plain), lz4(&plain)] {
        let (mut from, mut to) = std::io::pipe().unwrap();
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&from));
        if !Path::new(&path).exists() {
            return skip("no /proc");
        }
        let sent = bytes.clone();
        let sender = std::thread::spawn(move || sent.chunks(1000).try_for_each(|piece| to.write_all(piece)));
        let reader = Reader::open(path.as_ref()).unwrap();
        assert_eq!(reader.file_size(), None);
        assert!(drain(reader) == sound(plain.clone()));
        sender.join().unwrap().unwrap();
        assert_eq!(from.read(&mut [0; 10]).unwrap(), 0);
    }
}

/// What is already in a pipe is given out without waiting for more.
#[test]
fn a_pipe_is_not_waited_for() {
    let (from, mut to) = std::io::pipe().unwrap();
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&from));
    if !Path::new(&path).exists() {
        return skip("no /proc");
    }
    let bytes = capture(10);
    to.write_all(&bytes[..bytes.len() - 1]).unwrap();
    let mut reader = Reader::open(path.as_ref()).unwrap();
    for _ in 0..11 {
        assert!(reader.next_block().unwrap().is_ok());
    }
    to.write_all(&bytes[bytes.len() - 1..]).unwrap();
    assert!(reader.next_block().unwrap().is_ok());
}

fn shrink(file: &File, path: &Path) {
    file.set_len(1000).unwrap();
    assert_eq!(path.metadata().unwrap().len(), 1000);
}

/// Reads some events, cuts the file, and reads on.
fn cut_while_reading(file: &tempfile::NamedTempFile) -> (u64, Vec<String>) {
    let mut reader = Reader::open(file.path()).unwrap();
    let (mut events, mut damage) = (0, Vec::new());
    while let Some(block) = reader.next_block() {
        match block.map(|block| block.content) {
            Ok(Content::Event(event)) => {
                assert_eq!(event.param(0), Some(&event.ts.to_le_bytes()[..]));
                events += 1;
                if events == 100 {
                    shrink(file.as_file(), file.path());
                }
            }
            Ok(_) => {}
            Err(found) => damage.push(found.to_string()),
        }
    }
    (events, damage)
}

#[test]
fn a_fresh_file_that_shrinks_while_it_is_read() {
    let file = old_file(&capture(20_000));
    file.as_file().set_modified(SystemTime::now()).unwrap();
    let (events, damage) = cut_while_reading(&file);
    assert!((100..20_000).contains(&events), "{events}");
    assert_eq!(damage.len(), 1, "{damage:?}");
}

/// The file looks settled, but it is open for writing: by this very test.
#[test]
fn a_file_open_for_writing_that_shrinks_while_it_is_read() {
    let file = old_file(&capture(20_000));
    let (events, damage) = cut_while_reading(&file);
    assert!((100..20_000).contains(&events), "{events}");
    assert_eq!(damage.len(), 1, "{damage:?}");
}

#[test]
fn a_file_that_grows_while_it_is_read() {
    let bytes = capture(1000);
    let mut file = old_file(&bytes[..bytes.len() / 2]);
    let mut reader = Reader::open(file.path()).unwrap();
    assert!(reader.next_block().unwrap().is_ok());
    file.write_all(&bytes[bytes.len() / 2..]).unwrap();
    assert!(drain(reader).events() == sound(bytes).events());
}

#[test]
fn progress_is_told_in_bytes_of_the_file() {
    let packed = gzip(&capture(10_000));
    let file = old_file(&packed);
    let mut reader = Reader::open(file.path()).unwrap();
    assert_eq!(reader.file_size(), Some(packed.len() as u64));
    let mut before = 0;
    while reader.next_block().is_some() {
        assert!(reader.file_position() >= before);
        before = reader.file_position();
    }
    assert_eq!(before, packed.len() as u64);
    assert_eq!(reader.counts().events(), 10_000);
}
