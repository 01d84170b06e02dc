//! Parameters of semop(2) and semctl(2).

use super::Moment;
use super::convert::{Convert, Semop};

/// Six parameters: number, operation and flags of the first two operations; zeros for those that there are not.
pub fn operations(moment: &mut Moment<'_>) {
    let count = if moment.has_failed() { 0 } else { moment.arg(2) };
    for index in 0..2 {
        let at = moment.arg(1).wrapping_add(index * 6);
        let bytes: Option<[u8; 6]> = if index < count { moment.read_array(at) } else { None };
        let [n0, n1, o0, o1, f0, f1] = bytes.unwrap_or_default();
        let flags = Semop::convert(u16::from_le_bytes([f0, f1]).into()) as u16;
        moment.out.param(&[n0, n1]);
        moment.out.param(&[o0, o1]);
        moment.out.param(&flags.to_le_bytes());
    }
}

/// The value that semctl(2) sets; 0 for its other commands.
pub fn value(moment: &mut Moment<'_>) {
    let value = if moment.int(2) & 0xff == libc::SETVAL { moment.int(3) } else { 0 };
    moment.out.param(&value.to_le_bytes());
}
