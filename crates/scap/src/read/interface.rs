//! Parser of the interface list.

use super::{Fault, Parsed, address, bytes, list, sized, u16, u64, unsized_entry};
use crate::block::interface::Interface;
use nom::Parser;
use nom::combinator::cond;

pub(crate) fn interfaces(body: &[u8], version: u8) -> (Vec<Interface<'_>>, Vec<Fault>) {
    match version {
        1 => list(body, unsized_entry(entry)),
        _ => list(body, sized(0, entry)),
    }
}

/// The true length of a V2 block whose stated length is too small by four bytes an entry: a defect of the reference
/// writers, which count the entries they read from a V1 list as if they had no lengths. `body` starts behind the two
/// words in front and may go on past the block.
pub(crate) fn undercounted_len(body: &[u8], stated: u32) -> Option<u32> {
    let mut rest = body;
    for n in 1.. {
        rest = sized(0, entry)(rest).next?;
        let padded = (body.len() - rest.len()).checked_next_multiple_of(4)?;
        let len = u32::try_from(padded.checked_add(12)?).ok()?;
        let behind = body.get(padded..)?.first_chunk().map(|word| u32::from_le_bytes(*word));
        if len.checked_sub(4 * n) == Some(stated) && behind == Some(stated) {
            return Some(len);
        }
        if len > stated.checked_mul(2)? {
            break;
        }
    }
    None
}

fn entry(input: &[u8]) -> Parsed<'_, Interface<'_>> {
    let (rest, (kind, name_len)) = (u16("interface kind"), u16("length of the interface name")).parse(input)?;
    if !(1..=4).contains(&kind) {
        return Err(nom::Err::Error(Fault::value(input.len(), "interface kind", kind)));
    }
    let v6 = kind == 2 || kind == 4;
    let (rest, (address, netmask, broadcast, speed, name)) = (
        address("address", v6),
        address("netmask", v6),
        address("broadcast address", v6),
        cond(kind <= 2, u64("link speed")),
        bytes("interface name", usize::from(name_len)),
    )
        .parse(rest)?;
    Ok((rest, Interface { name, address, netmask, broadcast, speed }))
}
