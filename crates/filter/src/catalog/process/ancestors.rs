//! The process's ancestors: `proc.a*`, with and without a level.
//!
//! With a level (0 the process, 1 its parent …) a field is an ordinary one. Without, a filter compares all
//! ancestors and needs one that matches.

use super::command::{cmdline, joined, variable};
use super::names::LONGEST_NAME;
use super::{index, own};
use crate::catalog::{Arg, Ask, Depends, Field, FieldFlags, field};
use crate::value::{Extracted, Value, join};
use capture_batch::Own;
use capture_event::ParamType::{CharBuf, Int64};
use capture_event::PrintFormat::{Id, NA};

const FLAGS: FieldFlags = FieldFlags::ARG_ALLOWED
    .union(FieldFlags::ARG_INDEX)
    .union(FieldFlags::NO_RHS)
    .union(FieldFlags::NO_TRANSFORMER)
    .union(FieldFlags::ANY_ANCESTOR);

/// How many levels up a named variable is looked for.
const VARIABLE_LEVELS: usize = 20;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "proc.aname",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| each(ask, |own| Value::text(&own.comm)),
        "Name of an ancestor: `proc.aname[1]` is the parent's. Without a level, a filter looks at all ancestors and \
         output lists them.",
    )
    .usually(LONGEST_NAME)
    .flags(FLAGS),
    field(
        "proc.apid",
        Int64,
        Id,
        Depends::Actor,
        |ask| each(ask, |own| Value::Int(own.pid)),
        "Process id of an ancestor: `proc.apid[1]` is the parent's. Without a level, a filter looks at all ancestors \
         and output gives the process's own.",
    )
    .flags(FLAGS.union(FieldFlags::PRINTS_OWN)),
    field(
        "proc.aexe",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| each(ask, |own| Value::text(&own.exe)),
        "First argument (`proc.exe`) of an ancestor: `proc.aexe[1]` is the parent's. Without a level, a filter looks \
         at all ancestors and output lists them.",
    )
    .flags(FLAGS.union(FieldFlags::EXIT_ONLY)),
    field(
        "proc.aexepath",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| each(ask, |own| Value::text(&own.exepath)),
        "Path of the executable (`proc.exepath`) of an ancestor: `proc.aexepath[1]` is the parent's. Without a level, \
         a filter looks at all ancestors and output lists them.",
    )
    .flags(FLAGS.union(FieldFlags::EXIT_ONLY)),
    field(
        "proc.acmdline",
        CharBuf,
        NA,
        Depends::Actor,
        |ask| each(ask, |own| Value::owned(cmdline(own))),
        "Command line (`proc.cmdline`) of an ancestor: `proc.acmdline[1]` is the parent's. Without a level, a filter \
         looks at all ancestors and output lists them.",
    )
    .flags(FLAGS.union(FieldFlags::EXIT_ONLY)),
    field(
        "proc.aargs",
        CharBuf,
        NA,
        Depends::Actor,
        arguments,
        "Arguments (`proc.args`) of an ancestor: `proc.aargs[1]` are the parent's. Without a level, those of all \
         ancestors as one text.",
    )
    .flags(FieldFlags::ARG_ALLOWED.union(FieldFlags::ARG_INDEX).union(FieldFlags::EXIT_ONLY)),
    field(
        "proc.aenv",
        CharBuf,
        NA,
        Depends::Actor,
        environment,
        "Environment of an ancestor: `proc.aenv[1]` is the parent's as one text, `proc.aenv[HOME]` the nearest \
         ancestor's value of a variable. Without an argument, a filter looks at all ancestors and output gives the \
         process's own.",
    )
    .flags(FLAGS.union(FieldFlags::ARG_KEY).union(FieldFlags::PRINTS_OWN).union(FieldFlags::EXIT_ONLY)),
];

/// A fact of the ancestor at the asked level, or of every ancestor.
fn each<'r>(ask: &Ask<'r>, fact: impl Fn(&'r Own) -> Value<'r>) -> Extracted<'r> {
    if *ask.arg == Arg::None {
        return ask
            .row
            .ancestor(0)
            .map_or(Extracted::None, |_| Extracted::Many(ask.row.searched().map(fact).collect()));
    }
    index(ask.arg).and_then(|n| ask.row.ancestor(n)).map(fact).into()
}

fn arguments<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    if *ask.arg == Arg::None {
        let all: Vec<_> = ask.row.searched().map(|own| joined(&own.args)).collect();
        return Extracted::owned(Some(join(all.iter().map(|args| &args[..]))).filter(|text| !text.is_empty()));
    }
    Extracted::owned(index(ask.arg).and_then(|n| ask.row.ancestor(n)).map(|own| joined(&own.args)))
}

fn environment<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    match ask.arg {
        Arg::Key(name) => {
            let mut values = ask.row.searched().take(VARIABLE_LEVELS).map(|own| variable(own, name));
            Extracted::text(own(ask).map(|_| values.find(|value| !value.is_empty()).unwrap_or_default()))
        }
        Arg::Index(0) => Extracted::owned(own(ask).map(|own| joined(&own.env))),
        // A thread of which not even the process is known.
        Arg::Index(_) if ask.row.ancestor(0).is_none() => Extracted::text(own(ask).map(|_| &[][..])),
        Arg::Index(n) => {
            let above = usize::try_from(*n).ok().and_then(|n| n.checked_sub(1));
            Extracted::owned(above.and_then(|n| ask.row.searched().nth(n)).map(|own| joined(&own.env)))
        }
        Arg::None => each(ask, |own| Value::owned(joined(&own.env))),
    }
}
