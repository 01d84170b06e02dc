use super::*;
use crate::fds::FdFlags;
use capture_event::tables::fd::FdType;
use std::net::IpAddr;

fn sendto(host: &mut Host, fd: i64, result: i64, to: Vec<u8>) -> Applied {
    match host.machine.view {
        View::Classic => host.call(code::SENDTO_E, &[i64p(fd), u32p(4), to], &[i64p(result), text("abc")]),
        View::Exit => host.event(code::SENDTO_X, &[i64p(result), text("abc"), i64p(fd), u32p(4), to]),
    }
}

fn recvfrom(host: &mut Host, fd: i64, from: Vec<u8>) -> Applied {
    match host.machine.view {
        View::Classic => host.call(code::RECVFROM_E, &[i64p(fd), u32p(4)], &[i64p(4), text("abc"), from]),
        View::Exit => host.event(code::RECVFROM_X, &[i64p(4), text("abc"), from, i64p(fd), u32p(4)]),
    }
}

#[test]
fn a_socket_that_sends_first_is_a_client() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET, DGRAM);
        let applied = sendto(&mut host, 3, 4, tuple("10.0.0.1:4000", "8.8.8.8:53"));
        assert_eq!(host.name(3), "10.0.0.1:4000->8.8.8.8:53");
        assert!(applied.name_changed);
        assert_eq!(host.fd(3).unwrap().flags, FdFlags::CLIENT | FdFlags::CONNECTED);
        // The answer is the same connection the other way round.
        let applied = recvfrom(&mut host, 3, tuple("8.8.8.8:53", "10.0.0.1:4000"));
        assert_eq!((host.name(3).as_str(), applied.name_changed), ("10.0.0.1:4000->8.8.8.8:53", false));
    }
}

#[test]
fn a_socket_that_receives_first_is_a_server() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET, DGRAM);
        recvfrom(&mut host, 3, tuple("9.9.9.9:4000", "10.0.0.1:53"));
        assert_eq!(host.name(3), "9.9.9.9:4000->10.0.0.1:53");
        assert!(host.fd(3).unwrap().flags.contains(FdFlags::SERVER));
        recvfrom(&mut host, 3, tuple("7.7.7.7:4001", "10.0.0.1:53"));
        assert_eq!(host.name(3), "7.7.7.7:4001->10.0.0.1:53");
    }
}

#[test]
fn a_bound_socket_shows_its_port_as_the_destination_in_the_classic_view() {
    for (view, name) in [(View::Classic, "9.9.9.9:4000->53.0.3.0:53"), (View::Exit, "9.9.9.9:4000->10.0.0.1:53")] {
        let mut host = Host::new(view);
        host.socket(3, INET, DGRAM);
        match view {
            View::Classic => host.call(code::BIND_E, &[i64p(3)], &[i64p(0), addr("0.0.0.0:53")]),
            View::Exit => host.event(code::BIND_X, &[i64p(0), addr("0.0.0.0:53"), i64p(3)]),
        };
        recvfrom(&mut host, 3, tuple("9.9.9.9:4000", "10.0.0.1:53"));
        assert_eq!(host.name(3), name);
        assert_eq!(host.fd(3).unwrap().kind, FdType::Ipv4Sock);
    }
}

#[test]
fn an_unspecified_end_is_that_of_an_interface() {
    for view in both() {
        let mut host = Host::new(view);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        host.machine.addresses = vec![
            (ip("127.0.0.1"), ip("255.0.0.0")),
            (ip("10.0.0.1"), ip("255.255.255.0")),
            (ip("192.168.1.1"), ip("255.255.255.0")),
        ];
        for (number, to, from) in [(3, "192.168.1.9", "192.168.1.1"), (4, "8.8.8.8", "10.0.0.1")] {
            host.socket(number, INET, DGRAM);
            sendto(&mut host, number, 4, tuple("0.0.0.0:4000", &format!("{to}:53")));
            assert_eq!(host.name(number), format!("{from}:4000->{to}:53"));
        }
    }
}

#[test]
fn an_unknown_descriptor_that_sends_becomes_a_datagram_socket() {
    for view in both() {
        let mut host = Host::new(view);
        sendto(&mut host, 5, 4, tuple("10.0.0.1:4000", "8.8.8.8:53"));
        assert_eq!((host.name(5).as_str(), host.number()), ("10.0.0.1:4000->8.8.8.8:53", 5));
    }
    // The classic view decides that on entering, the exit view only if the call succeeds.
    for (view, known) in [(View::Classic, true), (View::Exit, false)] {
        let mut host = Host::new(view);
        sendto(&mut host, 5, -1, tuple("10.0.0.1:4000", "8.8.8.8:53"));
        assert_eq!(host.fd(5).is_some(), known);
    }
}

#[test]
fn a_connection_over_tcp_keeps_its_name() {
    for view in both() {
        let mut host = Host::new(view);
        host.event(code::ACCEPT_5_X, &[i64p(4), tuple("1.2.3.4:5", "6.7.8.9:80"), u8p(0), u32p(0), u32p(128)]);
        sendto(&mut host, 4, 4, tuple("6.7.8.9:80", "5.5.5.5:5"));
        assert_eq!(host.name(4), "1.2.3.4:5->6.7.8.9:80");
    }
}

#[test]
fn ports_are_not_shown_for_raw_sockets() {
    let mut host = Host::new(View::Exit);
    host.event(code::SOCKET_X, &[i64p(3), u32p(INET), u32p(3), u32p(1), u32p(0)]);
    sendto(&mut host, 3, 4, tuple("10.0.0.1:0", "8.8.8.8:0"));
    assert_eq!(host.name(3), "10.0.0.1->8.8.8.8");
}

#[test]
fn data_shows_that_a_socket_is_connected() {
    for view in both() {
        let mut host = Host::new(view);
        host.socket(3, INET, STREAM);
        match view {
            View::Classic => host.call(code::WRITE_E, &[i64p(3), u32p(1)], &[i64p(1), text("")]),
            View::Exit => host.event(code::WRITE_X, &[i64p(1), text(""), i64p(3), u32p(1)]),
        };
        assert_eq!(host.fd(3).unwrap().flags, FdFlags::CONNECTED);
    }
}

#[test]
fn calls_without_parameters_of_old_captures_change_nothing() {
    let mut host = Host::new(View::Exit);
    let nothing = [none(), none(), none(), none(), none()];
    let applied = host.event(code::SENDMMSG_X, &nothing);
    assert_eq!((applied.object, host.number()), (None, -1));
}
