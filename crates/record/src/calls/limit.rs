//! Parameters that are limits or ids in structures that the call fills in or reads.

use super::{Moment, buffer};

/// The limits that an argument points to, if the kernel was asked for them: without, both are -1.
pub fn got<const N: u8>(moment: &mut Moment<'_>) {
    let found = if moment.has_failed() { None } else { read_longs(moment, N) };
    put(moment, found);
}

/// The limits that are set, where an argument points to. Both are -1 if they cannot be read.
pub fn set<const N: u8>(moment: &mut Moment<'_>) {
    let found = read_longs(moment, N);
    put(moment, found);
}

/// The new limits of prlimit(2), which are of 64 bits everywhere. Both are -1 if none are set.
pub fn new_of_any<const N: u8>(moment: &mut Moment<'_>) {
    let found = read_wide(moment, N);
    put(moment, found);
}

/// The former limits of prlimit(2). Both are -1 if it was not asked for them.
pub fn old_of_any<const N: u8>(moment: &mut Moment<'_>) {
    let found = if moment.has_failed() { None } else { read_wide(moment, N) };
    put(moment, found);
}

/// Of 32-bit programs, the largest number stands for no limit too.
fn read_longs(moment: &Moment<'_>, n: u8) -> Option<[u64; 2]> {
    let widened = |limit| if limit == u64::from(u32::MAX) { u64::MAX } else { limit };
    let limits = moment.read_longs(moment.arg(n))?;
    Some(if moment.long() == 4 { limits.map(widened) } else { limits })
}

fn read_wide(moment: &Moment<'_>, n: u8) -> Option<[u64; 2]> {
    let at = moment.arg(n);
    let bytes: [u8; 16] = if at == 0 { None } else { moment.read_array(at) }?;
    let (current, most) = bytes.split_at(8);
    Some([buffer::number(current), buffer::number(most)])
}

/// Two parameters: the limit now, and how far it may be raised.
fn put(moment: &mut Moment<'_>, limits: Option<[u64; 2]>) {
    for limit in limits.unwrap_or([u64::MAX; 2]) {
        moment.out.param(&limit.to_le_bytes());
    }
}

/// The capabilities that the thread has after capset(2).
pub fn capabilities(moment: &mut Moment<'_>) {
    let capabilities = moment.facts().capabilities;
    for set in [capabilities.inheritable, capabilities.permitted, capabilities.effective] {
        moment.out.param(&set.to_le_bytes());
    }
}
