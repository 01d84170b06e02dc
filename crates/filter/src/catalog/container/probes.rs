//! Health commands of the container. The exit view's program has given these fields up.

use super::container;
use crate::catalog::{Ask, Depends, Field, field};
use crate::value::Extracted;
use capture_batch::{OwnFlags, Probe, ProbeKind};
use capture_event::ParamType::{Bool, CharBuf};
use capture_event::PrintFormat::NA;

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "container.healthcheck",
        CharBuf,
        NA,
        Depends::Program,
        |_| Extracted::None,
        "Command line of the container's health check, `NONE` if it has none. Classic view only.",
    )
    .classic(Depends::Program, |ask| command(ask, ProbeKind::Healthcheck)),
    field(
        "container.liveness_probe",
        CharBuf,
        NA,
        Depends::Program,
        |_| Extracted::None,
        "Command line of the container's liveness probe, `NONE` if it has none. Classic view only.",
    )
    .classic(Depends::Program, |ask| command(ask, ProbeKind::Liveness)),
    field(
        "container.readiness_probe",
        CharBuf,
        NA,
        Depends::Program,
        |_| Extracted::None,
        "Command line of the container's readiness probe, `NONE` if it has none. Classic view only.",
    )
    .classic(Depends::Program, |ask| command(ask, ProbeKind::Readiness)),
    field(
        "proc.is_container_healthcheck",
        Bool,
        NA,
        Depends::Program,
        |_| Extracted::None,
        "Whether the process is part of the container's health check. Classic view only.",
    )
    .classic(Depends::Program, |ask| is(ask, OwnFlags::HEALTHCHECK)),
    field(
        "proc.is_container_liveness_probe",
        Bool,
        NA,
        Depends::Program,
        |_| Extracted::None,
        "Whether the process is part of the container's liveness probe. Classic view only.",
    )
    .classic(Depends::Program, |ask| is(ask, OwnFlags::LIVENESS_PROBE)),
    field(
        "proc.is_container_readiness_probe",
        Bool,
        NA,
        Depends::Program,
        |_| Extracted::None,
        "Whether the process is part of the container's readiness probe. Classic view only.",
    )
    .classic(Depends::Program, |ask| is(ask, OwnFlags::READINESS_PROBE)),
];

fn is<'r>(ask: &Ask<'r>, flag: OwnFlags) -> Extracted<'r> {
    Extracted::bool(ask.row.own().map(|own| own.flags.contains(flag)))
}

fn command<'r>(ask: &Ask<'r>, kind: ProbeKind) -> Extracted<'r> {
    let Some(container) = container(ask) else { return Extracted::None };
    let probe = container.probes.iter().find(|probe| probe.kind == kind);
    Extracted::owned(Some(probe.map_or_else(|| b"NONE".to_vec(), line)))
}

fn line(probe: &Probe) -> Vec<u8> {
    let words = std::iter::once(&probe.exe).chain(&probe.args);
    words.map(|word| &word[..]).collect::<Vec<_>>().join(&b' ')
}
