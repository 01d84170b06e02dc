//! Writer of the user list, V2.

use super::{Put, TooLong, block, sized};
use crate::block::user::User;

/// Readers refuse longer strings.
const LONGEST: u16 = 255;

pub(crate) fn users(out: &mut Vec<u8>, users: &[User<'_>]) -> Result<(), TooLong> {
    block(out, 0x220, |out| {
        for user in users {
            sized(out, 4, |out| entry(out, user));
        }
    })
}

fn entry(out: &mut Vec<u8>, user: &User<'_>) {
    match *user {
        User::User { uid, gid, name, home, shell } => {
            out.u8(0);
            out.u32(uid);
            out.u32(gid);
            [name, home, shell].into_iter().for_each(|text| out.str16(text, LONGEST));
        }
        User::Group { gid, name } => {
            out.u8(1);
            out.u32(gid);
            out.str16(name, LONGEST);
        }
    }
}
