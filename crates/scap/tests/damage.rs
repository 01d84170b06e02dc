//! Damaged captures: what is readable is read, what is not is said, and nothing panics.

mod common;

use capture_scap::{Damage, OpenError, Problem, Reader};
use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process, block};
use common::{All, drain, read, sound};
use proptest::prelude::*;

fn event(i: u64) -> EventBuilder {
    EventBuilder::new(1000 + i, 100, 3).i64(3).str(format!("/file/{i}")).u32(1).u32(0)
}

/// A small capture with a block of every kind.
fn capture() -> CaptureBuilder {
    let ip = |text: &str| text.parse().unwrap();
    CaptureBuilder::new()
        .interface("eth0", ip("10.0.0.5"), ip("255.0.0.0"), ip("10.255.255.255"))
        .user(0, 0, "root", "/root", "/bin/sh")
        .process(Process::new(1, "init"))
        .process(Process::new(100, "bash"))
        .fd(100, Fd::file(3, "/etc/hosts"))
        .event(event(0))
        .event(event(1).v1())
        .event(event(2).dump_flags(1))
        .event(EventBuilder::new(1, -1, 324).large().str("{}"))
        .event(event(4).comment("hm"))
}

/// Where the blocks of a sound capture start, and where it ends.
fn starts(bytes: &[u8]) -> Vec<usize> {
    let mut reader = Reader::from_bytes(bytes.to_vec()).unwrap();
    let mut starts = Vec::new();
    while let Some(block) = reader.next_block() {
        starts.push(block.unwrap().offset as usize);
    }
    starts.push(bytes.len());
    starts
}

#[test]
fn cut_at_every_byte() {
    let (bytes, whole) = (capture().to_bytes(), sound(capture().to_bytes()));
    let starts = starts(&bytes);
    for len in 0..bytes.len() {
        let cut = bytes[..len].to_vec();
        let opened = Reader::from_bytes(cut.clone());
        match len {
            0 => assert!(matches!(opened, Err(OpenError::Empty))),
            1..12 => assert!(matches!(opened, Err(OpenError::TooShort(n)) if n == len as u64), "{len}"),
            _ => {
                let all = drain(opened.unwrap());
                let complete = starts.iter().filter(|start| **start <= len).count() - 1;
                assert_eq!(all.blocks[..complete], whole.blocks[..complete], "{len}");
                let ends_between = starts.contains(&len);
                assert_eq!(all.damage.len(), usize::from(!ends_between), "{len}: {:?}", all.damage);
                if let Some(damage) = all.damage.first() {
                    assert_eq!(damage.offset as usize, starts[complete], "{damage}");
                    assert!(matches!(damage.problem, Problem::Truncated { .. }), "{damage}");
                    assert_eq!(damage.resumes, None);
                }
            }
        }
    }
}

#[test]
fn a_list_that_is_cut_gives_what_it_has() {
    let bytes = CaptureBuilder::new().process(Process::new(1, "init")).process(Process::new(2, "bash")).to_bytes();
    let all = read(&bytes[..bytes.len() - 50]);
    assert!(all.of("Processes").iter().any(|list| list.contains("tid: 1,")), "{:?}", all.blocks);
}

#[test]
fn zero_bytes_at_the_end() {
    for zeros in [1, 7, 8, 12, 4096, 3 << 20] {
        let all = read([capture().to_bytes(), vec![0; zeros]].concat());
        assert_eq!(all.blocks, sound(capture().to_bytes()).blocks);
        assert_eq!(all.damage.len(), 1, "{zeros}");
        assert_eq!(all.damage[0].resumes, None);
    }
}

#[test]
fn zero_bytes_and_other_junk_in_the_middle() {
    let junk: Vec<u8> = (0..997u32).flat_map(|i| (i * 7919).to_le_bytes()).collect();
    for junk in [vec![0; 10], vec![0; 4096], junk.clone(), junk[..5].to_vec()] {
        let start = capture().to_bytes();
        let all = read([&start[..], &junk, &block(0x216, &event(9).body())].concat());
        assert_eq!(all.events().len(), 6);
        let [damage] = &all.damage[..] else { panic!("{:?}", all.damage) };
        assert_eq!((damage.offset, damage.resumes), (start.len() as u64, Some((start.len() + junk.len()) as u64)));
    }
}

/// The capture with the four bytes at `at` of block `index` replaced.
fn with_word(index: usize, at: isize, word: u32) -> (All, usize) {
    let mut bytes = capture().to_bytes();
    let starts = starts(&bytes);
    let place = if at < 0 { starts[index + 1] - at.unsigned_abs() } else { starts[index] + at as usize };
    bytes[place..place + 4].copy_from_slice(&word.to_le_bytes());
    (read(bytes), starts[index])
}

#[test]
fn a_wrong_trailer_is_said_and_costs_nothing() {
    let whole = sound(capture().to_bytes());
    for index in 0..whole.blocks.len() {
        for word in [0, 1, 12, 0xFFFF_FFFF] {
            let (all, _) = with_word(index, -4, word);
            assert_eq!(all.blocks, whole.blocks, "block {index}");
            assert_eq!(all.damage.len(), 1, "block {index}");
            assert!(matches!(all.damage[0].problem, Problem::Trailer { found, .. } if found == word));
        }
    }
}

