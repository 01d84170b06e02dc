//! Writer of the process list, V9.

use super::{Put, TooLong, block, sized};
use crate::block::process::{ProcessEntry, Tail};
use crate::writer::Target;

/// Readers refuse longer names and paths.
const LONGEST_NAME: u16 = 1024;
/// Readers refuse longer arguments, environments and cgroups.
const LONGEST_LIST: u16 = 4096;

/// Lists add up, so a long one becomes several blocks of about this size.
const BLOCK: usize = 16 << 20;

pub(crate) fn processes(out: &mut Vec<u8>, processes: &[ProcessEntry<'_>], target: Target) -> Result<(), TooLong> {
    let mut rest = processes.iter().peekable();
    loop {
        block(out, 0x215, |out| {
            let start = out.len();
            while out.len() - start < BLOCK
                && let Some(process) = rest.next()
            {
                sized(out, 4, |out| entry(out, process, target));
            }
        })?;
        if rest.peek().is_none() {
            return Ok(());
        }
    }
}

fn entry(out: &mut Vec<u8>, process: &ProcessEntry<'_>, target: Target) {
    [process.tid, process.pid, process.ptid, process.sid, process.vpgid].into_iter().for_each(|id| out.i64(id));
    out.str16(process.comm, LONGEST_NAME);
    out.str16(process.exe, LONGEST_NAME);
    out.str16(process.exepath, LONGEST_NAME);
    out.str16(process.args, LONGEST_LIST);
    out.str16(process.cwd, LONGEST_NAME);
    out.i64(process.fdlimit);
    [process.flags, process.uid, process.gid].into_iter().for_each(|value| out.u32(value));
    [process.vmsize, process.vmrss, process.vmswap].into_iter().for_each(|size| out.u32(size));
    out.u64(process.pfmajor);
    out.u64(process.pfminor);
    out.str16(process.env, LONGEST_LIST);
    out.i64(process.vtid);
    out.i64(process.vpid);
    out.str16(process.cgroups, LONGEST_LIST);
    out.str16(process.root, LONGEST_NAME);
    match target {
        Target::All => old_tail(out, &process.tail),
        Target::AllWithLongTail | Target::Newest => new_tail(out, &process.tail),
    }
}

/// The fields that old readers find at their place, as far as they are known.
fn old_tail(out: &mut Vec<u8>, tail: &Tail) {
    let Some(loginuid) = tail.loginuid else { return };
    out.u32(loginuid);
    let Some(writable) = tail.exe_writable else { return };
    out.u8(writable.into());
    for capabilities in [tail.cap_inheritable, tail.cap_permitted, tail.cap_effective] {
        let Some(capabilities) = capabilities else { return };
        out.u64(capabilities);
    }
}

/// All fields, if there is one that old readers do not find. Then the first two are in front, and a tail that has
/// them must be long; so what is not known has the value that means so.
fn new_tail(out: &mut Vec<u8>, tail: &Tail) {
    let has_new = tail.pidns_init_start_ts.is_some()
        || tail.tty.is_some()
        || tail.exe_upper_layer.is_some()
        || tail.exe_ino.is_some()
        || tail.exe_from_memfd.is_some()
        || tail.exe_lower_layer.is_some()
        || tail.pgid.is_some();
    if !has_new {
        return old_tail(out, tail);
    }
    out.u64(tail.pidns_init_start_ts.unwrap_or(0));
    out.u32(tail.tty.unwrap_or(0));
    out.u32(tail.loginuid.unwrap_or(u32::MAX));
    out.u8(tail.exe_writable.unwrap_or(false).into());
    out.u64(tail.cap_inheritable.unwrap_or(0));
    out.u64(tail.cap_permitted.unwrap_or(0));
    out.u64(tail.cap_effective.unwrap_or(0));
    out.u8(tail.exe_upper_layer.unwrap_or(false).into());
    out.u64(tail.exe_ino.unwrap_or(0));
    out.u64(tail.exe_ino_ctime.unwrap_or(0));
    out.u64(tail.exe_ino_mtime.unwrap_or(0));
    let Some(memfd) = tail.exe_from_memfd else { return };
    out.u8(memfd.into());
    let Some(lower) = tail.exe_lower_layer else { return };
    out.u8(lower.into());
    let Some(pgid) = tail.pgid else { return };
    out.i64(pgid);
}
