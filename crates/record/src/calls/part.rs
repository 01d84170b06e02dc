//! What makes the parameters of most calls: a function a kind of parameter, for an argument by its position.

use super::Moment;
use super::convert::Convert;

/// Makes the next parameter of an event.
pub type Part = fn(&mut Moment<'_>);

/// What old readers show for a string that could not be read; they misread one of no length.
pub const NOT_AVAILABLE: &[u8] = b"<NA>\0";

/// The result: an errno, a descriptor, an id, a count.
pub fn result(moment: &mut Moment<'_>) {
    let result = moment.result;
    moment.out.param(&result.to_le_bytes());
}

/// The result in 32 bits: a user or a group.
pub fn result32(moment: &mut Moment<'_>) {
    let result = moment.result as u32;
    moment.out.param(&result.to_le_bytes());
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

/// The low 32 bits of an argument, in 64.
pub fn u32_in_64<const N: u8>(moment: &mut Moment<'_>) {
    let value = u64::from(moment.arg(N) as u32);
    moment.out.param(&value.to_le_bytes());
}

/// The low 8 bits of an argument.
pub fn u8<const N: u8>(moment: &mut Moment<'_>) {
    let value = moment.arg(N) as u8;
    moment.out.param(&[value]);
}

/// Zero in 8 bits: what the schema has for what a call does not have.
pub fn zero8(moment: &mut Moment<'_>) {
    moment.out.param(&[0]);
}

/// Zero in 32 bits.
pub fn zero32(moment: &mut Moment<'_>) {
    moment.out.param(&0u32.to_le_bytes());
}

/// Flags or a number in the schema's codes, in 8 bits.
pub fn code8<C: Convert, const N: u8>(moment: &mut Moment<'_>) {
    let code = C::convert(moment.arg(N)) as u8;
    moment.out.param(&[code]);
}

/// Flags or a number in the schema's codes, in 16 bits.
pub fn code16<C: Convert, const N: u8>(moment: &mut Moment<'_>) {
    let code = C::convert(moment.arg(N)) as u16;
    moment.out.param(&code.to_le_bytes());
}

/// Flags or a number in the schema's codes, in 32 bits.
pub fn code32<C: Convert, const N: u8>(moment: &mut Moment<'_>) {
    let code = C::convert(moment.arg(N));
    moment.out.param(&code.to_le_bytes());
}

/// A string or a path.
pub fn string<const N: u8>(moment: &mut Moment<'_>) {
    put_string(moment, N, NOT_AVAILABLE);
}

/// A string or a path that only the newest schema has: it is empty if it cannot be read.
pub fn text<const N: u8>(moment: &mut Moment<'_>) {
    put_string(moment, N, &[]);
}

/// A path that the call filled in, if it did.
pub fn filled_string<const N: u8>(moment: &mut Moment<'_>) {
    if moment.has_failed() {
        moment.out.param(NOT_AVAILABLE);
    } else {
        put_string(moment, N, NOT_AVAILABLE);
    }
}

fn put_string(moment: &mut Moment<'_>, n: u8, otherwise: &[u8]) {
    moment.string(n);
    let bytes = moment.kept.string(n);
    moment.out.param(bytes.filter(|bytes| !bytes.is_empty()).unwrap_or(otherwise));
}

/// A number of 32 bits where an argument points to; 0 if it cannot be read.
pub fn u32_at<const N: u8>(moment: &mut Moment<'_>) {
    let value = moment.read_u32(moment.arg(N)).unwrap_or(0);
    moment.out.param(&value.to_le_bytes());
}

/// An offset or another `long` where an argument points to; 0 if it cannot be read.
pub fn long_at<const N: u8>(moment: &mut Moment<'_>) {
    let at = moment.arg(N);
    let value = if at == 0 {
        None
    } else if moment.long() == 4 {
        moment.read_u32(at).map(u64::from)
    } else {
        moment.read_u64(at)
    };
    moment.out.param(&value.unwrap_or(0).to_le_bytes());
}

/// A time where an argument points to, in ns; 0 if it cannot be read.
pub fn time<const N: u8>(moment: &mut Moment<'_>) {
    let time = read_time(moment, N).unwrap_or(0);
    moment.out.param(&time.to_le_bytes());
}

/// A time where an argument points to, in ns, as it was at the enter: the kernel puts there how much of it is left. All
/// ones, which the schema calls none, if there is none.
pub fn time_or_none<const N: u8>(moment: &mut Moment<'_>) {
    let time = match moment.kept.time {
        _ if moment.arg(N) == 0 => u64::MAX,
        Some(time) => time,
        None => *moment.kept.time.insert(read_time(moment, N).unwrap_or(0)),
    };
    moment.out.param(&time.to_le_bytes());
}

fn read_time(moment: &Moment<'_>, n: u8) -> Option<u64> {
    let [seconds, ns] = moment.read_times(moment.arg(n))?;
    Some(seconds.wrapping_mul(1_000_000_000).wrapping_add(ns))
}
