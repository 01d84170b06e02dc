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
