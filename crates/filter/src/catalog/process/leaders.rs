//! Leaders of the session and of the process groups.
//!
//! A leader is the process whose id the session or group has, or, when that one is gone, the oldest ancestor that
//! still belongs to it.

use super::own;
use crate::catalog::{Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_event::ParamType::{Bool, CharBuf};
use capture_event::PrintFormat::NA;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.sname",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.session().map_or(&[][..], |leader| &leader.comm))),
        "Name of the session's leader; empty if it is not known.",
    )
    .classic(Depends::Actor, |ask| Extracted::text(ask.row.session().map(|leader| &leader.comm[..]))),
    field(
        "proc.sid.exe",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.session().map_or(&[][..], |leader| &leader.exe))),
        "First argument (`proc.exe`) of the session's leader; empty if it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.sid.exepath",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.session().map_or(&[][..], |leader| &leader.exepath))),
        "Path of the executable (`proc.exepath`) of the session's leader; empty if it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.pgid.name",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.group().map_or(&[][..], |leader| &leader.comm))),
        "Name of the process group's leader; empty if it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.pgid.exe",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.group().map_or(&[][..], |leader| &leader.exe))),
        "First argument (`proc.exe`) of the process group's leader; empty if it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.pgid.exepath",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.group().map_or(&[][..], |leader| &leader.exepath))),
        "Path of the executable (`proc.exepath`) of the process group's leader; empty if it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.vpgid.name",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.vgroup().map_or(&[][..], |leader| &leader.comm))),
        "Name of the leader of the process group with the id `proc.vpgid`; empty if it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.vpgid.exe",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.vgroup().map_or(&[][..], |leader| &leader.exe))),
        "First argument (`proc.exe`) of the leader of the process group with the id `proc.vpgid`; empty if it is not \
         known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.vpgid.exepath",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(own(ask).map(|_| ask.row.vgroup().map_or(&[][..], |leader| &leader.exepath))),
        "Path of the executable (`proc.exepath`) of the leader of the process group with the id `proc.vpgid`; empty if \
         it is not known.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.is_sid_leader",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.sid == own.vpid)),
        "Whether the process leads its session: `proc.sid` equals `proc.vpid`.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.is_pgid_leader",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.pgid == own.pid)),
        "Whether the process leads its process group: `proc.pgid` equals `proc.pid`. A command started from a shell's \
         prompt does, one started by a script does not.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.is_vpgid_leader",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.vpgid == own.vpid)),
        "Whether the process leads its process group inside its pid namespace: `proc.vpgid` equals `proc.vpid`.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];
