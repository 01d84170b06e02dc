//! Writer of pcapng options.

use super::{Put, pad};
use crate::block::option::BlockOption;

/// Appends options, and the one that ends them; nothing if there are none. They start at a multiple of four.
pub(crate) fn options(out: &mut Vec<u8>, options: &[BlockOption<'_>]) {
    for option in options {
        let start = out.len();
        out.u16(option.code);
        out.str16(option.value, u16::MAX);
        pad(out, start);
    }
    if !options.is_empty() {
        out.u32(0);
    }
}
