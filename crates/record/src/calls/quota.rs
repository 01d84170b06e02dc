//! Parameters of quotactl(2): a command, and a structure that depends on it.

use super::convert::{Convert, QuotaCommand, QuotaFormat, QuotaKind};
use super::part::NOT_AVAILABLE;
use super::{Moment, buffer};

/// The commands of the schema that the parameters depend on.
const QUOTAON: u32 = 0x1;
const GETFMT: u32 = 0x4;
const GETINFO: u32 = 0x8;
const SETINFO: u32 = 0x10;
const GETQUOTA: u32 = 0x20;
const SETQUOTA: u32 = 0x40;
const XGETQUOTA: u32 = 0x400;
const XSETQLIM: u32 = 0x800;

/// The schema's format of a quota file when there is none.
const NO_FORMAT: u32 = 1;

fn command_of(moment: &Moment<'_>) -> u32 {
    QuotaCommand::convert((moment.arg(0) as u32 >> 8).into())
}

/// The command.
pub fn command(moment: &mut Moment<'_>) {
    let command = command_of(moment) as u16;
    moment.out.param(&command.to_le_bytes());
}

/// Whose quota: users or groups.
pub fn kind(moment: &mut Moment<'_>) {
    let kind = QuotaKind::convert(moment.arg(0) & 0xff) as u8;
    moment.out.param(&[kind]);
}

/// The user or the group, where the command is about one.
pub fn id(moment: &mut Moment<'_>) {
    let is_about_one = matches!(command_of(moment), GETQUOTA | SETQUOTA | XGETQUOTA | XSETQLIM);
    let id = if is_about_one { moment.arg(2) as u32 } else { 0 };
    moment.out.param(&id.to_le_bytes());
}

/// The format of the quota file that is turned on.
pub fn format(moment: &mut Moment<'_>) {
    let format = if command_of(moment) == QUOTAON { QuotaFormat::convert(moment.arg(2)) } else { NO_FORMAT };
    moment.out.param(&[format as u8]);
}

/// The path of the quota file that is turned on.
pub fn file(moment: &mut Moment<'_>) {
    if command_of(moment) == QUOTAON { super::part::string::<3>(moment) } else { moment.out.param(NOT_AVAILABLE) }
}

/// Seven parameters: limits and use of one user's quota. What the structure does not have is 0.
pub fn block(moment: &mut Moment<'_>) {
    let is_there = matches!(command_of(moment), GETQUOTA | SETQUOTA);
    let bytes: Option<[u8; 72]> = if is_there { moment.read_array(moment.arg(3)) } else { None };
    let bytes = bytes.unwrap_or([0; 72]);
    let field = |index: usize| bytes.get(index * 8..index * 8 + 8).map_or(0, buffer::number);
    let valid = bytes.get(64..68).map_or(0, buffer::number);
    // The position of each field, and the bit that says whether it is there.
    for (index, bit) in [(0, 1), (1, 1), (2, 2), (3, 4), (4, 4), (6, 0x10), (7, 0x20)] {
        let value = if valid & bit != 0 { field(index) } else { 0 };
        moment.out.param(&value.to_le_bytes());
    }
}

/// Three parameters: the grace times for blocks and inodes, and flags.
pub fn info(moment: &mut Moment<'_>) {
    let is_there = matches!(command_of(moment), GETINFO | SETINFO);
    let bytes: Option<[u8; 24]> = if is_there { moment.read_array(moment.arg(3)) } else { None };
    let bytes = bytes.unwrap_or([0; 24]);
    let valid = bytes.get(20..24).map_or(0, buffer::number);
    let field = |at: usize, len: usize, bit: u64| {
        if valid & bit != 0 { bytes.get(at..at + len).map_or(0, buffer::number) } else { 0 }
    };
    let (blocks, inodes, flags) = (field(0, 8, 1), field(8, 8, 2), field(16, 4, 4));
    moment.out.param(&blocks.to_le_bytes());
    moment.out.param(&inodes.to_le_bytes());
    moment.out.param(&[flags as u8]);
}

/// The format that the kernel reports.
pub fn reported_format(moment: &mut Moment<'_>) {
    let is_there = command_of(moment) == GETFMT;
    let number = if is_there { moment.read_u32(moment.arg(3)) } else { None };
    let format = number.map_or(NO_FORMAT, |number| QuotaFormat::convert(number.into()));
    moment.out.param(&[format as u8]);
}
