//! The frame of sections: what a file is a row of.
//!
//! | offset | type | field |
//! |---|---|---|
//! | 0 | 4 bytes | `A7 43 41 50` |
//! | 4 | u16 | kind |
//! | 6 | u16 | version of the kind |
//! | 8 | u64 | length of what follows the header |
//! | 16 | u32 | number of the section in the file, from 0 |
//! | 20 | u32 | CRC-32C of the 20 bytes before |

/// What sections begin with.
pub const MAGIC: [u8; 4] = [0xA7, b'C', b'A', b'P'];

/// No section is longer.
pub const LONGEST: u64 = 1 << 30;

/// Bytes of a header.
pub const HEADER: usize = 24;

/// The header of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub kind: u16,
    /// The version of its kind.
    pub version: u16,
    /// How many bytes follow the header.
    pub len: u64,
    /// Its number in the file, from 0.
    pub number: u32,
}

/// A section of every file, the first: what the file is, and which version of the format it has.
pub const FILE: u16 = 1;
/// Blocks of a `.scap`.
pub const BLOCKS: u16 = 2;
/// A batch of events.
pub const BATCH: u16 = 3;
/// Interned values that the batches after it name.
pub const ENTITIES: u16 = 4;
/// What the batches of a segment have, behind the last of them.
pub const SUMMARIES: u16 = 5;
/// The last of a file that was finished: which sections it has.
pub const INDEX: u16 = 6;
/// Blocks of a `.scap` of which none is an event, and none is damaged.
pub const TABLES: u16 = 7;

impl Header {
    /// As it is stored.
    pub fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let fields = [
            &MAGIC[..],
            &self.kind.to_le_bytes(),
            &self.version.to_le_bytes(),
            &self.len.to_le_bytes(),
            &self.number.to_le_bytes(),
        ]
        .concat();
        let checksum = crc32c::crc32c(&fields).to_le_bytes();
        bytes.iter_mut().zip(fields.iter().chain(&checksum)).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// The header that these bytes begin with, if it is one.
    pub fn read(bytes: &[u8]) -> Option<Header> {
        let header: &[u8; HEADER] = bytes.first_chunk()?;
        let [m0, m1, m2, m3, k0, k1, v0, v1, len @ .., n0, n1, n2, n3, c0, c1, c2, c3] = *header;
        if [m0, m1, m2, m3] != MAGIC || crc32c::crc32c(header.get(..20)?) != u32::from_le_bytes([c0, c1, c2, c3]) {
            return None;
        }
        let len = u64::from_le_bytes(len);
        (len <= LONGEST).then_some(Header {
            kind: u16::from_le_bytes([k0, k1]),
            version: u16::from_le_bytes([v0, v1]),
            len,
            number: u32::from_le_bytes([n0, n1, n2, n3]),
        })
    }
}

/// Where in these bytes the first header is that is whole.
pub fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(HEADER).position(|bytes| bytes.starts_with(&MAGIC) && Header::read(bytes).is_some())
}
