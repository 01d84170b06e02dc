//! Parameters of calls about files that fit nowhere else.

use super::{Moment, part};
use std::os::unix::fs::MetadataExt;

/// Three parameters: both descriptors of a new pipe and its inode; -1 and 0 if there is none.
pub fn pipe(moment: &mut Moment<'_>) {
    let ends = descriptors(moment, 0);
    let inode = if moment.has_failed() { 0 } else { inode(moment, ends[0]) };
    ends.iter().for_each(|end| moment.out.param(&i64::from(*end).to_le_bytes()));
    moment.out.param(&inode.to_le_bytes());
}

/// Four parameters: both descriptors of a new pair of sockets, and their inodes.
pub fn socket_pair(moment: &mut Moment<'_>) {
    let ends = descriptors(moment, 3);
    let inodes = if moment.has_failed() { [0; 2] } else { ends.map(|end| inode(moment, end)) };
    ends.iter().for_each(|end| moment.out.param(&i64::from(*end).to_le_bytes()));
    inodes.iter().for_each(|inode| moment.out.param(&inode.to_le_bytes()));
}

/// The two descriptors that a call made.
fn descriptors(moment: &mut Moment<'_>, n: u8) -> [i32; 2] {
    let bytes: Option<[u8; 8]> = if moment.has_failed() { None } else { moment.read_array(moment.arg(n)) };
    let Some([a, b, c, d, e, f, g, h]) = bytes else { return [-1; 2] };
    let ends = [i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h])];
    ends.iter().for_each(|end| moment.process.forget_socket(*end));
    ends
}

fn inode(moment: &Moment<'_>, fd: i32) -> u64 {
    std::fs::metadata(format!("/proc/{}/fd/{fd}", moment.tid)).map_or(0, |file| file.ino())
}

/// The commands of fsconfig(2) with a string, and the one with bytes.
const SET_STRING: u64 = 1;
const SET_BINARY: u64 = 2;
const SET_PATH: u64 = 3;
const SET_PATH_EMPTY: u64 = 4;

/// Two parameters: what fsconfig(2) sets, as bytes and as a string. One of them is there, if it succeeded.
pub fn setting(moment: &mut Moment<'_>) {
    let command = if moment.has_failed() { u64::MAX } else { moment.arg(1) & 0xffff_ffff };
    if command == SET_BINARY {
        super::buffer::given::<3, 4>(moment);
    } else {
        moment.out.param(&[]);
    }
    if matches!(command, SET_STRING | SET_PATH | SET_PATH_EMPTY) {
        part::text::<3>(moment);
    } else {
        moment.out.param(&[]);
    }
}

/// The options of prctl(2) whose argument is a string, and the one that fills in a number.
const SET_NAME: i32 = libc::PR_SET_NAME;
const GET_NAME: i32 = libc::PR_GET_NAME;
const GET_CHILD_SUBREAPER: i32 = libc::PR_GET_CHILD_SUBREAPER;

/// Two parameters: the argument of prctl(2) as a string and as a number, according to its option.
pub fn process_option(moment: &mut Moment<'_>) {
    let option = moment.int(0);
    if matches!(option, SET_NAME | GET_NAME) {
        part::text::<1>(moment);
    } else {
        moment.out.param(&[]);
    }
    let number = match option {
        SET_NAME | GET_NAME => 0,
        GET_CHILD_SUBREAPER => moment.read_u32(moment.arg(1)).map_or(0, |value| (value as i32).into()),
        _ => moment.arg(1) as i64,
    };
    moment.out.param(&number.to_le_bytes());
}
