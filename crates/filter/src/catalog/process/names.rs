//! Names of the process and its parent: command, first argument, executable, command line, directory.

use super::command::{cmdline, exeline};
use super::{named_parent, own, parent_process};
use crate::catalog::{Depends, Field, FieldFlags, Usual, field};
use crate::value::Extracted;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.name",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(own(ask).map(|own| &own.comm[..])),
        "Name of the process, as the kernel keeps it: at most 15 characters, without the path. A process can rename \
         itself.",
    )
    .usually(LONGEST_NAME),
    field(
        "proc.pname",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(parent_process(ask).map(|own| &own.comm[..])),
        "Name (`proc.name`) of the parent process.",
    )
    .classic(Depends::Actor, |ask| Extracted::text(named_parent(ask).map(|own| &own.comm[..])))
    .usually(LONGEST_NAME),
    field(
        "proc.exe",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(own(ask).map(|own| &own.exe[..])),
        "First argument (argv[0]): usually the program's name, but whoever starts a program may pass any text.",
    ),
    field(
        "proc.pexe",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(parent_process(ask).map(|own| &own.exe[..])),
        "First argument (`proc.exe`) of the parent process.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.exepath",
        CharBuf,
        NA,
        Depends::Program,
        |ask| Extracted::text(own(ask).map(|own| &own.exepath[..])),
        "Full path of the executable, symbolic links resolved where the kernel told it.",
    ),
    field(
        "proc.pexepath",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::text(parent_process(ask).map(|own| &own.exepath[..])),
        "Full path of the executable (`proc.exepath`) of the parent process.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.cmdline",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::owned(own(ask).map(cmdline)),
        "Command line: `proc.name` and `proc.args`.",
    ),
    field(
        "proc.pcmdline",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| Extracted::owned(parent_process(ask).map(cmdline)),
        "Command line (`proc.cmdline`) of the parent process.",
    )
    .classic(Depends::Actor, |ask| Extracted::owned(named_parent(ask).map(cmdline))),
    field(
        "proc.exeline",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::owned(own(ask).map(exeline)),
        "Command line with the first argument as given: `proc.exe` and `proc.args`.",
    ),
    field(
        "proc.cwd",
        CharBuf,
        NA,
        Depends::Own,
        |ask| Extracted::text(own(ask).map(|own| &own.cwd[..])),
        "Current working directory, with a slash at the end.",
    ),
];

/// The kernel cuts longer names.
pub(super) const LONGEST_NAME: Usual = Usual::AtMost(15);
