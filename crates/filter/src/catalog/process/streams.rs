//! Standard input, output and error of the process.

use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_batch::Needs;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.stdin.type",
        CharBuf,
        NA,
        Depends::Live,
        |ask| kind(ask, 0),
        "Type (as in `fd.type`) of descriptor 0, standard input.",
    )
    .needs_too(Needs::STD_STREAMS)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.stdout.type",
        CharBuf,
        NA,
        Depends::Live,
        |ask| kind(ask, 1),
        "Type (as in `fd.type`) of descriptor 1, standard output.",
    )
    .needs_too(Needs::STD_STREAMS)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.stderr.type",
        CharBuf,
        NA,
        Depends::Live,
        |ask| kind(ask, 2),
        "Type (as in `fd.type`) of descriptor 2, standard error.",
    )
    .needs_too(Needs::STD_STREAMS)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.stdin.name",
        CharBuf,
        NA,
        Depends::Live,
        |ask| name(ask, 0),
        "Name (as in `fd.name`) of descriptor 0, standard input.",
    )
    .needs_too(Needs::STD_STREAMS)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.stdout.name",
        CharBuf,
        NA,
        Depends::Live,
        |ask| name(ask, 1),
        "Name (as in `fd.name`) of descriptor 1, standard output.",
    )
    .needs_too(Needs::STD_STREAMS)
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "proc.stderr.name",
        CharBuf,
        NA,
        Depends::Live,
        |ask| name(ask, 2),
        "Name (as in `fd.name`) of descriptor 2, standard error.",
    )
    .needs_too(Needs::STD_STREAMS)
    .flags(FieldFlags::EXIT_ONLY),
];

fn kind<'r>(ask: &Ask<'r>, stream: usize) -> Extracted<'r> {
    let object = ask.row.std_stream(stream);
    Extracted::text(object.and_then(|object| object.fd_type.type_string()).map(str::as_bytes))
}

fn name<'r>(ask: &Ask<'r>, stream: usize) -> Extracted<'r> {
    Extracted::text(ask.row.std_stream(stream).map(|object| &object.name[..]))
}
