//! Addresses, networks, ports and protocols of a connection's end on this machine and of the remote one.
//!
//! Local is the client if its address is one of the machine's or of the thread's container, else the server.

use super::address::address;
use super::object;
use super::port::service;
use super::socket::local_and_remote;
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::{Extracted, Value};
use capture_batch::Endpoint;
use capture_event::ParamType::{CharBuf, IpAddr, IpNet, Port};
use capture_event::PrintFormat::{Dec, NA};

const ONLY_IN_FILTERS: FieldFlags = FieldFlags::FILTER_ONLY.union(FieldFlags::NO_RHS).union(FieldFlags::NO_TRANSFORMER);

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field("fd.lip", IpAddr, NA, Depends::Event, |ask| local(ask).map(address).into(), "Address of the local end."),
    field("fd.rip", IpAddr, NA, Depends::Event, |ask| remote(ask).map(address).into(), "Address of the remote end."),
    field("fd.lnet", IpNet, NA, Depends::Event, |ask| local(ask).map(address).into(), "Network of the local end.")
        .flags(ONLY_IN_FILTERS),
    field("fd.rnet", IpNet, NA, Depends::Event, |ask| remote(ask).map(address).into(), "Network of the remote end.")
        .flags(ONLY_IN_FILTERS),
    field("fd.lport", Port, Dec, Depends::Event, |ask| port(local(ask)), "Port of the local end."),
    field("fd.rport", Port, Dec, Depends::Event, |ask| port(remote(ask)), "Port of the remote end."),
    field(
        "fd.lproto",
        CharBuf,
        NA,
        Depends::Event,
        |ask| name(ask, local(ask)),
        "Port of the local end, by its service's name if names are asked for.",
    ),
    field(
        "fd.rproto",
        CharBuf,
        NA,
        Depends::Event,
        |ask| name(ask, remote(ask)),
        "Port of the remote end, by its service's name if names are asked for.",
    ),
];

/// The end on this machine.
pub(super) fn local(ask: &Ask<'_>) -> Option<Endpoint> {
    local_and_remote(ask.row, object(ask)?).map(|(local, _)| local)
}

/// The end that is not on this machine.
pub(super) fn remote(ask: &Ask<'_>) -> Option<Endpoint> {
    local_and_remote(ask.row, object(ask)?).map(|(_, remote)| remote)
}

fn port<'r>(end: Option<Endpoint>) -> Extracted<'r> {
    Extracted::uint(end.map(|end| end.port.into()))
}

fn name<'r>(ask: &Ask<'r>, end: Option<Endpoint>) -> Extracted<'r> {
    let named = object(ask).zip(end).map(|(object, end)| service(ask.env, end.port, object.l4));
    named.map(Value::owned).into()
}
