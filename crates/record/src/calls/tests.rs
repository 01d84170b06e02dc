//! Every line of the table, with arguments of all sorts: what is written is what both schemas have there.

use super::table::{self, Decoding};
use super::{Call, Extent, Kept, Moment, Part, decoding};
use crate::trace::events::parameter_count;
use crate::trace::process::{Proc, Process};
use capture_event::ParamType;
use capture_event::schema::code::GENERIC_E;
use capture_event::schema::{self, Dialect};
use capture_event::tables::syscall::{self, Arch};
use capture_scap::{EventBuilder, EventHead};

/// The bytes of a type that has always as many.
fn size(ty: ParamType) -> Option<usize> {
    use ParamType::*;
    Some(match ty {
        Int8 | UInt8 | Flags8 | EnumFlags8 | SigType => 1,
        Int16 | UInt16 | Flags16 | EnumFlags16 | SyscallId | Port => 2,
        Int32 | UInt32 | Flags32 | EnumFlags32 | Uid | Gid | Mode | SigSet | Bool | Fd32 | Pid32 => 4,
        Int64 | UInt64 | Errno | Fd | Pid | RelTime | AbsTime => 8,
        _ => return Option::None,
    })
}

/// The parameters of one event, made for a call of this process.
fn parameters(code: u16, parts: &[Part], args: [u64; 6], result: i64, per_message: bool) -> Vec<Vec<u8>> {
    let (mut process, mut kept) = (Process::new(std::process::id() as i32), Kept::default());
    let mut proc = Proc::default();
    kept.has_many_messages = per_message;
    let call = Call { id: 0, nr: 0, args, abi: None, entered: 1 };
    let extent = Extent { snaplen: 80, long_snaplen: 4096, env: true };
    let mut block = Vec::new();
    let head = EventHead { ts: 0, tid: 0, cpu: 0, code, state_only: false };
    let count = parameter_count(code);
    let tid = process.pid;
    {
        let mut moment = Moment {
            tid,
            process: &mut process,
            proc: &mut proc,
            call: &call,
            result,
            kept: &mut kept,
            extent: &extent,
            out: EventBuilder::new(&mut block, head, count),
        };
        let before = moment.out.remaining();
        parts.iter().for_each(|part| part(&mut moment));
        assert_eq!((before, moment.out.remaining()), (count, 0), "parameters of {code}");
        moment.out.finish();
    }
    // The lengths stand behind block header, CPU and event header.
    let lengths = &block[36..36 + 2 * count as usize];
    let mut at = 36 + 2 * count as usize;
    let length = |pair: &[u8]| usize::from(u16::from_le_bytes([pair[0], pair[1]]));
    lengths
        .chunks_exact(2)
        .map(|pair| {
            at += length(pair);
            block[at - length(pair)..at].to_vec()
        })
        .collect()
}

/// That parameters are what both schemas have there.
fn check(code: u16, parameters: &[Vec<u8>]) {
    let newest = schema::event(code, Dialect::Newest).unwrap();
    let classic = schema::event(code, Dialect::Classic).map_or(&[][..], |event| &event.params);
    for (n, value) in parameters.iter().enumerate() {
        let is_classic = n < classic.len();
        let info = newest.params.get(n).or(classic.get(n)).unwrap();
        let what = format!("parameter {n} of {} {code}", newest.name);
        if let Some(size) = size(info.ty) {
            assert_eq!(value.len(), size, "{what}");
        }
        match info.ty {
            ParamType::CharBuf | ParamType::FsPath | ParamType::FsRelPath => {
                assert!(!is_classic || !value.is_empty(), "{what}");
                assert_eq!(value.iter().filter(|byte| **byte == 0).count(), usize::from(!value.is_empty()), "{what}");
                assert_eq!(value.last().copied().unwrap_or(0), 0, "{what}");
            }
            ParamType::SockTuple => assert!([0, 13, 37].contains(&value.len()) || value.len() >= 18, "{what}"),
            ParamType::FdList => assert!(value.len() >= 2 && value.len() % 10 == 2, "{what}"),
            ParamType::Dyn => assert!(!value.is_empty(), "{what}"),
            _ => {}
        }
    }
}

fn check_with(decoding: &Decoding, args: [u64; 6], result: i64) {
    if let Some(parts) = decoding.enter {
        let code = decoding.enter_code;
        check(code, &parameters(code, parts, args, 0, decoding.per_message));
    }
    let code = decoding.enter_code + 1;
    check(code, &parameters(code, decoding.exit, args, result, decoding.per_message));
}

#[test]
fn every_line_makes_what_both_schemas_have() {
    let zeros = vec![0u8; 8192];
    let text = [vec![b'x'; 300], vec![0; 300]].concat();
    let ones = vec![0xffu8; 8192];
    let sets = [0, u64::MAX, 1, 0x7fff_ffff, zeros.as_ptr() as u64, text.as_ptr() as u64, ones.as_ptr() as u64];
    for decoding in table::all() {
        for value in sets {
            for result in [0, 1, -1, -115, i64::MAX, i64::MIN] {
                check_with(decoding, [value; 6], result);
                // A small first argument makes the second a pointer, and the third a length.
                for first in [0, 2, 15, 16, 24, 29, 101] {
                    check_with(decoding, [first, value, 3, value, 2, value], result);
                }
            }
        }
    }
}

#[test]
fn enter_events_are_there_just_if_the_classic_schema_knows_them() {
    for decoding in table::all() {
        let known = schema::event(decoding.enter_code, Dialect::Classic).is_some();
        assert_eq!(decoding.enter.is_some(), known, "{}", decoding.enter_code);
    }
}

#[test]
fn every_call_with_an_event_is_in_the_table() {
    for arch in [Arch::X86_64, Arch::Aarch64] {
        for nr in 0..600 {
            let Some((id, code)) = syscall::native(nr, arch).filter(|(_, code)| *code != GENERIC_E) else { continue };
            assert!(decoding(code).is_some(), "{:?}", syscall::name(id, Dialect::Newest));
        }
    }
}
