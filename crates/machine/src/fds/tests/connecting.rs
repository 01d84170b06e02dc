use super::*;
use crate::fds::FdFlags;
use capture_event::tables::fd::FdType;

fn connect(host: &mut Host, fd: i64, result: i64, peer: Vec<u8>) -> Applied {
    match host.machine.view {
        View::Classic => host.call(code::CONNECT_E, &[i64p(fd)], &[i64p(result), peer]),
        View::Exit => host.event(code::CONNECT_X, &[i64p(result), peer, i64p(fd), none()]),
    }
}

#[test]
fn a_connect_under_way_counts_as_connected_and_a_failed_one_changes_nothing() {
    for view in both() {
        for (result, connected) in [(0, true), (-115, true), (-111, false)] {
            let mut host = Host::new(view);
            host.socket(3, INET, STREAM);
            let applied = connect(&mut host, 3, result, tuple("10.0.0.1:4000", "1.2.3.4:443"));
            let fd = host.fd(3).unwrap();
            assert_eq!(fd.flags.contains(FdFlags::CONNECTED), connected);
            assert_eq!(fd.flags.contains(FdFlags::CLIENT), connected);
            assert_eq!(host.name(3), if connected { "10.0.0.1:4000->1.2.3.4:443" } else { "" });
            assert_eq!(applied.name_changed, connected);
            assert_eq!(applied.object.map(|key| key.fd), Some(3));
        }
    }
}

#[test]
fn a_second_connect_changes_the_destination_in_the_exit_view_only() {
    for (view, name) in [(View::Classic, "10.0.0.1:4001->1.2.3.4:53"), (View::Exit, "10.0.0.1:4001->8.8.8.8:53")] {
        let mut host = Host::new(view);
        host.socket(3, INET, DGRAM);
        connect(&mut host, 3, 0, tuple("10.0.0.1:4000", "1.2.3.4:53"));
        connect(&mut host, 3, 0, tuple("10.0.0.1:4001", "8.8.8.8:53"));
        assert_eq!(host.name(3), name);
    }
}

#[test]
fn a_bound_datagram_socket_that_connects_is_turned_round() {
    let mut host = Host::new(View::Exit);
    host.socket(3, INET, DGRAM);
    host.machine.threads.get_mut(TID).unwrap().fds.get_mut(3).unwrap().flags |= FdFlags::SERVER;
    connect(&mut host, 3, 0, tuple("10.0.0.1:4000", "1.2.3.4:53"));
    assert_eq!(host.name(3), "1.2.3.4:53->10.0.0.1:4000");
}

#[test]
fn an_ipv6_socket_that_connects_to_ipv4_has_no_protocol_to_name() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET6, STREAM);
        connect(&mut host, 3, 0, tuple("[::ffff:10.0.0.1]:4000", "[::ffff:1.2.3.4]:443"));
        assert_eq!((host.name(3).as_str(), host.fd(3).unwrap().kind), ("<unknown>", FdType::Ipv4Sock));
        host.socket(4, INET6, STREAM);
        connect(&mut host, 4, 0, tuple("[2001:db8::1]:4000", "[2001:db8::2]:443"));
        assert_eq!(host.name(4), "2001:db8::1:4000->2001:db8::2:443");
    }
}

#[test]
fn a_unix_socket_is_named_by_its_tuple() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, UNIX, STREAM);
        connect(&mut host, 3, 0, unix_tuple(0x10, 0x20, "/run/bus"));
        assert_eq!(host.name(3), "10->20 /run/bus");
        assert_eq!(host.fd(3).unwrap().addresses.unix(), (0x10, 0x20));
    }
}

#[test]
fn on_entering_the_classic_view_learns_the_destination() {
    let mut host = Host::new(View::Classic);
    host.socket(3, INET, STREAM);
    host.event(code::CONNECT_E, &[i64p(3), addr("1.2.3.4:443")]);
    let fd = host.fd(3).unwrap();
    let ends = fd.addresses.ends(crate::fds::addresses::Family::V4);
    assert_eq!((ends.destination.ip.to_string(), ends.destination.port), ("1.2.3.4".into(), 443));
    assert!(fd.name.is_empty());
}

fn entered_connect(host: &mut Host, entered: Vec<u8>, peer: Vec<u8>, argument: Vec<u8>) {
    host.call(code::CONNECT_E, &[i64p(3), entered], &[i64p(0), peer, i64p(3), argument]);
}

#[test]
fn the_exit_view_trusts_the_entered_address_over_one_that_only_the_caller_vouches_for() {
    let mut host = Host::new(View::Exit);
    host.socket(3, INET, STREAM);
    let peer = tuple("10.0.0.1:4000", "6.6.6.6:443");
    entered_connect(&mut host, addr("1.2.3.4:443"), peer.clone(), addr("6.6.6.6:443"));
    assert_eq!(host.name(3), "10.0.0.1:4000->1.2.3.4:443");
    entered_connect(&mut host, addr("1.2.3.4:443"), peer, addr("7.7.7.7:443"));
    assert_eq!(host.name(3), "10.0.0.1:4000->6.6.6.6:443");
}

#[test]
fn without_a_tuple_the_exit_view_takes_the_entered_address() {
    let mut host = Host::new(View::Exit);
    host.socket(3, INET, STREAM);
    entered_connect(&mut host, addr("1.2.3.4:443"), none(), none());
    let ends = host.fd(3).unwrap().addresses.ends(crate::fds::addresses::Family::V4);
    assert_eq!(ends.destination.port, 443);
    assert!(host.fd(3).unwrap().has_no_role() && host.name(3).is_empty());
}
