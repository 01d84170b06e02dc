//! Parameters of sendmsg(2), recvmsg(2) and those that take many messages at once: what the message's header leads to.

use super::Moment;
use super::buffer::{self, Vector, number};
use super::socket::{self, Address, Direction};

/// More control data than this no event has room for; old readers know no more either.
const LONGEST_CONTROL: u64 = 0xffff;

/// The header of a message, as the process has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Message {
    name: u64,
    name_len: u64,
    buffers: u64,
    buffer_count: u64,
    control: u64,
    control_len: u64,
    /// How many bytes of it were sent or received, in calls that take many.
    len: u32,
}

/// The fields of a header, each as many bytes as a pointer; the last one is how much was sent, behind the flags.
const FIELDS: usize = 8;

impl Message {
    /// The message of a call that takes one; none if it cannot be read. It is read once an event.
    fn of(moment: &mut Moment<'_>) -> Message {
        let (tid, word, index) = (moment.tid, moment.word(), u64::from(moment.kept.message_index));
        let address = moment.arg(1).wrapping_add(index * (FIELDS * word) as u64);
        let is_one_of_many = moment.has_many_messages();
        *moment
            .kept
            .message
            .get_or_insert_with(|| Message::read(tid, address, word, is_one_of_many).unwrap_or_default())
    }

    fn read(tid: i32, address: u64, word: usize, is_one_of_many: bool) -> Option<Message> {
        let mut bytes = [0; 8 * FIELDS];
        // The header alone has no length behind it: what follows it may not be there.
        let header = bytes.get_mut(..(FIELDS - 1) * word)?;
        if address == 0 || crate::sys::memory::read_to(tid, address, header) == 0 {
            return None;
        }
        let field = |at: usize, len: usize| bytes.get(at * word..at * word + len).map(number);
        let behind = address.wrapping_add(((FIELDS - 1) * word) as u64);
        let len = if is_one_of_many { crate::sys::memory::read_array(tid, behind) } else { None };
        Some(Message {
            name: field(0, word)?,
            name_len: field(1, 4)?,
            buffers: field(2, word)?,
            buffer_count: field(3, word)?,
            control: field(4, word)?,
            control_len: field(5, word)?,
            len: len.map_or(0, u32::from_le_bytes),
        })
    }

    fn vector(&self, moment: &Moment<'_>) -> Vector {
        Vector::read(moment, self.buffers, self.buffer_count)
    }

    fn address(&self, moment: &Moment<'_>) -> Option<Address> {
        socket::read_address(moment, self.name, self.name_len)
    }
}

/// How much of the message was sent or received: what the call says, or the message where there are many.
fn transferred(moment: &mut Moment<'_>) -> i64 {
    if moment.has_many_messages() && moment.result > 0 { Message::of(moment).len.into() } else { moment.result }
}

/// The result for one of many messages: how much of it was sent or received.
pub fn result(moment: &mut Moment<'_>) {
    let result = transferred(moment);
    moment.out.param(&result.to_le_bytes());
}

/// How many bytes the buffers of the message hold.
pub fn size(moment: &mut Moment<'_>) {
    let size = Message::of(moment).vector(moment).size();
    moment.out.param(&size.to_le_bytes());
}

/// How many bytes of one of many messages were to be sent; 0 if none was.
pub fn size_if_sent(moment: &mut Moment<'_>) {
    if moment.result > 0 { size(moment) } else { super::part::zero32(moment) }
}

/// How many bytes were received.
pub fn received(moment: &mut Moment<'_>) {
    let size = transferred(moment).max(0) as u32;
    moment.out.param(&size.to_le_bytes());
}

/// What was sent, or was to be.
pub fn sent_data(moment: &mut Moment<'_>) {
    if moment.has_many_messages() && moment.result <= 0 {
        return moment.out.param(&[]);
    }
    let len = usize::try_from(transferred(moment)).ok().filter(|len| *len > 0).unwrap_or(usize::MAX);
    put_data(moment, len);
}

/// What was received.
pub fn received_data(moment: &mut Moment<'_>) {
    let len = usize::try_from(transferred(moment)).unwrap_or(0);
    put_data(moment, len);
}

fn put_data(moment: &mut Moment<'_>, len: usize) {
    let message = Message::of(moment);
    let (vector, named) = (message.vector(moment), message.address(moment));
    let snaplen = socket::snaplen(moment, named.as_ref());
    buffer::put_vector(moment, &vector, len, snaplen);
}

/// At the enter: both ends, if the message names the other one.
pub fn named_ends(moment: &mut Moment<'_>) {
    let named = Message::of(moment).address(moment);
    socket::put_named_ends(moment, named);
}

/// Both ends of the socket that it was sent on.
pub fn sent_ends(moment: &mut Moment<'_>) {
    put_ends(moment, Direction::Out);
}

/// Both ends of the socket that it came from.
pub fn received_ends(moment: &mut Moment<'_>) {
    put_ends(moment, Direction::In);
}

fn put_ends(moment: &mut Moment<'_>, direction: Direction) {
    if moment.has_failed() || moment.has_many_messages() && moment.result == 0 {
        return moment.out.param(&[]);
    }
    let named = Message::of(moment).address(moment);
    socket::put_tuple(moment, moment.int(0), direction, named);
}

/// The control data that came with it, such as descriptors.
pub fn control(moment: &mut Moment<'_>) {
    let message = Message::of(moment);
    let is_there = message.control != 0 && message.control_len <= LONGEST_CONTROL;
    let has_come = moment.result > 0 || moment.result == 0 && !moment.has_many_messages();
    let len = if is_there && has_come { message.control_len as usize } else { 0 };
    let tid = moment.tid;
    moment.out.param_with(|out| {
        // What cannot be read is absent.
        let _ = crate::sys::memory::read(tid, message.control, len, out);
    });
}
