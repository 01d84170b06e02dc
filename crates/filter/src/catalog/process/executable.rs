//! The file that was executed.

use super::own;
use crate::catalog::{Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_batch::OwnFlags;
use capture_event::ParamType::{AbsTime, Bool, Int64};
use capture_event::PrintFormat::{Dec, NA};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.is_exe_writable",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.flags.contains(OwnFlags::EXE_WRITABLE))),
        "Whether the user who runs the process may write its executable.",
    ),
    field(
        "proc.is_exe_upper_layer",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.flags.contains(OwnFlags::EXE_UPPER_LAYER))),
        "Whether the executable lies in the upper layer of an overlay file system: it was added or changed after the \
         container had started.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.is_exe_lower_layer",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.flags.contains(OwnFlags::EXE_LOWER_LAYER))),
        "Whether the executable lies in the lower layer of an overlay file system: it came with the container's image.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.is_exe_from_memfd",
        Bool,
        NA,
        Depends::Own,
        |ask| Extracted::bool(own(ask).map(|own| own.flags.contains(OwnFlags::EXE_FROM_MEMFD))),
        "Whether the executable is an anonymous file in memory (memfd_create), that was never on a disk.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.exe_ino",
        Int64,
        Dec,
        Depends::Own,
        |ask| Extracted::int(own(ask).map(|own| own.exe_ino.cast_signed()).filter(|&ino| ino != 0)),
        "Inode number of the executable.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.exe_ino.ctime",
        AbsTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.exe_ino_ctime).filter(|&ts| ts != 0)),
        "When the executable's status last changed (owner, mode, links, contents), ns since the epoch.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.exe_ino.mtime",
        AbsTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.exe_ino_mtime).filter(|&ts| ts != 0)),
        "When the executable's contents last changed, ns since the epoch.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.exe_ino.ctime_duration_proc_start",
        AbsTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.exe_ino_ctime_to_clone).filter(|&ns| ns != 0)),
        "Nanoseconds between the last change of the executable's status and the start of the process.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.exe_ino.ctime_duration_pidns_start",
        AbsTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(own(ask).map(|own| own.exe_ino_pidns_to_ctime).filter(|&ns| ns != 0)),
        "Nanoseconds between the start of the pid namespace and a later change of the executable's status.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];
