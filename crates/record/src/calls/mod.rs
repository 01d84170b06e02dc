//! System calls as events: which parameters the events of each call have, and how each is made.
//!
//! A call becomes a classic pair of events: an enter event with the arguments, as sysdig 0.29 has them, and an exit
//! event with the result and, behind it, the arguments again, as the newest schema wants them. Calls that only the
//! newest schema knows become an exit event only. Calls without an event of their own become the generic pair.
//!
//! * `table` has one line for each event: its parameters, in the schema's order. A call is added there.
//! * `part` has what makes most parameters: a function a kind, for an argument by its position. Parameters of their
//!   own kind have their functions in a file for the family of calls: `open`, [`socket`] …
//! * `convert` turns Linux's flags into the schema's.

mod buffer;
mod convert;
mod dynamic;
mod file;
mod limit;
mod memory;
mod message;
mod native;
mod open;
mod part;
mod poll;
mod process;
mod quota;
mod semaphore;
pub(crate) mod socket;
mod table;
#[cfg(test)]
mod tests;
pub(crate) mod thread;
mod uring;

pub use native::call_of;
pub use part::Part;
pub use table::{Decoding, decoding};

use crate::proc::Facts;
use crate::sys::ptrace::Tid;
use crate::trace::process::{Proc, Process};
use capture_event::option::Abi;
use capture_scap::EventBuilder;

/// The longest string that is read from a process: a path has no more bytes.
const LONGEST_STRING: usize = 4096;

/// So many bytes of a string are read at first: nearly every path is shorter.
const FIRST_READ: usize = 256;

/// The number of the first call that takes 64-bit times from 32-bit programs; all later ones do.
const FIRST_WITH_LONG_TIME: u16 = 403;

/// A call that a thread makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The schema's number of the call.
    pub id: u16,
    /// The kernel's number of the call.
    pub nr: u16,
    /// The arguments.
    pub args: [u64; 6],
    /// How it was made, if not in the machine's own way.
    pub abi: Option<Abi>,
    /// When it was entered: ns since the epoch.
    pub entered: u64,
}

/// What was read for the enter event and is needed again for the exit event.
#[derive(Debug, Default)]
pub struct Kept {
    bytes: Vec<u8>,
    /// Argument, start and end of the string that it points to; an empty one if it could not be read.
    strings: Vec<(u8, u32, u32)>,
    /// For an open that may create a file: whether there was none.
    pub was_absent: bool,
    /// The file that was opened.
    pub opened: Option<open::Opened>,
    /// How openat2(2) is to open a file.
    pub how: Option<open::How>,
    /// The time that the call may take, ns.
    pub time: Option<u64>,
    /// The header of the message that the event is about.
    message: Option<message::Message>,
    /// Which of many messages the event is about.
    pub message_index: u16,
    /// Whether the call takes many messages.
    pub has_many_messages: bool,
}

impl Kept {
    /// The string of an argument, with its zero byte, if it was read before; empty if it could not be read.
    pub fn string(&self, n: u8) -> Option<&[u8]> {
        let &(_, from, to) = self.strings.iter().find(|(arg, ..)| *arg == n)?;
        self.bytes.get(from as usize..to as usize)
    }

    /// The string that was read first.
    pub fn first_string(&self) -> Option<&[u8]> {
        self.string(self.strings.first()?.0)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.strings.clear();
        self.was_absent = false;
        self.opened = None;
        self.how = None;
        self.time = None;
        self.message_index = 0;
        self.has_many_messages = false;
    }

    /// Forgets what belongs to one event of the call only.
    pub fn next_event(&mut self) {
        self.message = None;
    }
}

/// How much is recorded of what calls carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many bytes of an I/O buffer are kept.
    pub snaplen: usize,
    /// How many where the content is a request that somebody will want to read: DNS, the socket of a container engine.
    pub long_snaplen: usize,
    /// Whether the environment of a program is kept.
    pub env: bool,
}

/// A call at its enter or its exit, as those functions see it that make the event's parameters.
pub struct Moment<'m> {
    /// The acting thread.
    pub tid: Tid,
    /// Its process.
    pub process: &'m mut Process,
    /// Where more is to be read of it.
    pub proc: &'m mut Proc,
    /// The call.
    pub call: &'m Call,
    /// Its result; 0 at the enter.
    pub result: i64,
    /// What is kept from enter to exit.
    pub kept: &'m mut Kept,
    /// How much is recorded.
    pub extent: &'m Extent,
    /// The event.
    pub out: EventBuilder<'m>,
}

