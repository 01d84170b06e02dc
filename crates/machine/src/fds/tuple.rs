//! What a socket learns from the tuples of events.

use super::addresses::{Ends, Family};
use super::fd::Fd;
use super::parameter::SockTuple;
use capture_event::tables::fd::{FdType, L4Proto};

/// The kind of a connection.
pub(super) fn kind_of(family: Family) -> FdType {
    match family {
        Family::V4 => FdType::Ipv4Sock,
        Family::V6 => FdType::Ipv6Sock,
    }
}

/// Remembers the ends of a connection and gives whether something was new. The same connection, in either
/// direction, is nothing new. The source is always taken over, a destination that is known only with
/// `overwrite_destination`.
pub(super) fn learn(fd: &mut Fd, told: Ends, overwrite_destination: bool) -> bool {
    let family = Family::of(told.source.ip);
    let known = fd.addresses.ends(family);
    if fd.family() == Some(family) && (told == known || told.swapped() == known) {
        return false;
    }
    let mut destination = known.destination;
    if destination.ip.is_unspecified() || overwrite_destination {
        destination.ip = told.destination.ip;
    }
    if destination.port == 0 || overwrite_destination {
        destination.port = told.destination.port;
    }
    let learnt = Ends { source: told.source, destination };
    fd.addresses.set_ends(learnt);
    learnt != known
}

/// Exchanges the ends.
pub(super) fn swap(fd: &mut Fd, family: Family) {
    let swapped = fd.addresses.ends(family).swapped();
    fd.addresses.set_ends(swapped);
}

/// Takes over the tuple of data that went through a socket; gives whether that changed anything.
pub(super) fn take_over(fd: &mut Fd, tuple: SockTuple<'_>) -> bool {
    match tuple {
        SockTuple::Inet { ends, from_v6 } => {
            let family = Family::of(ends.source.ip);
            if family == Family::V4 {
                if fd.kind == FdType::Ipv4Servsock && !from_v6 {
                    let l4 = fd.addresses.server_l4(Family::V4);
                    fd.addresses.set_l4(Family::V4, l4);
                }
                fd.kind = FdType::Ipv4Sock;
            }
            if !learn(fd, ends, false) {
                return false;
            }
        }
        SockTuple::Unix { source, destination, .. } => {
            fd.kind = FdType::UnixSock;
            fd.addresses.set_unix(source, destination);
            return true;
        }
        SockTuple::Other(_) => {}
    }
    // An address that changes in the middle means datagrams.
    if let Some(family) = fd.family()
        && fd.addresses.l4(family) == L4Proto::Unknown
    {
        fd.addresses.set_l4(family, L4Proto::Udp);
    }
    true
}
