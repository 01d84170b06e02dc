//! Which call it is that a thread makes, and its arguments: whichever interface of the kernel it uses, as the machine's
//! own call would have them.

use super::Call;
use super::buffer::number;
use crate::sys::memory;
use crate::sys::ptrace::{Entry, Tid};
use capture_event::option::Abi;
use capture_event::schema::code::*;
use capture_event::tables::syscall::{self, Arch};
use capture_event::tables::syscall_i386::native_i386;

/// The interfaces, as linux/audit.h numbers them.
const X86_64: u32 = 0xC000_003E;
const I386: u32 = 0x4000_0003;
const AARCH64: u32 = 0xC000_00B7;
const ARM: u32 = 0x4000_0028;

/// The bit of the number of a call with 32-bit pointers on x86_64.
const X32: u64 = 0x4000_0000;

/// The number that those have first which are not as the machine's own.
const X32_FIRST: u16 = 512;

/// The machine's own numbers of the calls that have another one with 32-bit pointers: from 512 on.
const X32_CALLS: [u16; 36] = [
    13, 15, 16, 19, 20, 45, 46, 47, 59, 101, 127, 128, 129, 131, 222, 244, 246, 247, 273, 274, 278, 279, 295, 296, 297,
    299, 307, 310, 311, 54, 55, 206, 209, 322, 327, 328,
];

/// The call that a thread enters at a time (ns since the epoch), and the code of its enter event in the newest schema,
/// by which its decoding is found. `None`: the number is none.
pub fn call_of(tid: Tid, entry: &Entry, entered: u64) -> Option<(Call, u16)> {
    let made = |number, abi| Some(Call { id: 0, nr: u16::try_from(number).ok()?, args: entry.args, abi, entered });
    let (call, known) = match entry.arch {
        I386 => {
            let call = made(entry.nr, Some(Abi::I386))?;
            return Some(of_i386(tid, Call { args: call.args.map(|arg| arg & 0xffff_ffff), ..call }));
        }
        ARM => (made(entry.nr, Some(Abi::Arm))?, None),
        AARCH64 => {
            let call = made(entry.nr, None)?;
            (call, syscall::native(call.nr, Arch::Aarch64))
        }
        X86_64 if entry.nr & X32 != 0 => {
            let call = made(entry.nr & !X32, Some(Abi::X32))?;
            let own = call.nr.checked_sub(X32_FIRST).and_then(|at| X32_CALLS.get(usize::from(at)));
            (call, syscall::native(own.copied().unwrap_or(call.nr), Arch::X86_64))
        }
        _ => {
            let call = made(entry.nr, None)?;
            (call, syscall::native(call.nr, Arch::X86_64))
        }
    };
    let (id, code) = known.unwrap_or((0, GENERIC_E));
    Some((Call { id, ..call }, code))
}

/// A call of a 32-bit program: its arguments are put where the machine's own call has them.
fn of_i386(tid: Tid, call: Call) -> (Call, u16) {
    let (id, code) = native_i386(call.nr).unwrap_or((0, GENERIC_E));
    let [a, b, c, d, e, f] = call.args;
    let with = |args| (Call { id, args, ..call }, code);
    match call.nr {
        MMAP_OF_STRUCTURE => match words(tid, a) {
            Some(args) => (Call { id, args, ..call }, MMAP_E),
            None => with(call.args),
        },
        SOCKETCALL => socket_call(tid, call, id),
        IPC => ipc_call(tid, call, id),
        // An offset takes two arguments.
        PREAD64 | PWRITE64 | PREADV | PWRITEV => with([a, b, c, d | e << 32, 0, 0]),
        LLSEEK => with([a, b << 32 | c, e, d, 0, 0]),
        // Ids of 16 bits, of which the last one is none.
        SETUID16 | SETGID16 | SETREUID16 | SETREGID16 | SETRESUID16 | SETRESGID16 => {
            with([a, b, c, d, e, f].map(wide_id))
        }
        CHOWN16 | LCHOWN16 | FCHOWN16 => with([a, wide_id(b), wide_id(c), d, e, f]),
        _ => with(call.args),
    }
}

