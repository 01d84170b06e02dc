//! Names of hosts: from DNS replies in the capture, from a file, and, only if asked for, from the system.

use crate::support::run;
use capture_testkit::{CaptureBuilder, EventBuilder, Fd, Process};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

const SOCKET: (u16, u16) = (18, 19);
const CONNECT: (u16, u16) = (22, 23);
const RECVFROM: (u16, u16) = (34, 35);

const LOCAL: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 5);
const RESOLVER: Ipv4Addr = Ipv4Addr::new(8, 8, 8, 8);
const GOOD: Ipv4Addr = Ipv4Addr::new(93, 184, 216, 34);
const BAD: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);

/// A reply that `example.com` has this address.
fn dns_reply(address: Ipv4Addr) -> Vec<u8> {
    let name = b"\x07example\x03com\0";
    let mut reply = vec![0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    reply.extend_from_slice(name);
    reply.extend_from_slice(&[0, 1, 0, 1, 0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
    reply.extend_from_slice(&address.octets());
    reply
}

/// A program that asks for `example.com`, connects to it, and then to an address that nobody named.
fn capture(dir: &Path) -> PathBuf {
    let mut ts = 1_700_000_000_000_000_000;
    let mut at = |code: u16| {
        ts += 1000;
        EventBuilder::new(ts, 100, code)
    };
    let mut capture =
        CaptureBuilder::new().process(Process::new(100, "app").parent(1)).fd(100, Fd::file(0, "/dev/null"));
    for (fd, address, port, kind) in [(3, RESOLVER, 53, 2), (4, GOOD, 443, 1), (5, BAD, 443, 1)] {
        capture = capture
            .event(at(SOCKET.0).u32(2).u32(kind).u32(0))
            .event(at(SOCKET.1).i64(fd))
            .event(at(CONNECT.0).i64(fd))
            .event(at(CONNECT.1).i64(0).tuple_v4((LOCAL, 40_000 + port), (address, port)));
        if port == 53 {
            let reply = dns_reply(GOOD);
            capture = capture
                .event(at(RECVFROM.0).i64(fd).u32(512))
                .event(at(RECVFROM.1).i64(reply.len() as i64).bytes(&reply).tuple_v4((address, port), (LOCAL, 40_053)));
        }
    }
    let path = dir.join("dns.scap");
    capture.write(&path).unwrap();
    path
}

#[test]
fn connections_to_other_than_what_was_resolved() {
    let dir = tempfile::tempdir().unwrap();
    let path = capture(dir.path());
    let hosts = dir.path().join("hosts");
    std::fs::write(&hosts, "203.0.113.9 update.example.net\n").unwrap();
    let ask = |options: &[&str], filter: &str| {
        let words = [&["-r", path.to_str().unwrap(), "-p", "%fd.sip"], options, &[filter]].concat();
        let ran = run(words);
        assert_eq!(ran.status, 0, "{ran:?}");
        ran.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let book =
        "evt.type=connect and fd.connected=true and not fd.sip.name in (example.com) and not fd.sip in (8.8.8.8)";
    for view in ["classic", "exit"] {
        assert_eq!(ask(&["--view", view], book), ["203.0.113.9"], "{view}");
        assert_eq!(
            ask(&["--view", view], "evt.type=connect and evt.dir=< and fd.sip.name=example.com"),
            ["93.184.216.34"]
        );
        let of_file = ["--view", view, "--hosts", hosts.to_str().unwrap()];
        assert_eq!(ask(&of_file, "evt.type=connect and evt.dir=< and fd.sip.name=update.example.net"), ["203.0.113.9"]);
        // Before the reply nothing is known.
        assert!(ask(&["--view", view], "fd.sip.name=example.com and fd.sip=8.8.8.8").is_empty());
    }
    // `localhost` needs no network.
    let ran = run(["-r", path.to_str().unwrap(), "--resolve", "-q", "fd.sip.name=localhost"]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn queries_of_tests_know_the_same_names() {
    let dir = tempfile::tempdir().unwrap();
    capture(dir.path());
    let text = "capture: dns.scap\nqueries:\n- query: fd.sip.name = example.com and evt.type = connect\n  count: 1\n";
    let tests = dir.path().join("dns.test.yaml");
    std::fs::write(&tests, text).unwrap();
    let ran = run(["test", tests.to_str().unwrap()]);
    assert_eq!(ran.status, 0, "{ran:?}");
}
