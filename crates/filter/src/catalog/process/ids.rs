//! Numbers of processes, sessions, groups, terminals.

use super::{own, parent_process};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_event::ParamType::{Int32, Int64, UInt32};
use capture_event::PrintFormat::Id;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.pid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.pid).filter(|&pid| is_real(pid))),
        "Process id.",
    )
    .classic(Depends::Own, |ask| Extracted::int(own(ask).map(|own| own.pid))),
    field(
        "proc.ppid",
        Int64,
        Id,
        Depends::Actor,
        |ask| Extracted::int(parent_process(ask).map(|own| own.pid).filter(|&pid| is_real(pid))),
        "Process id of the parent. In the exit view a parent that is not known has none.",
    )
    .classic(Depends::Actor, classic_ppid),
    field(
        "proc.vpid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.vpid).filter(|&pid| pid != -1)),
        "Process id inside the process's pid namespace.",
    ),
    field(
        "proc.pvpid",
        Int64,
        Id,
        Depends::Actor,
        |ask| Extracted::int(ask.row.parent().map(|own| own.vpid)),
        "Process id of the parent inside the parent's pid namespace.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.sid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.sid)),
        "Session id, as seen inside the pid namespace; -1 if unknown.",
    ),
    field(
        "proc.pgid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.pgid)),
        "Process group id on the host; -1 if unknown.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.vpgid",
        Int64,
        Id,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.vpgid)),
        "Process group id inside the pid namespace; -1 if unknown.",
    ),
    field(
        "proc.tty",
        UInt32,
        Id,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.tty.into())),
        "Controlling terminal, as the kernel numbers it; 0 for none.",
    )
    .classic(Depends::Own, |ask| Extracted::int(own(ask).map(|own| i64::from(own.tty.cast_signed()))))
    .classic_type(Int32),
    field(
        "proc.loginshellid",
        Int64,
        Id,
        Depends::Actor,
        |ask| Extracted::int(ask.row.lineage().and_then(|lineage| lineage.login_shell)),
        "Process id of the oldest shell among the process and its ancestors: it tells sessions of users apart. A \
         shell is what has a name that ends in `sh`.",
    ),
];

/// Whether a number can be that of a process; -1 stands for an unknown one.
fn is_real(pid: i64) -> bool {
    (-1..=i64::from(u32::MAX)).contains(&pid)
}

/// The number of the parent, known or not, of a process whose leader is known.
fn classic_ppid<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let lineage = ask.row.lineage().filter(|lineage| !lineage.leader.is_none());
    Extracted::int(lineage.map(|lineage| lineage.ppid))
}
