//! Where the file lies.

use super::object;
use crate::catalog::{Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_event::ParamType::{Int32, Int64};
use capture_event::PrintFormat::{Dec, Hex};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "fd.dev",
        Int32,
        Hex,
        Depends::Object,
        |ask| Extracted::int(object(ask).map(|object| object.dev.cast_signed().into())),
        "Number of the device that holds the file, major and minor in one.",
    ),
    field(
        "fd.dev.major",
        Int32,
        Dec,
        Depends::Object,
        |ask| Extracted::int(object(ask).map(|object| ((object.dev & 0xfff00) >> 8).into())),
        "Major number of the device that holds the file.",
    ),
    field(
        "fd.dev.minor",
        Int32,
        Dec,
        Depends::Object,
        |ask| Extracted::int(object(ask).map(|object| (object.dev & 0xff | object.dev >> 12 & 0xfff00).into())),
        "Minor number of the device that holds the file.",
    ),
    field(
        "fd.ino",
        Int64,
        Dec,
        Depends::Object,
        |ask| Extracted::int(object(ask).map(|object| object.ino.cast_signed())),
        "Inode number of the file; 0 if unknown.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];
