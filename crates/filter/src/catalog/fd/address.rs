//! Addresses and networks of a connection's client and server, and of either.

use super::object;
use super::socket::{client_and_server, ends, has_role, listening};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::{Extracted, Value};
use capture_batch::{Endpoint, Object};
use capture_event::ParamType::{IpAddr, IpNet};
use capture_event::PrintFormat::NA;

const ONLY_IN_FILTERS: FieldFlags = FieldFlags::FILTER_ONLY.union(FieldFlags::NO_RHS).union(FieldFlags::NO_TRANSFORMER);

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field(
        "fd.ip",
        IpAddr,
        NA,
        Depends::Object,
        either,
        "Address of either end: matches if the client's or the server's does.",
    )
    .flags(ONLY_IN_FILTERS.union(FieldFlags::EITHER_END)),
    field("fd.cip", IpAddr, NA, Depends::Object, client, "Address of the client, the side that connected."),
    field("fd.sip", IpAddr, NA, Depends::Object, server, "Address of the server, the side that was connected to."),
    field(
        "fd.net",
        IpNet,
        NA,
        Depends::Object,
        either,
        "Network of either end: matches if the client's or the server's does.",
    )
    .flags(ONLY_IN_FILTERS.union(FieldFlags::EITHER_END)),
    field("fd.cnet", IpNet, NA, Depends::Object, client, "Network of the client, the side that connected.")
        .flags(ONLY_IN_FILTERS),
    field("fd.snet", IpNet, NA, Depends::Object, server, "Network of the server, the side that was connected to.")
        .flags(ONLY_IN_FILTERS),
];

/// An end's address as a value.
pub(super) fn address<'r>(end: Endpoint) -> Value<'r> {
    Value::Ip(end.ip)
}

fn either<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    object(ask).map_or(Extracted::None, |object| Extracted::Many(either_end(object).into_iter().map(address).collect()))
}

/// Both ends of a connection, or the one that a socket listens on; none for anything else.
pub(super) fn either_end(object: &Object) -> Vec<Endpoint> {
    match ends(object) {
        Some((client, server)) => vec![client, server],
        None => listening(object).into_iter().collect(),
    }
}

fn client<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    object(ask).and_then(client_and_server).map(|(client, _)| address(client)).into()
}

fn server<'r>(ask: &Ask<'r>) -> Extracted<'r> {
    let Some(object) = object(ask).filter(|object| has_role(object)) else { return Extracted::None };
    let server = ends(object).map(|(_, server)| server).or_else(|| listening(object));
    server.map(address).into()
}
