//! What a socket learns from the tuples of events.

use super::addresses::Family;
use super::fd::Fd;
use crate::View;
use capture_batch::address::{Ends, SockTuple};
use capture_event::tables::fd::{FdType, L4Proto};

/// The kind of a connection.
pub(super) fn kind_of(family: Family) -> FdType {
    match family {
        Family::V4 => FdType::Ipv4Sock,
        Family::V6 => FdType::Ipv6Sock,
    }
}

/// Remembers the ends of a connection and gives whether something was new. The same connection, in either
/// direction, is nothing new. The classic view does not take over a destination if one is known.
pub(super) fn learn(view: View, fd: &mut Fd, told: Ends) -> bool {
    let family = Family::of(told.source.ip);
    let known = fd.addresses.ends(family);
    if fd.family() == Some(family) && (told == known || told.swapped() == known) {
        return false;
    }
    let mut destination = known.destination;
    let overwrite_destination = view == View::Exit;
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
pub(super) fn take_over(view: View, fd: &mut Fd, tuple: SockTuple<'_>) -> bool {
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
            if !learn(view, fd, ends) {
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
        && fd.addresses.lacks_l4(family)
    {
        fd.addresses.set_l4(family, L4Proto::Udp);
    }
    true
}
