//! The two ends of a socket.

use capture_batch::{Endpoint, Object, Role, Row, Socket};
use std::net::{IpAddr, Ipv6Addr};

/// The end that connected and the other one, of an internet socket that does not listen. Addresses and ports that are
/// not known are zero.
pub(super) fn ends(object: &Object) -> Option<(Endpoint, Endpoint)> {
    match object.socket {
        Some(Socket::Inet { source, destination }) => Some((source, destination)),
        _ => None,
    }
}

/// The address and port that a socket listens on.
pub(super) fn listening(object: &Object) -> Option<Endpoint> {
    match object.socket {
        Some(Socket::Server(end)) => Some(end),
        _ => None,
    }
}

/// Client and server, once it is known which is which.
pub(super) fn client_and_server(object: &Object) -> Option<(Endpoint, Endpoint)> {
    ends(object).filter(|_| has_role(object))
}

/// Whether it is known which side of a connection the socket is.
pub(super) fn has_role(object: &Object) -> bool {
    object.role != Role::Unknown
}

/// The end on this machine and the other one.
pub(super) fn local_and_remote(row: Row<'_>, object: &Object) -> Option<(Endpoint, Endpoint)> {
    let (client, server) = client_and_server(object)?;
    Some(if is_local(row, client.ip) { (client, server) } else { (server, client) })
}

/// Whether an address is one of the machine's, or of the container that the thread runs in. IPv6 addresses count by
/// their network, the first 64 bits, and never inside containers.
pub(super) fn is_local(row: Row<'_>, ip: IpAddr) -> bool {
    let interfaces = &row.batch.head.source.addresses;
    let own = row.own();
    match ip {
        IpAddr::V4(v4) => match own.and_then(|own| own.local_addresses.as_deref()) {
            Some(addresses) => addresses.contains(&v4),
            None => interfaces.iter().any(|(address, _)| *address == ip),
        },
        IpAddr::V6(v6) => {
            let in_container = own.is_some_and(|own| !own.container_id.is_empty());
            let same_network = |other: &IpAddr| matches!(other, IpAddr::V6(other) if network(*other) == network(v6));
            !in_container && interfaces.iter().any(|(address, _)| same_network(address))
        }
    }
}

fn network(ip: Ipv6Addr) -> u128 {
    ip.to_bits() >> 64
}
