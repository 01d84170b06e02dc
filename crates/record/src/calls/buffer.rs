//! Parameters that hold what a call read or wrote, from one buffer or from several.

use super::Moment;
use crate::sys::memory;

/// The kernel takes no more buffers at once.
const MOST_BUFFERS: u64 = 1024;

/// What a call read or received: as many bytes of the buffer as its result says, up to the snap length.
pub fn data<const N: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).unwrap_or(0);
    put(moment, moment.arg(N), len);
}

/// What a call wrote, or tried to: as many bytes of the buffer as another argument says if it wrote none.
pub fn written<const N: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    let len = match usize::try_from(moment.result) {
        Ok(len) if len > 0 => len,
        _ => moment.arg(LEN) as usize,
    };
    put(moment, moment.arg(N), len);
}

/// What a call gave to the kernel: as many bytes as another argument says.
pub fn given<const N: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    put(moment, moment.arg(N), moment.arg(LEN) as usize);
}

/// Bytes of the process, up to the snap length.
fn put(moment: &mut Moment<'_>, address: u64, len: usize) {
    put_cut(moment, address, len, moment.snaplen());
}

/// Up to `snaplen` bytes of the process.
pub fn put_cut(moment: &mut Moment<'_>, address: u64, len: usize, snaplen: usize) {
    let (tid, len) = (moment.tid, len.min(snaplen));
    moment.out.param_with(|out| {
        // What cannot be read is absent.
        let _ = memory::read(tid, address, len, out);
    });
}

/// What a call read into several buffers.
pub fn vector_data<const N: u8, const COUNT: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).unwrap_or(0);
    let vector = Vector::read(moment, moment.arg(N), moment.arg(COUNT));
    put_vector(moment, &vector, len, moment.snaplen());
}

/// What a call wrote from several buffers, or tried to.
pub fn vector_written<const N: u8, const COUNT: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).ok().filter(|len| *len > 0).unwrap_or(usize::MAX);
    let vector = Vector::read(moment, moment.arg(N), moment.arg(COUNT));
    put_vector(moment, &vector, len, moment.snaplen());
}

/// What a call copied from or to another process.
pub fn copied<const N: u8, const COUNT: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).unwrap_or(0);
    let vector = Vector::read(moment, moment.arg(N), moment.arg(COUNT));
    put_vector(moment, &vector, len, moment.extent.snaplen);
}

/// How many bytes several buffers hold.
pub fn vector_size<const N: u8, const COUNT: u8>(moment: &mut Moment<'_>) {
    let size = Vector::read(moment, moment.arg(N), moment.arg(COUNT)).size();
    moment.out.param(&size.to_le_bytes());
}

/// How many bytes were read: 0 if the call failed.
pub fn received(moment: &mut Moment<'_>) {
    let size = moment.result.max(0) as u32;
    moment.out.param(&size.to_le_bytes());
}

/// The first bytes that stand in several buffers, up to `snaplen`.
pub fn put_vector(moment: &mut Moment<'_>, vector: &Vector, len: usize, snaplen: usize) {
    let (tid, len) = (moment.tid, len.min(snaplen));
    moment.out.param_with(|out| memory::read_pieces(tid, vector.buffers(), len, out));
}

/// Several buffers, as the process has described them.
pub struct Vector {
    bytes: Vec<u8>,
    word: usize,
}

impl Vector {
    /// Reads the description. It is empty if it cannot be read, or if there are more buffers than the kernel takes.
    pub fn read(moment: &Moment<'_>, address: u64, count: u64) -> Vector {
        let word = moment.word();
        let count = if count > MOST_BUFFERS { 0 } else { count as usize };
        Vector { bytes: moment.read(address, count * 2 * word), word }
    }

    /// Address and length of each.
    fn buffers(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.bytes.chunks_exact(2 * self.word).map(|pair| {
            let (address, length) = pair.split_at(self.word);
            (number(address), number(length))
        })
    }

    /// How many bytes they hold together.
    pub fn size(&self) -> u32 {
        self.buffers().fold(0u32, |sum, (_, length)| sum.wrapping_add(length as u32))
    }
}

/// A number of up to 8 bytes.
pub fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
