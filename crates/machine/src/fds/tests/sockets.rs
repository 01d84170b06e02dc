use super::*;
use crate::fds::FdFlags;
use capture_event::tables::fd::{FdType, L4Proto};

#[test]
fn a_new_socket_has_a_kind_and_no_name() {
    for view in both() {
        let mut host = Host::new(view);
        let applied = host.socket(3, INET, STREAM);
        assert_eq!(host.fd(3).unwrap().kind, FdType::Ipv4Sock);
        assert!(!applied.name_changed && host.name(3).is_empty());
        host.socket(4, UNIX, DGRAM);
        host.socket(5, 16, 3);
        host.socket(6, 17, 3);
        let kinds = [4, 5, 6].map(|number| host.fd(number).unwrap().kind);
        assert_eq!(kinds, [FdType::UnixSock, FdType::Netlink, FdType::Unknown]);
    }
}

#[test]
fn a_socket_whose_enter_was_lost_is_unknown_to_the_classic_view() {
    let mut host = Host::new(View::Classic);
    host.event(code::SOCKET_X, &[i64p(3)]);
    assert!(host.fd(3).is_none());
}

fn bind(host: &mut Host, fd: i64, address: Vec<u8>) -> Applied {
    match host.machine.view {
        View::Classic => host.call(code::BIND_E, &[i64p(fd)], &[i64p(0), address]),
        View::Exit => host.event(code::BIND_X, &[i64p(0), address, i64p(fd)]),
    }
}

#[test]
fn a_bound_port_makes_a_server() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET, STREAM);
        let applied = bind(&mut host, 3, addr("0.0.0.0:80"));
        let fd = host.fd(3).unwrap();
        assert_eq!((fd.kind, fd.l4(), fd.flags), (FdType::Ipv4Servsock, L4Proto::Tcp, FdFlags::SERVER));
        assert_eq!(host.name(3), "0.0.0.0:80");
        assert!(applied.name_changed);
        host.socket(4, INET6, DGRAM);
        bind(&mut host, 4, addr("[::]:53"));
        assert_eq!(host.fd(4).unwrap().kind, FdType::Ipv4Servsock);
        assert_eq!((host.name(4).as_str(), host.fd(4).unwrap().l4()), (":::53", L4Proto::Udp));
        host.socket(5, INET6, STREAM);
        bind(&mut host, 5, addr("[fe80::1]:22"));
        assert_eq!((host.name(5).as_str(), host.fd(5).unwrap().kind), ("fe80::1:22", FdType::Ipv6Servsock));
    }
}

#[test]
fn a_bind_to_no_port_only_names_the_socket() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET, DGRAM);
        bind(&mut host, 3, addr("10.0.0.1:0"));
        let fd = host.fd(3).unwrap();
        assert_eq!((fd.kind, fd.has_no_role()), (FdType::Ipv4Sock, true));
        assert_eq!(host.name(3), "10.0.0.1:0");
    }
}

fn accept(host: &mut Host, fd: i64, peer: Vec<u8>) -> Applied {
    host.event(code::ACCEPT_5_E, &[]);
    host.event(code::ACCEPT_5_X, &[i64p(fd), peer, u8p(0), u32p(0), u32p(128)])
}

#[test]
fn an_accepted_connection_is_ours_to_serve() {
    for view in both() {
        let mut host = Host::new(view);
        if view == View::Exit {
            host.event(code::ACCEPT_5_X, &[i64p(4), tuple("1.2.3.4:5", "6.7.8.9:80"), u8p(0), u32p(0), u32p(128)]);
        } else {
            accept(&mut host, 4, tuple("1.2.3.4:5", "6.7.8.9:80"));
        }
        let fd = host.fd(4).unwrap();
        assert_eq!((fd.l4(), fd.flags), (L4Proto::Tcp, FdFlags::SERVER | FdFlags::CONNECTED));
        assert_eq!(host.name(4), "1.2.3.4:5->6.7.8.9:80");
        assert_eq!(host.number(), 4);
    }
}

#[test]
fn mapped_peers_are_shown_as_ipv4() {
    let mut host = Host::new(View::Classic);
    accept(&mut host, 4, tuple("[::ffff:1.2.3.4]:5", "[::ffff:6.7.8.9]:80"));
    assert_eq!((host.name(4).as_str(), host.fd(4).unwrap().kind), ("1.2.3.4:5->6.7.8.9:80", FdType::Ipv4Sock));
    accept(&mut host, 5, tuple("[::1]:5", "[::1]:80"));
    assert_eq!((host.name(5).as_str(), host.fd(5).unwrap().kind), ("::1:5->::1:80", FdType::Ipv6Sock));
}

#[test]
fn an_accept_without_an_address_shows_what_had_the_number_before() {
    let mut host = Host::new(View::Classic);
    accept(&mut host, 4, unix_tuple(0xab, 0xcd, "/run/x"));
    assert_eq!(host.name(4), "ab->cd /run/x");
    let applied = accept(&mut host, 4, none());
    assert_eq!((applied.object, applied.object_by_number.map(|key| key.fd)), (None, Some(4)));
}

#[test]
fn both_ends_of_a_pair_are_open_and_the_event_works_on_the_first() {
    for view in both() {
        let mut host = Host::new(view);
        let ends = [i64p(0), i64p(3), i64p(4), u64p(1), u64p(2)];
        let applied = host.call(code::SOCKETPAIR_E, &[u32p(UNIX), u32p(STREAM), u32p(0)], &ends);
        assert_eq!((applied.object.map(|key| key.fd), host.number()), (Some(3), 4));
        assert_eq!(host.fd(3), host.fd(4));
        assert_eq!(host.fd(4).unwrap().addresses.unix(), (1, 2));
    }
}
