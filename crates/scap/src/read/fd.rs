//! Parser of the descriptor list.

use super::{Fault, Parsed, address, fault, i64, list, sized, str16, u8, u16, u32, u64, unsized_entry};
use crate::block::fd::{FdEntry, FdInfo, FdList};
use nom::Parser;
use std::net::SocketAddr;

pub(crate) fn fds(body: &[u8], version: u8) -> Result<(FdList<'_>, Vec<Fault>), Fault> {
    let (rest, tid) = i64("tid")(body).map_err(|error| fault(error, body.len()))?;
    let (entries, faults) = match version {
        1 => list(rest, unsized_entry(|input| entry(input, false))),
        _ => list(rest, sized(4, |input| entry(input, true))),
    };
    Ok((FdList { tid, entries }, faults))
}

/// One entry, without its length. `bounded`: the input ends with the entry.
fn entry(input: &[u8], bounded: bool) -> Parsed<'_, FdEntry<'_>> {
    let (rest, (fd, ino, type_code)) = (i64("fd"), u64("inode"), u8("descriptor type")).parse(input)?;
    let (rest, info) = match type_code {
        3 | 4 => socket(rest, type_code == 4)?,
        5 | 6 => listener(rest, type_code == 6)?,
        8 => unix(rest)?,
        16 => file(rest, bounded)?,
        1 | 2 | 7 | 9..=15 | 17..=21 => str16("descriptor name").map(FdInfo::Named).parse(rest)?,
        0 => (rest, FdInfo::Other(&[])),
        _ if bounded => (&[][..], FdInfo::Other(rest)),
        _ => return Err(nom::Err::Error(Fault::value(rest.len() + 1, "descriptor type", type_code))),
    };
    Ok((rest, FdEntry { fd, ino, type_code, info }))
}

fn socket(input: &[u8], v6: bool) -> Parsed<'_, FdInfo<'_>> {
    let (rest, (source, destination, sport, dport, l4)) = (
        address("source address", v6),
        address("destination address", v6),
        u16("source port"),
        u16("destination port"),
        u8("transport protocol"),
    )
        .parse(input)?;
    let (source, destination) = (SocketAddr::new(source, sport), SocketAddr::new(destination, dport));
    Ok((rest, FdInfo::Socket { source, destination, l4 }))
}

fn listener(input: &[u8], v6: bool) -> Parsed<'_, FdInfo<'_>> {
    (address("address", v6), u16("port"), u8("transport protocol"))
        .map(|(ip, port, l4)| FdInfo::Listener { address: SocketAddr::new(ip, port), l4 })
        .parse(input)
}

fn unix(input: &[u8]) -> Parsed<'_, FdInfo<'_>> {
    (u64("socket source"), u64("socket destination"), str16("socket path"))
        .map(|(source, destination, path)| FdInfo::Unix { source, destination, path })
        .parse(input)
}

fn file(input: &[u8], bounded: bool) -> Parsed<'_, FdInfo<'_>> {
    let (rest, (flags, path)) = (u32("open flags"), str16("path")).parse(input)?;
    let has_device = bounded && rest.len() >= size_of::<u32>();
    let (rest, dev) = nom::combinator::cond(has_device, u32("device")).parse(rest)?;
    Ok((rest, FdInfo::File { flags, path, dev }))
}
