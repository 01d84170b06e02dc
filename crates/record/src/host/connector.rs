//! The kernel's process connector: forks, execs, exits and changes of ids, of all processes.
//!
//! ```text
//! netlink message │ idx u32 │ val u32 │ seq u32 │ ack u32 │ len u16 │ flags u16 │ event
//! event  what u32 │ cpu u32 │ time u64 (ns of the monotonic clock) │ ids, by what happened
//! ```

use crate::sys::netlink::{CONNECTOR, Got, Netlink, message, messages};
use rustc_hash::FxHashMap;
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
    /// Somebody traces it from now on.
    Traced {
        who: Who,
        by: Who,
    },
    /// Nobody traces it any more.
    LetGo {
        who: Who,
    },
}

impl Deed {
    /// Who did it, or came of it.
    pub fn whose(&self) -> Who {
        match *self {
            Deed::Fork { child, .. } => child,
            Deed::Traced { by, .. } => by,
            Deed::Exec { who }
            | Deed::Exit { who, .. }
            | Deed::User { who, .. }
            | Deed::Group { who, .. }
            | Deed::Session { who }
            | Deed::Name { who, .. }
            | Deed::LetGo { who } => who,
        }
    }
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

/// A message of the connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Which message of its CPU it is, counted around.
    pub number: u32,
    /// On which CPU it was made.
    pub cpu: u32,
    /// What it tells, if that is something that we want to know.
    pub told: Option<Told>,
}

/// The connection.
#[derive(Debug)]
pub struct Connector {
    socket: Netlink,
    buffer: Vec<u8>,
    counts: Counts,
}

/// The number of the next message of each CPU.
#[derive(Debug, Default)]
struct Counts(FxHashMap<u32, u32>);

impl Counts {
    /// A message came. How many of its CPU did not that are older.
    fn missing_before(&mut self, message: &Message) -> u64 {
        let expected = self.0.insert(message.cpu, message.number.wrapping_add(1));
        expected.map_or(0, |expected| message.number.wrapping_sub(expected).into())
    }
}

impl Connector {
    /// Connects. Only root of the host's first namespaces may.
    pub fn open() -> io::Result<Connector> {
        Connector::with_room(ROOM)
    }

    fn with_room(room: usize) -> io::Result<Connector> {
        let socket = Netlink::open(CONNECTOR, PROCESSES, room)?;
        let head = [PROCESSES, PROCESSES, 0, 0].map(u32::to_ne_bytes).concat();
        let len = [4u16, 0].map(u16::to_ne_bytes).concat();
        socket.send(&message(libc::NLMSG_DONE as u16, 0, &[head, len, LISTEN.to_ne_bytes().to_vec()].concat()))?;
        Ok(Connector { socket, buffer: vec![0; 1 << 12], counts: Counts::default() })
    }

    /// Reads all that waits. How many messages were lost, if some were; 0 if that is not known yet: a CPU tells it with
    /// its next message.
    pub fn read(&mut self, mut each: impl FnMut(Told)) -> io::Result<Option<u64>> {
        let (mut is_lossy, mut missing) = (false, 0);
        loop {
            match self.socket.receive(&mut self.buffer)? {
                Got::Bytes(len) => {
                    for message in parse(self.buffer.get(..len).unwrap_or_default()) {
                        missing += self.counts.missing_before(&message);
                        message.told.into_iter().for_each(&mut each);
                    }
                }
                Got::Nothing => return Ok((is_lossy || missing > 0).then_some(missing)),
                Got::Lost => is_lossy = true,
            }
        }
    }

    /// To wait for.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.descriptor()
    }
}

/// The messages of a datagram, but for answers to what we sent.
pub fn parse(datagram: &[u8]) -> impl Iterator<Item = Message> {
    messages(datagram).filter_map(|(_, body)| {
        let is_of_processes = word(body, 0)? == PROCESSES && word(body, 1)? == PROCESSES;
        let event = body.get(20..).filter(|_| is_of_processes)?;
        let (what, cpu) = (word(event, 0)?, word(event, 1)?);
        (what != 0).then_some(Message { number: word(body, 2)?, cpu, told: told(event, what, cpu) })
    })
}

