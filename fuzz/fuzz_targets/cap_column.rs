//! Any bytes as a column, however coded and compressed: it has as many values as it claims, or cannot be read.
//!
//! The bytes: coding, compression, number of values and length (u16 each); the rest is what is stored.
#![no_main]

use capture_cap::Kind;
use capture_cap::column::{Id, Stored};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[coding, compression, c0, c1, l0, l1], stored)) = bytes.split_first_chunk::<6>() else { return };
    let (coding, compression) = (coding & 0x7f, compression & 0x7f);
    let (count, len) = (u16::from_le_bytes([c0, c1]), u16::from_le_bytes([l0, l1]));
    let mut directory = vec![Kind::Time as u8, 0, 0, coding, compression];
    for length in [count.into(), len.into(), stored.len()] {
        directory.extend([length as u8 | 0x80, (length >> 7) as u8 | 0x80, (length >> 14) as u8 & 0x7f]);
    }
    directory.extend(crc32c::crc32c(stored).to_le_bytes());
    let packed = zstd::bulk::compress(&directory, 1).expect("memory is compressed to memory");
    let set =
        [&(packed.len() as u32).to_le_bytes()[..], &crc32c::crc32c(&packed).to_le_bytes(), &packed, stored].concat();

    let columns = Stored::open(&set).expect("the directory is right");
    let id = Id { kind: Kind::Time, code: 0, index: 0 };
    let wide = columns.numbers::<i64>(id);
    if let Ok(numbers) = &wide {
        assert_eq!(numbers.len(), usize::from(count));
    }
    let symbols = columns.symbols(id).map(|mut symbols| std::iter::from_fn(|| symbols.take()).collect::<Vec<_>>());
    assert_eq!(symbols.ok(), wide.as_ref().ok().cloned());
    if let Ok(numbers) = columns.numbers::<u16>(id) {
        assert_eq!(
            numbers.iter().map(|number| i64::from(*number)).collect::<Vec<_>>(),
            wide.expect("wider ones hold it")
        );
    }
    if let Ok(bytes) = columns.bytes(id) {
        assert!(compression == 0 || bytes.len() == usize::from(len));
    }
});
