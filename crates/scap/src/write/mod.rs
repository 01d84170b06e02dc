//! Writers of blocks, one file for each kind of block; here what they share.
//!
//! Every length is that of the bytes really written: blocks and entries are begun with a length of zero, which is
//! set at their end.

pub(crate) mod build;
pub(crate) mod event;
pub(crate) mod fd;
pub(crate) mod interface;
pub(crate) mod machine;
pub(crate) mod option;
pub(crate) mod process;
pub(crate) mod section;
pub(crate) mod user;

/// Appends values as captures store them.
pub(crate) trait Put {
    fn bytes(&mut self, bytes: &[u8]);

    fn u8(&mut self, value: u8) {
        self.bytes(&[value]);
    }

    fn u16(&mut self, value: u16) {
        self.bytes(&value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    fn i64(&mut self, value: i64) {
        self.bytes(&value.to_le_bytes());
    }

    /// A str16. What is longer than `limit`, which is below 64 KiB, is cut: readers refuse it.
    fn str16(&mut self, text: &[u8], limit: u16) {
        let text = text.get(..usize::from(limit)).unwrap_or(text);
        self.u16(text.len() as u16);
        self.bytes(text);
    }
}

impl Put for Vec<u8> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// What no block can hold: more than 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong(pub u64);

/// Appends a block: type, length, body padded to a multiple of four, length.
pub(crate) fn block(out: &mut Vec<u8>, code: u32, body: impl FnOnce(&mut Vec<u8>)) -> Result<(), TooLong> {
    let start = out.len();
    out.u32(code);
    out.u32(0);
    body(out);
    pad(out, start);
    let len = out.len() - start + 4;
    let Ok(stored) = u32::try_from(len) else {
        out.truncate(start);
        return Err(TooLong(len as u64));
    };
    set_u32(out, start + 4, stored);
    out.u32(stored);
    Ok(())
}

/// Appends zero bytes until the length since `start` is a multiple of four.
fn pad(out: &mut Vec<u8>, start: usize) {
    out.resize(start + (out.len() - start).next_multiple_of(4), 0);
}

/// Appends an entry behind its length, of which the length itself is a part if `counted` is 4, and none if it is 0.
/// Every string in an entry has a limit, so its length fits.
fn sized(out: &mut Vec<u8>, counted: usize, entry: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.u32(0);
    entry(out);
    let len = out.len() - start - 4 + counted;
    set_u32(out, start, len as u32);
}

fn set_u32(out: &mut [u8], at: usize, value: u32) {
    if let Some(bytes) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *bytes = value.to_le_bytes();
    }
}
