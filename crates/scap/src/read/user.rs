//! Parser of the user list.

use super::{Fault, Parsed, list, sized, str16, u8, u32, unsized_entry};
use crate::block::user::User;
use nom::Parser;

pub(crate) fn users(body: &[u8], version: u8) -> (Vec<User<'_>>, Vec<Fault>) {
    match version {
        1 => list(body, unsized_entry(entry)),
        _ => list(body, sized(4, entry)),
    }
}

fn entry(input: &[u8]) -> Parsed<'_, User<'_>> {
    let (rest, kind) = u8("user kind")(input)?;
    if kind == 0 {
        (u32("uid"), u32("gid"), str16("user name"), str16("home directory"), str16("shell"))
            .map(|(uid, gid, name, home, shell)| User::User { uid, gid, name, home, shell })
            .parse(rest)
    } else {
        (u32("gid"), str16("group name")).map(|(gid, name)| User::Group { gid, name }).parse(rest)
    }
}
