//! Writer of events, V2.

use super::option::options;
use super::{Put, TooLong, block, pad};
use crate::block::event::{Form, RawEvent};
use crate::read::event::has_wide_lengths;

/// Readers refuse longer blocks, but for those of the large kind.
const LONGEST: usize = 65536 + 8;

pub(crate) fn event(out: &mut Vec<u8>, event: &RawEvent<'_>) -> Result<(), TooLong> {
    let wide = has_wide_lengths(event.code, if event.large { Form::Large } else { Form::V2 });
    let longest = if wide { u32::MAX as usize } else { usize::from(u16::MAX) };
    if let Some(param) = event.params.iter().find(|param| param.len() > longest) {
        return Err(TooLong(param.len() as u64));
    }
    let (width, data) = (if wide { 4 } else { 2 }, event.params.iter().map(|param| param.len()).sum::<usize>());
    let len = 26 + width * event.params.len() + data + event.surplus.len();
    let stored = u32::try_from(len).map_err(|_| TooLong(len as u64))?;
    let large = wide || len + 32 > LONGEST;
    let code = match (large, event.dump_flags != 0) {
        (false, false) => 0x216,
        (false, true) => 0x217,
        (true, false) => 0x221,
        (true, true) => 0x222,
    };
    block(out, code, |out| {
        let start = out.len();
        out.u16(event.cpu);
        if event.dump_flags != 0 {
            out.u32(event.dump_flags);
        }
        out.u64(event.ts);
        out.i64(event.tid);
        out.u32(stored);
        out.u16(event.code);
        out.u32(event.params.len() as u32);
        for param in event.params {
            if wide { out.u32(param.len() as u32) } else { out.u16(param.len() as u16) }
        }
        event.params.iter().for_each(|param| out.bytes(param));
        out.bytes(event.surplus);
        if !event.options.is_empty() {
            pad(out, start);
            options(out, event.options);
        }
    })
}
