//! Privileges, namespaces, addresses, age.

use super::{any_text, container};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::Extracted;
use capture_event::ParamType::{AbsTime, Bool, CharBuf, RelTime};
use capture_event::PrintFormat::{Dec, NA};

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "container.privileged",
        Bool,
        NA,
        Depends::Program,
        |ask| Extracted::bool(container(ask).map(|container| container.privileged.unwrap_or(false))),
        "Whether the container runs privileged.",
    )
    .classic(Depends::Program, classic_privileged),
    field(
        "container.host_pid",
        Bool,
        NA,
        Depends::Program,
        |ask| shares(ask, 0),
        "Whether it shares the host's pid namespace.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.host_network",
        Bool,
        NA,
        Depends::Program,
        |ask| shares(ask, 1),
        "Whether the container shares the host's network namespace.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.host_ipc",
        Bool,
        NA,
        Depends::Program,
        |ask| shares(ask, 2),
        "Whether it shares the host's ipc namespace.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.ip",
        CharBuf,
        NA,
        Depends::Program,
        |ask| any_text(ask, |container| &container.ip),
        "Address of the container.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.cni.json",
        CharBuf,
        NA,
        Depends::Program,
        |ask| any_text(ask, |container| &container.cni_json),
        "Description of the container's network interfaces, JSON.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.start_ts",
        AbsTime,
        Dec,
        Depends::Own,
        |ask| Extracted::uint(start(ask)),
        "When the container's pid namespace started, ns since the epoch.",
    )
    .flags(FieldFlags::EXIT_ONLY),
    field(
        "container.duration",
        RelTime,
        Dec,
        Depends::Row,
        |ask| Extracted::uint(start(ask).map(|start| ask.row.ts().wrapping_sub(start))),
        "Nanoseconds since `container.start_ts`.",
    )
    .flags(FieldFlags::EXIT_ONLY),
];

/// Nothing for runtimes of which captures do not say it: only docker, CRI, containerd, CRI-O and podman do.
fn classic_privileged<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let container = container(ask).filter(|container| matches!(container.kind, 0 | 6 | 7 | 8 | 11));
    Extracted::bool(container.map(|container| container.privileged.unwrap_or(false)))
}

fn shares<'r>(ask: &Ask<'r>, namespace: usize) -> Extracted<'r> {
    Extracted::bool(container(ask).and_then(|container| container.host_namespaces.get(namespace).copied()))
}

fn start(ask: &Ask<'_>) -> Option<u64> {
    ask.row.own().map(|own| own.pidns_init_start_ts).filter(|&ts| ts != 0)
}
