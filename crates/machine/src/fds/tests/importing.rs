use super::*;
use crate::fds::FdFlags;
use capture_event::tables::fd::FdType;
use capture_scap::{FdEntry, FdInfo, FdList};

fn import<'r>(host: &mut Host, entries: Vec<FdEntry<'r>>) {
    host.machine.import_fds(&FdList { tid: TID, entries });
    host.machine.settle_imported_fds();
}

fn connection(fd: i64, source: &str, destination: &str) -> FdEntry<'static> {
    let (source, destination): (std::net::SocketAddr, std::net::SocketAddr) =
        (source.parse().unwrap(), destination.parse().unwrap());
    let type_code = if source.is_ipv4() { 3 } else { 4 };
    FdEntry { fd, ino: 1, type_code, info: FdInfo::Socket { source, destination, l4: 2 } }
}

fn listener(fd: i64, address: &str) -> FdEntry<'static> {
    let address: std::net::SocketAddr = address.parse().unwrap();
    let type_code = if address.is_ipv4() { 5 } else { 6 };
    FdEntry { fd, ino: 1, type_code, info: FdInfo::Listener { address, l4: 2 } }
}

#[test]
fn a_connection_to_a_port_that_is_listened_on_was_accepted() {
    for view in both() {
        let mut host = Host::new(view);
        import(
            &mut host,
            vec![
                connection(4, "10.0.0.1:22", "1.2.3.4:5000"),
                connection(5, "10.0.0.1:6000", "1.2.3.4:443"),
                connection(6, "[::ffff:10.0.0.1]:22", "[::ffff:1.2.3.4]:5001"),
                connection(7, "[::1]:22", "[::1]:5002"),
                listener(3, "[::]:22"),
            ],
        );
        assert_eq!(host.name(4), "1.2.3.4:5000->10.0.0.1:22");
        assert_eq!(host.fd(4).unwrap().flags, FdFlags::SERVER | FdFlags::CONNECTED);
        assert_eq!(host.name(5), "10.0.0.1:6000->1.2.3.4:443");
        assert_eq!(host.fd(5).unwrap().flags, FdFlags::CLIENT | FdFlags::CONNECTED);
        assert_eq!(host.name(6), "1.2.3.4:5001->10.0.0.1:22");
        // Nobody looks at IPv6.
        assert_eq!((host.name(7).as_str(), host.fd(7).unwrap().flags), ("::1:22->::1:5002", FdFlags::CONNECTED));
        assert_eq!(host.name(3), ":::22");
    }
}

#[test]
fn a_unix_socket_with_a_path_serves() {
    let mut host = Host::new(View::Classic);
    let unix = |fd, path| FdEntry { fd, ino: 1, type_code: 8, info: FdInfo::Unix { source: 1, destination: 2, path } };
    import(&mut host, vec![unix(3, b""), unix(4, b"@abstract")]);
    assert_eq!(host.fd(3).unwrap().flags, FdFlags::CLIENT);
    assert_eq!((host.fd(4).unwrap().flags, host.name(4).as_str()), (FdFlags::SERVER, "@abstract"));
}

#[test]
fn unknown_types_are_kept_as_unsupported_and_the_type_unknown_is_not_kept() {
    let mut host = Host::new(View::Exit);
    let entry = |fd, type_code| FdEntry { fd, ino: 1, type_code, info: FdInfo::Other(b"") };
    import(&mut host, vec![entry(3, 99), entry(4, 0)]);
    assert_eq!(host.fd(3).unwrap().kind, FdType::Unsupported);
    assert!(host.fd(4).is_none());
}

#[test]
fn the_classic_view_shows_the_device_of_the_file_before() {
    for (view, dev) in [(View::Classic, 0x801), (View::Exit, 0)] {
        let mut host = Host::new(view);
        let file = FdInfo::File { flags: 1, path: b"/f", dev: Some(0x801) };
        import(
            &mut host,
            vec![
                FdEntry { fd: 3, ino: 1, type_code: 16, info: file },
                FdEntry { fd: 4, ino: 2, type_code: 7, info: FdInfo::Named(b"pipe:[2]") },
            ],
        );
        assert_eq!((host.fd(3).unwrap().dev, host.fd(4).unwrap().dev), (0x801, dev));
    }
}