fn told(event: &[u8], what: u32, cpu: u32) -> Option<Told> {
    let time = u64::from_ne_bytes(*event.get(8..)?.first_chunk()?);
    let data = event.get(16..)?;
    let who = |at| Some(Who { tid: word(data, at)? as i32, pid: word(data, at + 1)? as i32 });
    let deed = match what {
        0x1 => match (who(0)?, who(2)?) {
            (parent, child) if child.tid == child.pid => Deed::Fork { parent, child },
            // The kernel names the parent, which of a thread is that of its process, not who made it.
            (_, child) => Deed::Fork { parent: Who { tid: child.pid, pid: child.pid }, child },
        },
        0x2 => Deed::Exec { who: who(0)? },
        0x4 => Deed::User { who: who(0)?, effective: word(data, 3)? },
        0x40 => Deed::Group { who: who(0)?, effective: word(data, 3)? },
        0x80 => Deed::Session { who: who(0)? },
        0x100 => match (who(0)?, who(2)?) {
            (who, Who { tid: 0, .. }) => Deed::LetGo { who },
            (who, by) => Deed::Traced { who, by },
        },
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
    use crate::sys::place::{self, Cpus};
    use proptest::prelude::*;

    fn datagram(what: u32, data: &[u32]) -> Vec<u8> {
        numbered(0, what, data)
    }

    fn numbered(number: u32, what: u32, data: &[u32]) -> Vec<u8> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>();
        let event = [words(&[what, 3]), 77u64.to_ne_bytes().to_vec(), words(data)].concat();
        let head = [words(&[1, 1, number, 0]), (event.len() as u16).to_ne_bytes().to_vec(), vec![0; 2]].concat();
        message(3, 0, &[head, event].concat())
    }

    #[test]
    fn deeds_are_read() {
        let deed =
            |what, data: &[u32]| parse(&datagram(what, data)).next()?.told.map(|told| (told.time, told.cpu, told.deed));
        let who = |tid, pid| Who { tid, pid };
        let fork = Deed::Fork { parent: who(1, 2), child: who(4, 4) };
        assert_eq!(deed(1, &[1, 2, 4, 4, 0, 0]), Some((77, 3, fork)));
        let thread = Deed::Fork { parent: who(4, 4), child: who(5, 4) };
        assert_eq!(deed(1, &[1, 2, 5, 4, 0, 0]), Some((77, 3, thread)), "of its own process");
        let exit = Deed::Exit { who: who(5, 6), word: 256 };
        assert_eq!(deed(0x8000_0000, &[5, 6, 256, 17, 1, 1]), Some((77, 3, exit)));
        assert_eq!(deed(4, &[5, 6, 0, 1000]), Some((77, 3, Deed::User { who: who(5, 6), effective: 1000 })));
        let (traced, let_go) = (Deed::Traced { who: who(5, 6), by: who(7, 8) }, Deed::LetGo { who: who(5, 6) });
        assert_eq!(deed(0x100, &[5, 6, 7, 8]), Some((77, 3, traced)));
        assert_eq!(deed(0x100, &[5, 6, 0, 0]), Some((77, 3, let_go)));
        assert_eq!(parse(&datagram(0, &[0])).count(), 0, "the answer to our request");
    }

    #[test]
    fn messages_that_did_not_come_are_counted() {
        let mut counts = Counts::default();
        let numbers = [u32::MAX - 1, u32::MAX, 0, 4, 5];
        let missing = numbers.map(|number| {
            let datagram = numbered(number, 0x4000_0000, &[]);
            let message = parse(&datagram).next().unwrap();
            assert_eq!((message.number, message.cpu, message.told), (number, 3, None));
            counts.missing_before(&message)
        });
        assert_eq!(missing, [0, 0, 0, 3, 0]);
        assert_eq!(counts.missing_before(&Message { number: 9, cpu: 4, told: None }), 0, "another CPU");
    }

    #[test]
    fn what_is_not_read_in_time_is_counted() {
        let Ok(mut connector) = Connector::with_room(4096) else {
            eprintln!("skipped: the process connector is not for us");
            return;
        };
        // A CPU tells what it has lost with its next message, if it had told something before: so all is done on one.
        let cpu = place::current();
        let here = Cpus::one(cpu);
        let run = || {
            // This thread is the test's own.
            place::allow(0, &here).unwrap();
            assert!(std::process::Command::new("true").status().unwrap().success());
        };
        let mut tells = || {
            run();
            let mut is_told = false;
            connector.read(|told| is_told |= told.cpu as usize == cpu).unwrap();
            is_told
        };
        assert!((0..1000).any(|_| tells()), "this CPU tells nothing");
        (0..100).for_each(|_| run());
        let (mut told, mut missing) = (0, connector.read(drop).unwrap().unwrap());
        for _ in 0..100 {
            run();
            missing += connector.read(|_| told += 1).unwrap().unwrap_or(0);
        }
        assert!(told > 0 && missing > 0, "{told} came, {missing} did not");
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
