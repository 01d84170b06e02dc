//! What the tests of this crate share.
#![allow(dead_code)] // every test file uses a part of it

use capture_scap::{Content, Damage, Reader};

/// What a capture holds, a line a block, and what is wrong with it.
#[derive(Debug, Default, PartialEq)]
pub struct All {
    pub blocks: Vec<String>,
    pub damage: Vec<Damage>,
}

impl All {
    /// The lines that start with a word.
    pub fn of(&self, kind: &str) -> Vec<&str> {
        self.blocks.iter().map(String::as_str).filter(|line| line.starts_with(kind)).collect()
    }

    pub fn events(&self) -> Vec<&str> {
        self.of("Event")
    }
}

/// Reads everything that a reader gives.
pub fn drain(mut reader: Reader) -> All {
    let mut all = All::default();
    while let Some(block) = reader.next_block() {
        match block {
            Ok(block) => all.blocks.push(line(&block.content)),
            Err(damage) => all.damage.push(damage),
        }
    }
    all
}

/// Reads a capture in memory that can be opened.
pub fn read(bytes: impl Into<Vec<u8>>) -> All {
    drain(Reader::from_bytes(bytes.into()).unwrap())
}

/// Reads a capture in memory that has no damage.
pub fn sound(bytes: impl Into<Vec<u8>>) -> All {
    let all = read(bytes);
    assert_eq!(all.damage, []);
    all
}

/// A block in one line.
pub fn line(content: &Content<'_>) -> String {
    let Content::Event(event) = content else { return format!("{content:?}") };
    let texts: Vec<String> = event.params().iter().map(|param| param.escape_ascii().to_string()).collect();
    let mut line = format!(
        "Event {} tid={} cpu={} code={} flags={} {texts:?}",
        event.ts, event.tid, event.cpu, event.code, event.dump_flags
    );
    let surplus = event.surplus.of(event.chunk);
    if !surplus.is_empty() {
        line += &format!(" surplus={}", surplus.escape_ascii());
    }
    for option in event.options() {
        line += &format!(" option {}={}", option.code, option.value.escape_ascii());
    }
    line
}
