//! Parameters whose type depends on the call: a byte says which, the value follows.

use super::convert::{Convert, Ptrace, SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW, SocketOption};
use super::{Moment, buffer};

/// What an option of a socket is: bytes, an error, numbers, a time.
const OPTION_BYTES: u8 = 0;
const OPTION_ERROR: u8 = 1;
const OPTION_U32: u8 = 2;
const OPTION_U64: u8 = 3;
const OPTION_TIME: u8 = 4;

/// So many bytes of an option without a type are kept.
const LONGEST_OPTION: usize = 4096;

fn put(moment: &mut Moment<'_>, kind: u8, value: &[u8]) {
    moment.out.param_with(|out| {
        out.push(kind);
        out.extend_from_slice(value);
    });
}

/// The name of a socket option in the schema's codes: known for the socket level.
pub fn option_name(moment: &mut Moment<'_>) {
    let name = if moment.int(1) == libc::SOL_SOCKET { SocketOption::convert(moment.arg(2)) } else { 0 };
    moment.out.param(&[name as u8]);
}

/// Two parameters: the value that setsockopt(2) sets, and its length.
pub fn set_option(moment: &mut Moment<'_>) {
    let len = moment.arg(4) as u32;
    put_option(moment, len);
}

/// Two parameters: the value that getsockopt(2) got, and its length.
pub fn got_option(moment: &mut Moment<'_>) {
    let len = moment.read_u32(moment.arg(4)).unwrap_or(0);
    put_option(moment, len);
}

fn put_option(moment: &mut Moment<'_>, len: u32) {
    let (name, at) = (moment.int(2), moment.arg(3));
    let is_of_socket = moment.int(1) == libc::SOL_SOCKET;
    match name {
        _ if !is_of_socket => put_bytes(moment, at, len),
        libc::SO_ERROR => {
            let error = moment.read_u32(at).map_or(0, |error| -i64::from(error as i32));
            put(moment, OPTION_ERROR, &error.to_le_bytes());
        }
        libc::SO_RCVTIMEO | libc::SO_SNDTIMEO => {
            let time = moment.read_longs(at);
            put_time(moment, time);
        }
        name if [SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW].contains(&(name as u32)) => {
            let time = moment.read_array::<16>(at).map(|bytes| {
                let (seconds, us) = bytes.split_at(8);
                [buffer::number(seconds), buffer::number(us)]
            });
            put_time(moment, time);
        }
        // SO_COOKIE
        57 => {
            let cookie = moment.read_u64(at).unwrap_or(0);
            put(moment, OPTION_U64, &cookie.to_le_bytes());
        }
        name if is_number(name) => {
            let value = moment.read_u32(at).unwrap_or(0);
            put(moment, OPTION_U32, &value.to_le_bytes());
        }
        _ => put_bytes(moment, at, len),
    }
    moment.out.param(&len.to_le_bytes());
}

/// Whether an option of the socket level is a number of 32 bits, as the schema has it.
fn is_number(name: i32) -> bool {
    let others = [libc::SO_LINGER, libc::SO_PEERCRED, libc::SO_ATTACH_FILTER, libc::SO_PEERNAME, libc::SO_ATTACH_BPF];
    (1..=49).contains(&name) && !others.contains(&name)
}

fn put_time(moment: &mut Moment<'_>, time: Option<[u64; 2]>) {
    let [seconds, us] = time.unwrap_or_default();
    let ns = seconds.wrapping_mul(1_000_000_000).wrapping_add(us.wrapping_mul(1000));
    put(moment, OPTION_TIME, &ns.to_le_bytes());
}

fn put_bytes(moment: &mut Moment<'_>, at: u64, len: u32) {
    let (tid, len) = (moment.tid, (len as usize).min(LONGEST_OPTION));
    moment.out.param_with(|out| {
        out.push(OPTION_BYTES);
        // What cannot be read is absent.
        let _ = crate::sys::memory::read(tid, at, len, out);
    });
}

/// What an argument of ptrace(2) is: a number, a signal.
const PTRACE_NUMBER: u8 = 0;
const PTRACE_SIGNAL: u8 = 1;

/// The address that ptrace(2) is about; 0 if it failed.
pub fn ptrace_address(moment: &mut Moment<'_>) {
    let address = if moment.has_failed() { 0 } else { moment.arg(2) };
    put(moment, PTRACE_NUMBER, &address.to_le_bytes());
}

/// The data of ptrace(2): what was read, the signal that is delivered, or the argument as it is; 0 if it failed.
pub fn ptrace_data(moment: &mut Moment<'_>) {
    let data = moment.arg(3);
    let value = match moment.int(0) as u32 {
        _ if moment.has_failed() => 0,
        libc::PTRACE_PEEKTEXT | libc::PTRACE_PEEKDATA | libc::PTRACE_PEEKUSER => moment.read_word(data).unwrap_or(0),
        libc::PTRACE_CONT | libc::PTRACE_SINGLESTEP | libc::PTRACE_DETACH | libc::PTRACE_SYSCALL => {
            return put(moment, PTRACE_SIGNAL, &[data as u8]);
        }
        _ => data,
    };
    put(moment, PTRACE_NUMBER, &value.to_le_bytes());
}

/// The request of ptrace(2).
pub fn ptrace_request(moment: &mut Moment<'_>) {
    let request = Ptrace::convert(moment.arg(0)) as u16;
    moment.out.param(&request.to_le_bytes());
}

/// What bpf(2) returned: a descriptor if it made a map or loaded a program, else a plain result.
pub fn bpf_result(moment: &mut Moment<'_>) {
    let makes_descriptor = moment.result >= 0 && matches!(moment.int(0), 0 | 5);
    let result = moment.result;
    put(moment, if makes_descriptor { 0 } else { 1 }, &result.to_le_bytes());
}

/// What an argument of keyctl(2) is: nothing that is looked at, a number, a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Zero,
    Number,
    Text,
}

/// The kinds of the arguments from the second on, by operation: 33 of them.
fn key_arguments(operation: u32) -> [Key; 4] {
    use Key::{Number, Text, Zero};
    match operation {
        1 => [Text, Zero, Zero, Zero],
        3 | 7 | 14 | 16 | 21 => [Number, Zero, Zero, Zero],
        0 | 5 | 8 | 9 | 15 | 22 | 31 => [Number, Number, Zero, Zero],
        2 | 4 | 6 | 11 | 13 | 17 | 32 => [Number, Number, Number, Zero],
        29 => [Number, Text, Text, Zero],
        24 => [Number, Number, Text, Zero],
        10 => [Number, Text, Text, Number],
        12 | 19 | 20 | 23 | 30 => [Number; 4],
        25..=28 => [Number, Text, Number, Number],
        _ => [Zero; 4],
    }
}

/// Four parameters: the arguments of keyctl(2) behind its operation.
pub fn key_operation(moment: &mut Moment<'_>) {
    for (n, kind) in (1..).zip(key_arguments(moment.arg(0) as u32)) {
        match kind {
            Key::Zero => put(moment, 0, &0u64.to_le_bytes()),
            Key::Number => {
                let value = moment.arg(n);
                put(moment, 0, &value.to_le_bytes());
            }
            Key::Text => {
                moment.string(n);
                let text = moment.kept.string(n).filter(|text| !text.is_empty()).unwrap_or(&[0]);
                moment.out.param_with(|out| {
                    out.push(1);
                    out.extend_from_slice(text);
                });
            }
        }
    }
}
