//! Names of the hosts at a connection's ends.
//!
//! An address may have several names, and a comparison holds if it holds for one of them (`!=`: for all). An address
//! without any known name has the empty one, so that `fd.sip.name != example.com` is true of it.

use super::local::{local, remote};
use super::object;
use super::socket::{client_and_server, ends, has_role, listening};
use crate::catalog::{Ask, Depends, Field, FieldFlags, field};
use crate::value::{Extracted, Value};
use capture_batch::Endpoint;
use capture_event::ParamType::CharBuf;
use capture_event::PrintFormat::NA;

const FLAGS: FieldFlags =
    FieldFlags::NO_RHS.union(FieldFlags::NO_TRANSFORMER).union(FieldFlags::EITHER_END).union(FieldFlags::HOST_NAME);

/// The fields.
pub(in crate::catalog) static FIELDS: &[Field] = &[
    field("fd.cip.name", CharBuf, NA, Depends::Event, |ask| names(ask, client(ask)), "Names of the client's address.")
        .flags(FLAGS),
    field(
        "fd.sip.name",
        CharBuf,
        NA,
        Depends::Event,
        |ask| names(ask, server(ask)),
        "Names of the server's address, from DNS replies in the capture up to the event, from a hosts file, or from the \
         network if asked for.",
    )
    .flags(FLAGS),
    field("fd.lip.name", CharBuf, NA, Depends::Event, |ask| names(ask, local(ask)), "Names of the local end's address.")
        .flags(FLAGS),
    field("fd.rip.name", CharBuf, NA, Depends::Event, |ask| names(ask, remote(ask)), "Names of the remote end's address.")
        .flags(FLAGS),
];

fn client(ask: &Ask<'_>) -> Option<Endpoint> {
    object(ask).and_then(client_and_server).map(|(client, _)| client)
}

fn server(ask: &Ask<'_>) -> Option<Endpoint> {
    let object = object(ask).filter(|object| has_role(object))?;
    ends(object).map(|(_, server)| server).or_else(|| listening(object))
}

/// Nothing without a descriptor; no value for a descriptor without addresses.
fn names<'r>(ask: &Ask<'r>, end: Option<Endpoint>) -> Extracted<'r> {
    if object(ask).is_none() {
        return Extracted::None;
    }
    let Some(end) = end else { return Extracted::Many(Vec::new()) };
    let known = ask.env.host_names.names(end.ip, ask.row.num());
    let mut values: Vec<Value<'r>> = known.into_iter().map(|name| Value::owned(name.into_boxed_bytes())).collect();
    if values.is_empty() {
        values.push(Value::text(b""));
    }
    Extracted::Many(values)
}
