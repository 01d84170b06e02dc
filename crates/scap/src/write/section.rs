//! Writer of the section header.

use super::option::options;
use super::{Put, TooLong, block};
use crate::block::section::{MAGIC, Section};
use crate::writer::Target;

/// Old readers expect no options.
pub(crate) fn section(out: &mut Vec<u8>, section: &Section<'_>, target: Target) -> Result<(), TooLong> {
    block(out, 0x0A0D_0D0A, |out| {
        out.u32(MAGIC);
        out.u16(1);
        out.u16(2);
        out.u64(u64::MAX);
        if target == Target::Newest {
            options(out, &section.options);
        }
    })
}