impl Moment<'_> {
    /// An argument by its position.
    pub fn arg(&self, n: u8) -> u64 {
        self.call.args.get(usize::from(n)).copied().unwrap_or(0)
    }

    /// An argument that is a number of 32 bits with a sign, such as a descriptor.
    pub fn int(&self, n: u8) -> i32 {
        self.arg(n) as i32
    }

    /// How many bytes are kept of what goes through the descriptor that is the first argument.
    pub fn snaplen(&self) -> usize {
        if self.process.carries_requests(self.int(0)) { self.extent.long_snaplen } else { self.extent.snaplen }
    }

    /// Whether the call takes many messages, each with an event of its own.
    pub fn has_many_messages(&self) -> bool {
        self.kept.has_many_messages
    }

    /// Whether the call failed.
    pub fn has_failed(&self) -> bool {
        self.result < 0
    }

    /// How many bytes a pointer has in the memory of the process.
    pub fn word(&self) -> usize {
        if self.call.abi.is_some() { 4 } else { 8 }
    }

    /// What `/proc` says of the thread now. What it cannot but have from its process or its parent is read once;
    /// nothing is known of a thread that was killed meanwhile.
    pub fn facts(&mut self) -> Facts {
        let tid = i64::from(self.tid);
        let read = self.proc.host().and_then(|host| match &self.process.facts {
            Some(known) => Facts::of_child(host, known, tid),
            None => Facts::of(host, tid),
        });
        match read {
            Some(facts) => {
                self.process.learn(&facts, self.call.entered);
                facts
            }
            None => Facts { tid, ..Facts::unknown() },
        }
    }

    /// Up to `len` bytes at an address of the process; none if they cannot be read.
    pub fn read(&self, address: u64, len: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        // What cannot be read is absent.
        let _ = crate::sys::memory::read(self.tid, address, len, &mut bytes);
        bytes
    }

    /// `N` bytes at an address of the process, if they can be read.
    pub fn read_array<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        crate::sys::memory::read_array(self.tid, address)
    }

    /// A number of 32 bits at an address of the process.
    pub fn read_u32(&self, address: u64) -> Option<u32> {
        self.read_array(address).map(u32::from_le_bytes)
    }

    /// A number of 64 bits at an address of the process.
    pub fn read_u64(&self, address: u64) -> Option<u64> {
        self.read_array(address).map(u64::from_le_bytes)
    }

    /// A pointer or a size at an address of the process.
    pub fn read_word(&self, address: u64) -> Option<u64> {
        if self.word() == 4 { self.read_u32(address).map(u64::from) } else { self.read_u64(address) }
    }

    /// How many bytes a `long` and a time have in structures of the kernel's.
    pub fn long(&self) -> usize {
        if matches!(self.call.abi, Some(Abi::I386 | Abi::Arm)) { 4 } else { 8 }
    }

    /// Seconds and a fraction, at an address of the process. Old calls of 32-bit programs have short ones.
    pub fn read_times(&self, address: u64) -> Option<[u64; 2]> {
        if self.long() == 4 && self.call.nr >= FIRST_WITH_LONG_TIME {
            let bytes: [u8; 16] = self.read_array(address)?;
            let (first, second) = bytes.split_at(8);
            return Some([buffer::number(first), buffer::number(second)]);
        }
        self.read_longs(address)
    }

    /// Two `long` numbers behind each other, the first at an address of the process; without a sign.
    pub fn read_longs(&self, address: u64) -> Option<[u64; 2]> {
        if self.long() == 4 {
            let [low, high] = [self.read_u32(address)?, self.read_u32(address.wrapping_add(4))?];
            Some([low.into(), high.into()])
        } else {
            let bytes: [u8; 16] = self.read_array(address)?;
            let (first, second) = bytes.split_at(8);
            Some([buffer::number(first), buffer::number(second)])
        }
    }

    /// The string that an argument points to, without its zero byte; `None` if it cannot be read. It is read once a
    /// call.
    pub fn string(&mut self, n: u8) -> Option<&[u8]> {
        let kept = match self.kept.strings.iter().find(|(arg, ..)| *arg == n) {
            Some(&(_, from, to)) => (from, to),
            None => {
                let from = self.kept.bytes.len();
                read_string(self.tid, self.arg(n), &mut self.kept.bytes);
                let kept = (from as u32, self.kept.bytes.len() as u32);
                self.kept.strings.push((n, kept.0, kept.1));
                kept
            }
        };
        // A string that was read has its zero byte; what could not be read has nothing.
        self.kept.bytes.get(kept.0 as usize..kept.1 as usize)?.strip_suffix(&[0])
    }
}

/// Appends the string at an address of a thread's memory, with a zero byte behind it; nothing if it cannot be read.
fn read_string(tid: Tid, address: u64, out: &mut Vec<u8>) {
    let start = out.len();
    let mut wanted = FIRST_READ;
    while address != 0 && out.len() - start < LONGEST_STRING {
        let seen = out.len();
        let read = crate::sys::memory::read(tid, address.wrapping_add((seen - start) as u64), wanted, out).unwrap_or(0);
        if let Some(end) = out.get(seen..).and_then(|new| new.iter().position(|byte| *byte == 0)) {
            out.truncate(seen + end + 1);
            return;
        }
        if read < wanted {
            break;
        }
        wanted = LONGEST_STRING - (out.len() - start);
    }
    if out.len() - start >= LONGEST_STRING {
        // Longer than any path: what there is, cut.
        out.truncate(start + LONGEST_STRING - 1);
        out.push(0);
    } else {
        out.truncate(start);
    }
}