#[test]
fn a_wrong_length_costs_one_block_at_most() {
    let whole = sound(capture().to_bytes());
    for index in 1..whole.blocks.len() {
        for word in [0, 1, 11, 12, 13, 1 << 16, 1 << 24, u32::MAX - 3, u32::MAX] {
            let (all, start) = with_word(index, 4, word);
            assert_eq!(all.damage[0].offset, start as u64, "block {index}, length {word}: {:?}", all.damage);
            let kept = whole.blocks.iter().filter(|line| all.blocks.contains(line)).count();
            let is_event = whole.blocks[index].starts_with("Event") && !whole.blocks[index].contains("option");
            let least = whole.blocks.len() - usize::from(!is_event);
            assert!(kept >= least, "block {index}, length {word}: {kept} of {least}");
        }
    }
}

#[test]
fn a_wrong_type_makes_an_unknown_block() {
    let whole = sound(capture().to_bytes());
    for index in 1..whole.blocks.len() {
        let (all, _) = with_word(index, 0, 0xDEAD);
        assert_eq!(all.damage, []);
        assert!(all.blocks[index].starts_with("Unknown { kind: 57005"));
        assert_eq!(all.blocks.len(), whole.blocks.len());
    }
}

#[test]
fn a_capture_without_its_start() {
    let bytes = capture().to_bytes();
    for cut in [1, 5, 28, 100, 220] {
        let all = read(&bytes[cut..]);
        assert_eq!(all.events(), sound(capture().to_bytes()).events(), "{cut}");
        assert_eq!(all.damage[0].offset, 0);
    }
}

#[test]
fn what_is_no_capture_is_refused() {
    let refused = |bytes: &[u8]| Reader::from_bytes(bytes.to_vec()).err().unwrap();
    assert!(matches!(refused(b""), OpenError::Empty));
    assert!(matches!(refused(b"GIF"), OpenError::NotACapture(start) if start == b"GIF"));
    assert!(matches!(refused(&[0; 100]), OpenError::NotACapture(_)));
    assert!(matches!(refused(&vec![b'x'; 1 << 20]), OpenError::NotACapture(_)));
    assert!(matches!(
        refused(&[0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        OpenError::NotACapture(_)
    ));
    let mut swapped = capture().to_bytes();
    swapped[8..12].reverse();
    assert!(matches!(refused(&swapped), OpenError::BigEndian));
    assert!(refused(&swapped).to_string().contains("big-endian"));
    let mut later = capture().to_bytes();
    later[12] = 2;
    assert!(matches!(refused(&later), OpenError::Version(2)));
}

#[test]
fn a_later_section_of_another_version_is_damage() {
    let mut later = capture().to_bytes();
    later[12] = 2;
    let all = read([capture().to_bytes(), later].concat());
    assert_eq!((all.of("Section").len(), all.events().len()), (1, 10));
    assert_eq!(all.damage.len(), 1);
}

#[test]
fn lists_with_hostile_lengths() {
    for kind in [0x202, 0x215, 0x203, 0x218, 0x205, 0x219, 0x206, 0x220, 0x201, 0x0A0D_0D0A] {
        for len in [0u32, 1, 3, 4, 5, 0x7FFF_FFFF, u32::MAX] {
            let body = [&len.to_le_bytes()[..]; 64].concat();
            let all = read(CaptureBuilder::new().block(kind, &body).event(event(0)).to_bytes());
            assert_eq!(all.events().len(), 1, "block {kind:#x}, length {len}");
            assert!(all.damage.len() <= 64);
        }
    }
}

#[test]
fn damage_reads_well() {
    let damage = |problem, resumes| Damage { offset: 7, reading: "event", problem, resumes }.to_string();
    assert_eq!(
        damage(Problem::Truncated { needed: 64, present: 10 }, None),
        "byte 7: event: the capture ends here: 64 bytes expected, 10 present; nothing readable follows"
    );
    assert_eq!(
        damage(Problem::BlockLength(3), Some(90)),
        "byte 7: event: 3 cannot be the length of a block; reading goes on at byte 90"
    );
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = Reader::from_bytes(bytes.clone()).map(drain);
        let _ = drain(Reader::from_bytes([capture().to_bytes(), bytes].concat()).unwrap());
    }

    #[test]
    fn random_bodies_never_panic(
        kind in prop::sample::select(vec![0x201, 0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214, 0x215, 0x203,
            0x218, 0x205, 0x219, 0x206, 0x220, 0x204, 0x208, 0x216, 0x217, 0x221, 0x222, 0x0A0D_0D0A]),
        body in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(4), Just(255), any::<u8>()], 0..300),
    ) {
        let all = read(CaptureBuilder::new().block(kind, &body).event(event(0)).to_bytes());
        prop_assert!(all.events().iter().any(|line| line.contains("/file/0")));
    }

    #[test]
    fn flipped_bits_cost_little(flips in proptest::collection::vec((0usize..1400, 0u8..8), 1..4)) {
        let mut bytes = capture().to_bytes();
        let start = 28;
        for &(at, bit) in &flips {
            let at = start + at % (bytes.len() - start);
            bytes[at] ^= 1 << bit;
        }
        let all = read(bytes);
        let whole = sound(capture().to_bytes());
        let kept = whole.blocks.iter().filter(|line| all.blocks.contains(line)).count();
        prop_assert!(kept + 2 * flips.len() >= whole.blocks.len(), "{} of {}", kept, whole.blocks.len());
    }
}
