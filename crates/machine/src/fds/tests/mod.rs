//! Descriptors, family by family: events of one thread, and what its table and the events' objects then are.

mod binding;
mod closing;
mod connecting;
mod copying;
mod finding;
mod importing;
mod opening;
mod sockets;
mod special;
mod traffic;

use super::Fd;
use crate::{Applied, Machine, Thread};
use capture_batch::View;
use capture_event::{Event, code};

pub const TID: i64 = 100;

/// A host with one process, and the events that it makes.
pub struct Host {
    pub machine: Machine,
    now: u64,
}

impl Host {
    pub fn new(view: View) -> Self {
        let mut machine = Machine::new(view);
        let mut thread = Thread::new(TID);
        thread.id.pid = TID;
        thread.id.comm = "test".into();
        thread.id.cwd = "/home/u/".into();
        machine.threads.put(thread);
        Host { machine, now: 0 }
    }

    fn apply(&mut self, tid: i64, code: u16, params: &[Vec<u8>], state_only: bool) -> Applied {
        self.now += 1;
        let params: Vec<&[u8]> = params.iter().map(Vec::as_slice).collect();
        self.machine.apply(&Event { ts: self.now, tid, cpu: 0, code, state_only, params: &params })
    }

    /// Applies an event of thread `tid`.
    pub fn event_of(&mut self, tid: i64, code: u16, params: &[Vec<u8>]) -> Applied {
        self.apply(tid, code, params, false)
    }

    /// Applies an event that was stored for the state's sake alone.
    pub fn hidden_event(&mut self, code: u16, params: &[Vec<u8>]) -> Applied {
        self.apply(TID, code, params, true)
    }

    pub fn event(&mut self, code: u16, params: &[Vec<u8>]) -> Applied {
        self.event_of(TID, code, params)
    }

    /// An enter event, then its exit event.
    pub fn call(&mut self, enter: u16, arguments: &[Vec<u8>], results: &[Vec<u8>]) -> Applied {
        self.event(enter, arguments);
        self.event(enter + 1, results)
    }

    pub fn fd(&self, number: i64) -> Option<&Fd> {
        self.machine.threads.get(TID).and_then(|thread| thread.fds.get(number))
    }

    pub fn name(&self, number: i64) -> String {
        self.fd(number).map_or("(closed)".into(), |fd| fd.name.to_str_lossy().into_owned())
    }

    /// The number of the last event's descriptor.
    pub fn number(&self) -> i64 {
        self.machine.threads.get(TID).map_or(-1, |thread| thread.last.fd)
    }

    /// Something that touches no descriptor: what was closed goes now.
    pub fn pause(&mut self) {
        self.event(code::GETUID_X, &[]);
    }

    /// Makes a socket and gives it a number.
    pub fn socket(&mut self, number: i64, domain: u32, kind: u32) -> Applied {
        match self.machine.view {
            View::Classic => self.call(code::SOCKET_E, &[u32p(domain), u32p(kind), u32p(0)], &[i64p(number)]),
            View::Exit => self.event(code::SOCKET_X, &[i64p(number), u32p(domain), u32p(kind), u32p(0), u32p(0)]),
        }
    }
}

pub const INET: u32 = 2;
pub const INET6: u32 = 10;
pub const UNIX: u32 = 1;
pub const STREAM: u32 = 1;
pub const DGRAM: u32 = 2;

pub fn i64p(value: i64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub fn u32p(value: u32) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub fn u64p(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub fn u8p(value: u8) -> Vec<u8> {
    vec![value]
}

pub fn text(value: &str) -> Vec<u8> {
    [value.as_bytes(), &[0]].concat()
}

pub fn none() -> Vec<u8> {
    Vec::new()
}

/// A socket address parameter, from `ip:port`.
pub fn addr(value: &str) -> Vec<u8> {
    let address: std::net::SocketAddr = value.parse().expect("an address");
    let mut bytes = match address.ip() {
        std::net::IpAddr::V4(ip) => [&[2][..], &ip.octets()].concat(),
        std::net::IpAddr::V6(ip) => [&[10][..], &ip.octets()].concat(),
    };
    bytes.extend(address.port().to_le_bytes());
    bytes
}

/// A tuple parameter, from two addresses.
pub fn tuple(source: &str, destination: &str) -> Vec<u8> {
    let mut bytes = addr(source);
    bytes.extend(&addr(destination)[1..]);
    bytes
}

/// A unix tuple parameter.
pub fn unix_tuple(source: u64, destination: u64, path: &str) -> Vec<u8> {
    [&[1][..], &source.to_le_bytes(), &destination.to_le_bytes(), &text(path)].concat()
}

pub fn both() -> [View; 2] {
    [View::Classic, View::Exit]
}
