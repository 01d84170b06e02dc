//! Parameters of calls that make threads and processes, or execute programs: what `/proc` says of the thread
//! afterwards.

use super::Moment;
use super::convert::{self, Convert};
use super::part::NOT_AVAILABLE;
use super::thread::{put_cloned, put_executed, put_text};
use crate::proc::Facts;
use std::sync::Arc;

/// In the schema's clone flags: the ids that the child sees are not those that we see.
const CHILD_IN_PIDNS: u32 = 0x2000_0000;

/// In place of the position of the flags of clone(2): they are in the structure that clone3(2) takes, or there are
/// none.
pub const CLONE3: u8 = 255;
pub const FORK: u8 = 254;

/// How many bytes of arguments or environment are kept, as by the drivers.
const LONGEST_LIST: usize = 4096;

/// How many arguments of a program that could not be executed are looked at.
const MOST_STRINGS: u64 = 256;

/// Everything behind the result of execve(2) up to the group. `ARGUMENTS` is the position of the list of arguments;
/// that of the environment follows it.
pub fn executed<const ARGUMENTS: u8>(moment: &mut Moment<'_>) {
    let mut facts = moment.facts();
    if moment.has_failed() {
        // What it would have been; the rest is of the program that goes on.
        let list = given_list(moment, ARGUMENTS);
        (facts.exe, facts.args) = split_first(list);
        facts.env = if moment.extent.env { given_list(moment, ARGUMENTS + 1).into() } else { Arc::default() };
    } else if !moment.extent.env {
        facts.env = Arc::default();
    }
    put_executed(&mut moment.out, &facts);
}

/// Everything behind the result of clone(2).
pub fn cloned<const FLAGS: u8>(moment: &mut Moment<'_>) {
    let mut facts = moment.facts();
    if moment.has_failed() {
        (facts.exe, facts.args) = Default::default();
    }
    let flags = clone_flags(moment, FLAGS, &facts);
    let pidns_start = if moment.result == 0 { moment.proc.since_boot(facts.pidns_init_start_ts) } else { 0 };
    put_cloned(&mut moment.out, &facts, flags, pidns_start);
}

fn clone_flags(moment: &Moment<'_>, position: u8, facts: &Facts) -> u32 {
    let given = match position {
        CLONE3 => moment.read_u64(moment.arg(0)).unwrap_or(0),
        FORK => 0,
        n => moment.arg(n),
    };
    let is_in_namespace = facts.vtid != facts.tid || facts.vpid != facts.pid || has_namespace_for_children(moment.tid);
    convert::Clone::convert(given) | if is_in_namespace { CHILD_IN_PIDNS } else { 0 }
}

fn has_namespace_for_children(tid: i32) -> bool {
    let namespace = |name: &str| std::fs::read_link(format!("/proc/{tid}/ns/{name}")).ok();
    namespace("pid_for_children").is_some_and(|of_children| namespace("pid").is_some_and(|own| own != of_children))
}

/// A list of strings as execve(2) takes it, each with its zero byte; what cannot be read ends it.
fn given_list(moment: &Moment<'_>, n: u8) -> Vec<u8> {
    let (start, word) = (moment.arg(n), moment.word() as u64);
    let mut list = Vec::new();
    for index in 0..if start == 0 { 0 } else { MOST_STRINGS } {
        let Some(string @ 1..) = moment.read_word(start.wrapping_add(index * word)) else { break };
        let before = list.len();
        super::read_string(moment.tid, string, &mut list);
        if list.len() == before || list.len() > LONGEST_LIST {
            break;
        }
    }
    if list.len() > LONGEST_LIST {
        list.truncate(LONGEST_LIST - 1);
        list.push(0);
    }
    list
}

/// The first string of a list, without its zero byte, and the others.
fn split_first(list: Vec<u8>) -> (Arc<[u8]>, Arc<[u8]>) {
    let end = list.iter().position(|byte| *byte == 0).unwrap_or(list.len());
    let others = list.get(end + 1..).unwrap_or_default().into();
    (list.get(..end).unwrap_or_default().into(), others)
}

/// The path of execveat(2), which old readers fail on if it is relative: it is completed with the directory, as the
/// kernel does it.
pub fn path_at(moment: &mut Moment<'_>) {
    let (tid, fd) = (moment.tid, moment.int(0));
    let Some(path) = moment.string(1).map(<[u8]>::to_vec) else { return moment.out.param(NOT_AVAILABLE) };
    if path.first() == Some(&b'/') {
        return put_text(&mut moment.out, &path);
    }
    use std::os::unix::ffi::OsStringExt;
    let link = if fd == libc::AT_FDCWD { format!("/proc/{tid}/cwd") } else { format!("/proc/{tid}/fd/{fd}") };
    let directory = std::fs::read_link(link).map(|link| link.into_os_string().into_vec()).unwrap_or_default();
    match (directory.first(), path.is_empty()) {
        (Some(b'/'), true) => put_text(&mut moment.out, &directory),
        (Some(b'/'), false) => put_text(&mut moment.out, &[directory.as_slice(), b"/", &path].concat()),
        _ => moment.out.param(NOT_AVAILABLE),
    }
}

/// What is known of the process is not so any more.
pub fn changed(moment: &mut Moment<'_>) {
    moment.process.facts = None;
}
