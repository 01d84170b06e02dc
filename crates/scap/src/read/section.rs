//! Parser of the section header.

use super::{Fault, Parsed, bytes, fault, u16, u32, u64};
use crate::block::section::{MAGIC, Section, SectionOption};
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

/// A row of pcapng options, up to the one that ends it.
fn options(body: &[u8]) -> (Vec<SectionOption<'_>>, Vec<Fault>) {
    let (mut options, mut faults) = (Vec::new(), Vec::new());
    let mut input = body;
    while input.len() >= 4 {
        match option(input) {
            Ok((_, SectionOption { code: 0, .. })) => break,
            Ok((next, option)) => {
                options.push(option);
                input = next;
            }
            Err(error) => {
                faults.push(fault(error, input.len()));
                break;
            }
        }
    }
    (options, faults)
}

fn option(input: &[u8]) -> Parsed<'_, SectionOption<'_>> {
    let (rest, (code, len)) = (u16("option code"), u16("option length")).parse(input)?;
    let (rest, value) = bytes("option", usize::from(len))(rest)?;
    let padding = value.len().next_multiple_of(4) - value.len();
    Ok((rest.get(padding..).unwrap_or_default(), SectionOption { code, value }))
}
