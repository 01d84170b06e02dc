//! Parser of the section header.

use super::option::options;
use super::{Fault, fault, u16, u32, u64};
use crate::block::section::{MAGIC, Section};
use nom::Parser;

/// The header, and what is wrong with its options.
pub(crate) fn section(body: &[u8]) -> Result<(Section<'_>, Vec<Fault>), Fault> {
    let left = body.len();
    let (rest, (magic, major, minor, _length)) =
        (u32("byte order magic"), u16("major version"), u16("minor version"), u64("section length"))
            .parse(body)
            .map_err(|error| fault(error, left))?;
    if magic != MAGIC {
        return Err(Fault::value(left, "byte order magic", magic));
    }
    if major > 1 {
        return Err(Fault::value(left.saturating_sub(4), "major version", major));
    }
    let (options, faults) = options(rest);
    Ok((Section { major, minor, options }, faults))
}
