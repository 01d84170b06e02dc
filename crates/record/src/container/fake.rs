//! An engine for tests: answers in the test's own process what the test says, however odd.

use super::Engine;
use super::http::Limits;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A socket at which an engine seems to listen.
pub struct Fake {
    dir: TempDir,
}

impl Fake {
    /// Answers every request with what `answer` writes to the connection, given the path that was asked for.
    pub fn new(answer: impl Fn(&str, &mut UnixStream) + Send + Sync + 'static) -> Fake {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("engine.sock")).unwrap();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answer = answer.clone();
                thread::spawn(move || serve(stream, &*answer));
            }
        });
        Fake { dir }
    }

    /// Answers with these texts: the first whose path is asked for, else "not found".
    pub fn with(pages: &[(&str, String)]) -> Fake {
        let pages: Vec<_> = pages.iter().map(|(path, body)| ((*path).to_owned(), body.clone())).collect();
        Fake::new(move |path, stream| match pages.iter().find(|(page, _)| page == path) {
            Some((_, body)) => send(stream, 200, body),
            None => send(stream, 404, "{\"message\":\"no such thing\"}"),
        })
    }

    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("engine.sock")
    }

    pub fn engine(&self) -> Engine {
        Engine::new(self.socket()).with_limits(limits())
    }
}

/// Limits with which tests end soon.
pub fn limits() -> Limits {
    Limits { time: Duration::from_millis(400), head: 8 << 10, body: 1 << 20, line: 4 << 10 }
}

fn serve(mut stream: UnixStream, answer: &(impl Fn(&str, &mut UnixStream) + ?Sized)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    if reader.read_line(&mut request).is_err() {
        return;
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        line.clear();
    }
    answer(&path, &mut stream);
}

/// Sends an answer of this status. The other side may be gone.
pub fn send(stream: &mut UnixStream, status: u16, body: &str) {
    let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
}
