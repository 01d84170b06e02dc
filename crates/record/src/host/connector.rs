//! The kernel's process connector: forks, execs, exits and changes of ids, of all processes.
//!
//! ```text
//! netlink message │ idx u32 │ val u32 │ seq u32 │ ack u32 │ len u16 │ flags u16 │ event
//! event  what u32 │ cpu u32 │ time u64 (ns of the monotonic clock) │ ids, by what happened
//! ```

use crate::sys::netlink::{CONNECTOR, Got, Netlink, message, messages};
use std::io;
use std::os::fd::BorrowedFd;

/// `CN_IDX_PROC` and `CN_VAL_PROC`: which of the connector's speakers it is.
const PROCESSES: u32 = 1;

/// `PROC_CN_MCAST_LISTEN`: speak to us.
const LISTEN: u32 = 1;

/// How many bytes of messages wait for us at most.
const ROOM: usize = 32 << 20;

/// A thread and its process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Who {
    /// Thread.
    pub tid: i32,
    /// Process.
    pub pid: i32,
}

/// What a process did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Deed {
    Fork {
        parent: Who,
        child: Who,
    },
    Exec {
        who: Who,
    },
    /// `word` is that of wait(2).
    Exit {
        who: Who,
        word: i32,
    },
    User {
        who: Who,
        effective: u32,
    },
    Group {
        who: Who,
        effective: u32,
    },
    Session {
        who: Who,
    },
    Name {
        who: Who,
        name: [u8; 16],
    },
}

/// A deed and its circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// When: ns of the monotonic clock.
    pub time: u64,
    /// On which CPU.
    pub cpu: u32,
    /// What.
    pub deed: Deed,
}

/// The connection.
#[derive(Debug)]
pub struct Connector {
    socket: Netlink,
    buffer: Vec<u8>,
}

impl Connector {
    /// Connects. Only root of the host's first namespaces may.
    pub fn open() -> io::Result<Connector> {
        let socket = Netlink::open(CONNECTOR, PROCESSES, ROOM)?;
        let head = [PROCESSES, PROCESSES, 0, 0].map(u32::to_ne_bytes).concat();
        let len = [4u16, 0].map(u16::to_ne_bytes).concat();
        socket.send(&message(libc::NLMSG_DONE as u16, 0, &[head, len, LISTEN.to_ne_bytes().to_vec()].concat()))?;
        Ok(Connector { socket, buffer: vec![0; 1 << 12] })
    }

    /// Reads all that waits. Whether something was lost.
    pub fn read(&mut self, mut each: impl FnMut(Told)) -> io::Result<bool> {
        let mut is_lossy = false;
        loop {
            match self.socket.receive(&mut self.buffer)? {
                Got::Bytes(len) => parse(self.buffer.get(..len).unwrap_or_default()).for_each(&mut each),
                Got::Nothing => return Ok(is_lossy),
                Got::Lost => is_lossy = true,
            }
        }
    }

    /// To wait for.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.descriptor()
    }
}

/// What a datagram tells.
pub fn parse(datagram: &[u8]) -> impl Iterator<Item = Told> {
    messages(datagram).filter_map(|(_, body)| {
        let is_of_processes = word(body, 0)? == PROCESSES && word(body, 1)? == PROCESSES;
        if is_of_processes { told(body.get(20..)?) } else { None }
    })
}

fn told(event: &[u8]) -> Option<Told> {
    let (what, cpu) = (word(event, 0)?, word(event, 1)?);
    let time = u64::from_ne_bytes(*event.get(8..)?.first_chunk()?);
    let data = event.get(16..)?;
    let who = |at| Some(Who { tid: word(data, at)? as i32, pid: word(data, at + 1)? as i32 });
    let deed = match what {
        0x1 => Deed::Fork { parent: who(0)?, child: who(2)? },
        0x2 => Deed::Exec { who: who(0)? },
        0x4 => Deed::User { who: who(0)?, effective: word(data, 3)? },
        0x40 => Deed::Group { who: who(0)?, effective: word(data, 3)? },
        0x80 => Deed::Session { who: who(0)? },
        0x200 => Deed::Name { who: who(0)?, name: *data.get(8..)?.first_chunk()? },
        0x8000_0000 => Deed::Exit { who: who(0)?, word: word(data, 2)? as i32 },
        _ => return None,
    };
    Some(Told { time, cpu, deed })
}

/// A number by its position.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at * 4..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn datagram(what: u32, data: &[u32]) -> Vec<u8> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>();
        let event = [words(&[what, 3]), 77u64.to_ne_bytes().to_vec(), words(data)].concat();
        let head = [words(&[1, 1, 0, 0]), (event.len() as u16).to_ne_bytes().to_vec(), vec![0; 2]].concat();
        message(3, 0, &[head, event].concat())
    }

    #[test]
    fn deeds_are_read() {
        let deed =
            |what, data: &[u32]| parse(&datagram(what, data)).next().map(|told| (told.time, told.cpu, told.deed));
        let who = |tid, pid| Who { tid, pid };
        let fork = Deed::Fork { parent: who(1, 2), child: who(3, 4) };
        assert_eq!(deed(1, &[1, 2, 3, 4, 0, 0]), Some((77, 3, fork)));
        let exit = Deed::Exit { who: who(5, 6), word: 256 };
        assert_eq!(deed(0x8000_0000, &[5, 6, 256, 17, 1, 1]), Some((77, 3, exit)));
        assert_eq!(deed(4, &[5, 6, 0, 1000]), Some((77, 3, Deed::User { who: who(5, 6), effective: 1000 })));
        assert_eq!(deed(0, &[0]), None, "the answer to our request");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(mut bytes in prop::collection::vec(any::<u8>(), 0..200), what in 0u32..1024) {
            parse(&bytes).for_each(drop);
            bytes.truncate(60);
            let cut = [datagram(what, &[]), bytes].concat();
            parse(&cut).for_each(drop);
        }
    }
}
