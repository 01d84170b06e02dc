//! Parser of the process list.

use super::{Fault, Parsed, i64, list, sized, str16, u8, u32, u64, unsized_entry};
use crate::block::process::{ProcessEntry, Tail};
use nom::Parser;
use nom::combinator::cond;

pub(crate) fn processes(body: &[u8], version: u8) -> (Vec<ProcessEntry<'_>>, Vec<Fault>) {
    let fields = move |input| entry(input, version);
    match version {
        9 => list(body, sized(4, fields)),
        _ => list(body, unsized_entry(fields)),
    }
}

/// One entry, without its length. The fields of a version and those that came later stand in file order.
fn entry(input: &[u8], version: u8) -> Parsed<'_, ProcessEntry<'_>> {
    let since = |first| version >= first;
    let (rest, (tid, pid, ptid, sid, vpgid)) =
        (i64("tid"), i64("pid"), i64("ptid"), cond(since(6), i64("sid")), cond(since(8), i64("vpgid"))).parse(input)?;
    let (rest, (comm, exe, exepath, args, cwd)) =
        (str16("comm"), str16("exe"), cond(since(7), str16("exepath")), str16("args"), str16("cwd")).parse(rest)?;
    let (rest, (fdlimit, flags, uid, gid)) = (i64("fdlimit"), u32("flags"), u32("uid"), u32("gid")).parse(rest)?;
    let (rest, (vmsize, vmrss, vmswap, pfmajor, pfminor)) = (
        cond(since(2), u32("vmsize")),
        cond(since(2), u32("vmrss")),
        cond(since(2), u32("vmswap")),
        cond(since(2), u64("pfmajor")),
        cond(since(2), u64("pfminor")),
    )
        .parse(rest)?;
    let (rest, (env, vtid, vpid, cgroups, root)) = (
        cond(since(3), str16("env")),
        cond(since(4), i64("vtid")),
        cond(since(4), i64("vpid")),
        cond(since(4), str16("cgroups")),
        cond(since(5), str16("root")),
    )
        .parse(rest)?;
    let (rest, tail) = if since(9) { tail(rest)? } else { (rest, Tail::default()) };
    let entry = ProcessEntry {
        tid,
        pid,
        ptid,
        sid: sid.unwrap_or(-1),
        vpgid: vpgid.unwrap_or(-1),
        comm,
        exe,
        exepath: exepath.unwrap_or_default(),
        args,
        cwd,
        fdlimit,
        flags,
        uid,
        gid,
        vmsize: vmsize.unwrap_or_default(),
        vmrss: vmrss.unwrap_or_default(),
        vmswap: vmswap.unwrap_or_default(),
        pfmajor: pfmajor.unwrap_or_default(),
        pfminor: pfminor.unwrap_or_default(),
        env: env.unwrap_or_default(),
        vtid: vtid.unwrap_or(-1),
        vpid: vpid.unwrap_or(-1),
        cgroups: cgroups.unwrap_or_default(),
        root: root.unwrap_or_default(),
        tail,
    };
    Ok((rest, entry))
}

/// A tail longer than this begins with two fields that shorter ones do not have.
const LONGEST_OLD_TAIL: usize = 29;

fn tail(input: &[u8]) -> Parsed<'_, Tail> {
    let has_front = input.len() > LONGEST_OLD_TAIL;
    let (mut rest, (start, tty)) =
        (cond(has_front, u64("pidns_init_start_ts")), cond(has_front, u32("tty"))).parse(input)?;
    let flag = |byte: u8| byte != 0;
    let tail = Tail {
        pidns_init_start_ts: start,
        tty,
        loginuid: fitting(&mut rest, u32("loginuid")),
        exe_writable: fitting(&mut rest, u8("exe_writable")).map(flag),
        cap_inheritable: fitting(&mut rest, u64("cap_inheritable")),
        cap_permitted: fitting(&mut rest, u64("cap_permitted")),
        cap_effective: fitting(&mut rest, u64("cap_effective")),
        exe_upper_layer: fitting(&mut rest, u8("exe_upper_layer")).map(flag),
        exe_ino: fitting(&mut rest, u64("exe_ino")),
        exe_ino_ctime: fitting(&mut rest, u64("exe_ino_ctime")),
        exe_ino_mtime: fitting(&mut rest, u64("exe_ino_mtime")),
        exe_from_memfd: fitting(&mut rest, u8("exe_from_memfd")).map(flag),
        exe_lower_layer: fitting(&mut rest, u8("exe_lower_layer")).map(flag),
        pgid: fitting(&mut rest, i64("pgid")),
    };
    Ok((rest, tail))
}

/// The field if it still fits. One that does not ends the tail: no later, shorter field may take its bytes.
fn fitting<'r, T>(rest: &mut &'r [u8], mut field: impl FnMut(&'r [u8]) -> Parsed<'r, T>) -> Option<T> {
    match field(rest) {
        Ok((next, value)) => {
            *rest = next;
            Some(value)
        }
        Err(_) => {
            *rest = &[];
            None
        }
    }
}
