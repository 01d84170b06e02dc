//! Ports and protocols of a connection's client and server, and of either.

use super::address::either_end;
use super::object;
use super::socket::{client_and_server, ends, has_role, listening};
use crate::catalog::{Ask, Depends, Env, Field, FieldFlags, field};
use crate::value::{Extracted, Value};
use capture_event::ParamType::{CharBuf, Port};
use capture_event::PrintFormat::{Dec, NA};
use capture_event::tables::fd::L4Proto;
use capture_event::tables::service;

const EITHER: FieldFlags =
    FieldFlags::FILTER_ONLY.union(FieldFlags::NO_RHS).union(FieldFlags::NO_TRANSFORMER).union(FieldFlags::EITHER_END);

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "fd.port",
        Port,
        Dec,
        Depends::Object,
        either,
        "Port of either end: matches if the client's or the server's does.",
    )
    .flags(EITHER),
    field("fd.cport", Port, Dec, Depends::Object, client, "Port of the client, the side that connected.")
        .classic(Depends::Object, classic_client),
    field("fd.sport", Port, Dec, Depends::Object, server, "Port of the server, the side that was connected to."),
    field(
        "fd.proto",
        Port,
        NA,
        Depends::Object,
        either,
        "Port of either end, as `fd.port`; compare it with a service's name.",
    )
    .flags(EITHER),
    field(
        "fd.cproto",
        CharBuf,
        NA,
        Depends::Object,
        client_name,
        "Port of the client, by its service's name if names are asked for.",
    ),
    field(
        "fd.sproto",
        CharBuf,
        NA,
        Depends::Object,
        server_name,
        "Port of the server, by its service's name if names are asked for.",
    ),
];

/// A port by the name of its service, if the settings want names and it has one.
pub(super) fn service(env: &Env, port: u16, protocol: L4Proto) -> Vec<u8> {
    let name = if env.name_ports { service::name(port, protocol) } else { None };
    name.map_or_else(|| port.to_string(), str::to_owned).into_bytes()
}

fn either<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let ports = |object| either_end(object).into_iter().map(|end| Value::UInt(end.port.into())).collect();
    object(ask).map_or(Extracted::None, |object| Extracted::Many(ports(object)))
}

fn client<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    Extracted::uint(object(ask).and_then(client_and_server).map(|(client, _)| client.port.into()))
}

/// The classic program gives any other descriptor that has a role (unix sockets) the port 0.
fn classic_client<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Some(object) = object(ask).filter(|object| has_role(object)) else { return Extracted::None };
    Extracted::uint(Some(ends(object).map_or(0, |(client, _)| client.port.into())))
}

fn server<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let end = |object| client_and_server(object).map(|(_, server)| server).or_else(|| listening(object));
    Extracted::uint(object(ask).and_then(end).map(|end| end.port.into()))
}

/// Empty for a descriptor that has a role but no ports.
fn client_name<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Some(object) = object(ask).filter(|object| has_role(object)) else { return Extracted::None };
    let name = ends(object).map(|(client, _)| service(ask.env, client.port, object.l4));
    Extracted::owned(Some(name.unwrap_or_default()))
}

/// Empty for a socket that listens.
fn server_name<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Some(object) = object(ask) else { return Extracted::None };
    let name = client_and_server(object).map(|(_, server)| service(ask.env, server.port, object.l4));
    Extracted::owned(name.or_else(|| listening(object).map(|_| Vec::new())))
}