const LCHOWN16: u16 = 16;
const SETUID16: u16 = 23;
const SETGID16: u16 = 46;
const SETREUID16: u16 = 70;
const SETREGID16: u16 = 71;
const MMAP_OF_STRUCTURE: u16 = 90;
const FCHOWN16: u16 = 95;
const SOCKETCALL: u16 = 102;
const IPC: u16 = 117;
const LLSEEK: u16 = 140;
const SETRESUID16: u16 = 164;
const SETRESGID16: u16 = 170;
const PREAD64: u16 = 180;
const PWRITE64: u16 = 181;
const CHOWN16: u16 = 182;
const PREADV: u16 = 333;
const PWRITEV: u16 = 334;

fn wide_id(id: u64) -> u64 {
    if id & 0xffff == 0xffff { 0xffff_ffff } else { id & 0xffff }
}

/// Six numbers of 32 bits.
fn words(tid: Tid, at: u64) -> Option<[u64; 6]> {
    let mut words = [0; 6];
    // A call with fewer arguments may have them at the end of what is mapped.
    for (index, word) in (0..).zip(&mut words) {
        let bytes = memory::read_array::<4>(tid, at.wrapping_add(4 * index));
        *word = number(&if index == 0 { bytes? } else { bytes.unwrap_or_default() });
    }
    Some(words)
}

/// The calls that socketcall(2) stands for, from 1 on: the machine's own number of each, or 0.
const SOCKET_CALLS: [u16; 20] = [41, 49, 42, 50, 43, 51, 52, 53, 0, 0, 44, 45, 48, 54, 55, 46, 47, 288, 299, 307];
const SEND: u64 = 9;
const RECV: u64 = 10;

/// The schema's numbers of the two that the machine has no call of its own for.
const SEND_ID: u16 = 395;
const RECV_ID: u16 = 394;

fn socket_call(tid: Tid, call: Call, id: u16) -> (Call, u16) {
    let [which, at, ..] = call.args;
    let own = which.checked_sub(1).and_then(|index| SOCKET_CALLS.get(index as usize)).copied();
    let known = match which {
        SEND => Some((SEND_ID, SEND_E)),
        RECV => Some((RECV_ID, RECV_E)),
        _ => own.and_then(|nr| syscall::native(nr, Arch::X86_64)),
    };
    match known.zip(words(tid, at)) {
        Some(((id, code), args)) => (Call { id, args, ..call }, code),
        None => (Call { id, ..call }, GENERIC_E),
    }
}

/// What ipc(2) does with semaphores.
const SEMOP: u64 = 1;
const SEMGET: u64 = 2;
const SEMCTL: u64 = 3;

/// The machine's own numbers of the calls that ipc(2) stands for, by its first argument.
const IPC_CALLS: [(u64, u16); 12] = [
    (SEMOP, 65),
    (SEMGET, 64),
    (SEMCTL, 66),
    (4, 220),
    (11, 69),
    (12, 70),
    (13, 68),
    (14, 71),
    (21, 30),
    (22, 67),
    (23, 29),
    (24, 31),
];

fn ipc_call(tid: Tid, call: Call, id: u16) -> (Call, u16) {
    let [which, first, second, third, pointer, _] = call.args;
    let which = which & 0xffff;
    let own = IPC_CALLS.iter().find(|(number, _)| *number == which);
    let Some((id, code)) = own.and_then(|(_, nr)| syscall::native(*nr, Arch::X86_64)) else {
        return (Call { id, ..call }, GENERIC_E);
    };
    let args = match which {
        SEMOP => [first, pointer, second, 0, 0, 0],
        SEMCTL => {
            let value = memory::read_array::<4>(tid, pointer).map_or(0, |bytes| number(&bytes));
            [first, second, third, value, 0, 0]
        }
        SEMGET => [first, second, third, 0, 0, 0],
        // Their events have the arguments as they were given.
        _ => call.args,
    };
    (Call { id, args, ..call }, code)
}
