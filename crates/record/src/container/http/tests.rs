use super::super::fake::{Fake, limits, send};
use super::*;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::sleep;

/// What `get` says of an answer.
fn got(answer: impl Fn(&mut UnixStream) + Send + Sync + 'static) -> Result<String, String> {
    let fake = Fake::new(move |_, stream| answer(stream));
    let answer = get(&fake.socket(), "/x", &limits());
    answer.map(|body| String::from_utf8(body).unwrap()).map_err(|error| error.to_string())
}

fn said(text: &'static str) -> Result<String, String> {
    got(move |stream| drop(stream.write_all(text.as_bytes())))
}

#[test]
fn bodies_end_in_three_ways() {
    assert_eq!(said("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"), Ok("abc".into()));
    assert_eq!(said("HTTP/1.0 200 OK\r\n\r\nabc"), Ok("abc".into()));
    let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nz: 1\r\n";
    assert_eq!(said(chunked), Ok("abc0123456789".into()));
    assert_eq!(said("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Ok(String::new()));
}

#[test]
fn a_head_may_come_byte_by_byte() {
    let answer = got(|stream| {
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" {
            let _ = stream.write_all(&[*byte]);
        }
    });
    assert_eq!(answer, Ok("ok".into()));
}

#[test]
fn refusals_have_a_status_and_a_message() {
    let refused = |status, body: &'static str| got(move |stream| send(stream, status, body)).unwrap_err();
    assert_eq!(refused(404, "{\"message\":\"No such container: x\"}"), "status 404: No such container: x");
    assert_eq!(refused(500, "broken\u{1b}[31m"), "status 500: broken[31m");
    assert_eq!(refused(301, ""), "status 301: ");
    assert!(Error::status(404, b"").is_not_found());
}

#[test]
fn answers_that_end_too_early_are_errors() {
    for text in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc",
    ] {
        assert!(said(text).unwrap_err().contains("ends"), "{text}");
    }
}

#[test]
fn what_is_no_http_is_an_error() {
    for text in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
    ] {
        let error = said(text).unwrap_err();
        assert!(!error.contains("in time"), "{text}: {error}");
    }
}

#[test]
fn endless_answers_are_cut_off() {
    let endless = |head: &'static str, piece: &'static str| {
        got(move |stream| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(piece.as_bytes()).is_ok() {}
        })
        .unwrap_err()
    };
    assert_eq!(
        endless("HTTP/1.1 200 OK\r\n", "X-Header: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
        "the head of the answer is too long"
    );
    assert_eq!(endless("HTTP/1.1 200 OK\r\n\r\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaa"), "the answer is too long");
    let huge_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n";
    assert_eq!(endless(huge_chunk, "aaaaaaaaaaaaaaaaaaaaaaaaaaa"), "the answer is too long");
    let chunk_line = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(endless(chunk_line, "0000000000000000"), "a piece of the answer has no valid length");
    let huge_length = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
    assert_eq!(endless(huge_length, "aaaaaaaaaaaaaaaaaaaaaaaaaaa"), "the answer is too long");
}

#[test]
fn slow_answers_are_given_up() {
    let drip = |head: &'static str| {
        got(move |stream| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(b"a").is_ok() {
                sleep(Duration::from_millis(20));
            }
        })
    };
    assert_eq!(drip("HTTP/1.1 200 OK\r\nX: "), Err("no answer in time".into()));
    assert_eq!(drip("HTTP/1.1 200 OK\r\n\r\n"), Err("no answer in time".into()));
    assert_eq!(got(|_| sleep(Duration::from_secs(2))), Err("no answer in time".into()));
}

#[test]
fn an_engine_that_accepts_nobody_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("s");
    let _listener = UnixListener::bind(&socket).unwrap();
    // The queue of waiting connections may be long: those that find a place in it get no answer, the others not even a
    // connection.
    let mut limits = limits();
    limits.time = Duration::from_millis(1);
    let errors = (0..300).map(|_| get(&socket, "/", &limits).unwrap_err());
    assert!(errors.into_iter().all(|error| matches!(error, Error::TimedOut)));
}

#[test]
fn sockets_that_are_none_say_why() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    for (path, reason) in [(dir.path().join("gone"), "No such file"), (file, "Connection refused")] {
        let error = get(&path, "/", &limits()).unwrap_err();
        assert!(matches!(&error, Error::Connect(_)) && error.to_string().contains(reason), "{error}");
    }
    assert!(get(Path::new(&"x".repeat(4096)), "/", &limits()).is_err());
}

#[test]
fn streams_come_line_by_line_and_can_be_hung_up() {
    let fake = Fake::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na\nb");
        let _ = stream.write_all(b"c\r\n2\r\n\nd\r\n");
        sleep(Duration::from_secs(60));
    });
    let mut lines = follow(&fake.socket(), "/events", &limits()).unwrap();
    assert_eq!(lines.next_line().unwrap(), Some(b"a".to_vec()));
    assert_eq!(lines.next_line().unwrap(), Some(b"bc".to_vec()));
    let hangup = lines.hangup().unwrap();
    // Longer than an answer may take: a stream may be silent.
    std::thread::spawn(move || {
        sleep(limits().time * 2);
        hangup.hang_up();
    });
    assert!(lines.next_line().is_err());
    hangup_twice(&lines);
}

#[test]
fn a_stream_may_begin_late() {
    let fake = Fake::new(|_, stream| {
        sleep(limits().time * 2);
        send(stream, 200, "a\nb\n");
    });
    let mut lines = follow(&fake.socket(), "/events", &limits()).unwrap();
    assert!(lines.is_silent());
    assert_eq!(lines.next_line().unwrap(), Some(b"a".to_vec()));
    assert!(!lines.is_silent());
    assert_eq!((lines.next_line().unwrap(), lines.next_line().unwrap()), (Some(b"b".to_vec()), None));
    let refusing = Fake::new(|_, stream| {
        sleep(limits().time * 2);
        send(stream, 500, "no");
    });
    let mut lines = follow(&refusing.socket(), "/events", &limits()).unwrap();
    assert!(matches!(lines.next_line(), Err(Error::Status(500, _))));
    assert!(lines.next_line().is_err());
}

fn hangup_twice(lines: &Lines) {
    let hangup = lines.hangup().unwrap();
    hangup.hang_up();
    hangup.hang_up();
}

#[test]
fn a_line_without_an_end_is_cut_off() {
    let fake = Fake::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(b"aaaaaaaaaaaaaaaa").is_ok() {}
    });
    let mut lines = follow(&fake.socket(), "/events", &limits()).unwrap();
    assert!(matches!(lines.next_line(), Err(Error::TooLong("line"))));
    let fake = Fake::new(|_, stream| send(stream, 500, "no"));
    assert!(matches!(follow(&fake.socket(), "/events", &limits()), Err(Error::Status(500, _))));
}

#[test]
fn names_are_escaped_in_paths() {
    assert_eq!(escaped("a-b_c.d~1"), "a-b_c.d~1");
    assert_eq!(escaped("a/../b?c=d e\r\n\u{e9}"), "a%2F..%2Fb%3Fc%3Dd%20e%0D%0A%C3%A9");
}
