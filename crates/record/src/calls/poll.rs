//! Parameters of poll(2) and ppoll(2): lists of descriptors with flags.

use super::Moment;
use super::convert::{Convert, Poll};

/// So many descriptors are kept.
const MOST: usize = 16;

/// The bytes of one descriptor in the kernel's form: it, the events asked for, and those that happened.
const SIZE: usize = 8;

/// The descriptors, and what is asked for.
pub fn asked(moment: &mut Moment<'_>) {
    put(moment, 4);
}

/// The descriptors, and what happened.
pub fn answered(moment: &mut Moment<'_>) {
    put(moment, 6);
}

fn put(moment: &mut Moment<'_>, flags_at: usize) {
    let mut bytes = [0; MOST * SIZE];
    let wanted = (moment.arg(1) as u32 as usize).min(MOST) * SIZE;
    let list = bytes.get_mut(..wanted).unwrap_or_default();
    let read = crate::sys::memory::read_to(moment.tid, moment.arg(0), list);
    let list = bytes.get(..read).unwrap_or_default();
    moment.out.param_with(|out| {
        out.extend_from_slice(&((list.len() / SIZE) as u16).to_le_bytes());
        for item in list.chunks_exact(SIZE) {
            let fd = item.first_chunk().map_or(-1, |fd| i32::from_le_bytes(*fd));
            let flags =
                item.get(flags_at..).and_then(|flags| flags.first_chunk()).map_or(0, |f| u16::from_le_bytes(*f));
            out.extend_from_slice(&i64::from(fd).to_le_bytes());
            out.extend_from_slice(&(Poll::convert(flags.into()) as u16).to_le_bytes());
        }
    });
}

/// The low half of the set of signals that an argument points to; 0 if there is none.
pub fn signals<const N: u8>(moment: &mut Moment<'_>) {
    let at = moment.arg(N);
    let set = if at == 0 { None } else { moment.read_u32(at) };
    moment.out.param(&set.unwrap_or(0).to_le_bytes());
}
