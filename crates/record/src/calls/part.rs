//! What makes the parameters of most calls: a function a kind of parameter, for an argument by its position.

use super::Moment;
use super::convert;

/// Makes the next parameter of an event.
pub type Part = fn(&mut Moment<'_>);

/// What old readers show for a string that could not be read; they misread one of no length.
const NOT_AVAILABLE: &[u8] = b"<NA>\0";

/// The result: an errno, a descriptor, an id, a count.
pub fn result(moment: &mut Moment<'_>) {
    let result = moment.result;
    moment.out.param(&result.to_le_bytes());
}

/// A parameter that nobody can know here.
pub fn nothing(moment: &mut Moment<'_>) {
    moment.out.param(&[]);
}

/// A descriptor or an id: 32 bits with a sign, in 64.
pub fn int64<const N: u8>(moment: &mut Moment<'_>) {
    let value = i64::from(moment.int(N));
    moment.out.param(&value.to_le_bytes());
}

/// A number of 64 bits.
pub fn u64<const N: u8>(moment: &mut Moment<'_>) {
    let value = moment.arg(N);
    moment.out.param(&value.to_le_bytes());
}

/// The low 32 bits of an argument.
pub fn u32<const N: u8>(moment: &mut Moment<'_>) {
    let value = moment.arg(N) as u32;
    moment.out.param(&value.to_le_bytes());
}

/// The low 16 bits of an argument.
pub fn u16<const N: u8>(moment: &mut Moment<'_>) {
    let value = moment.arg(N) as u16;
    moment.out.param(&value.to_le_bytes());
}

/// The low 8 bits of an argument.
pub fn u8<const N: u8>(moment: &mut Moment<'_>) {
    let value = moment.arg(N) as u8;
    moment.out.param(&[value]);
}

/// Zero in 32 bits: what the schema has for what does not apply.
pub fn zero32(moment: &mut Moment<'_>) {
    moment.out.param(&0u32.to_le_bytes());
}

/// Zero in 64 bits.
pub fn zero64(moment: &mut Moment<'_>) {
    moment.out.param(&0u64.to_le_bytes());
}

/// A string or a path.
pub fn string<const N: u8>(moment: &mut Moment<'_>) {
    moment.string(N);
    let found = moment.kept.strings.iter().find(|(arg, ..)| *arg == N);
    let bytes = found.and_then(|(_, from, to)| moment.kept.bytes.get(*from as usize..*to as usize));
    moment.out.param(bytes.filter(|bytes| !bytes.is_empty()).unwrap_or(NOT_AVAILABLE));
}

/// Flags of open(2) in the schema's numbers.
pub fn open_flags<const N: u8>(moment: &mut Moment<'_>) {
    let flags = convert::open_flags(moment.arg(N) as u32);
    moment.out.param(&flags.to_le_bytes());
}

/// The mode of a file that an open may create; 0 if it creates none.
pub fn open_mode<const FLAGS: u8, const MODE: u8>(moment: &mut Moment<'_>) {
    let mode = convert::open_mode(moment.arg(FLAGS) as u32, moment.arg(MODE) as u32);
    moment.out.param(&mode.to_le_bytes());
}

/// What a call read or wrote: as many bytes of the buffer as its result says, up to the snap length.
pub fn data<const N: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).unwrap_or(0);
    put_data(moment, N, len);
}

/// What a call wrote, or tried to: as many bytes of the buffer as another argument says if it failed.
pub fn written<const N: u8, const LEN: u8>(moment: &mut Moment<'_>) {
    let len = usize::try_from(moment.result).unwrap_or(moment.arg(LEN) as usize);
    put_data(moment, N, len);
}

fn put_data(moment: &mut Moment<'_>, n: u8, len: usize) {
    let (tid, address) = (moment.tid, moment.arg(n));
    let len = len.min(moment.snaplen());
    moment.out.param_with(|out| {
        let _ = crate::sys::memory::read(tid, address, len, out);
    });
}
