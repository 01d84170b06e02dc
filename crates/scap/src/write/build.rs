//! Writer of events as they happen: parameter by parameter into the stream, with no copy between.

use super::{Put, pad, set_u32};
use crate::block::event::Form;
use crate::read::event::has_wide_lengths;

/// Readers refuse longer blocks; their framing and the end of the options are not counted.
const LONGEST: usize = 65536 - 8;

/// What stands before the parameters of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventHead {
    /// Nanoseconds since the epoch.
    pub ts: u64,
    /// The acting thread; -1 when there is none.
    pub tid: i64,
    /// The CPU it happened on.
    pub cpu: u16,
    /// The event type.
    pub code: u16,
    /// Whether it is stored to keep the state right, and not shown.
    pub state_only: bool,
}

/// Appends one event block to a buffer.
///
/// Parameters come first, in the schema's order, then options. What would make the block longer than readers take is
/// cut off. Nothing is appended if it is not finished.
pub struct EventBuilder<'o> {
    out: &'o mut Vec<u8>,
    /// Where the block starts.
    start: usize,
    /// Where the event's own length stands.
    len_at: usize,
    /// Where the length of the next parameter goes.
    next_len: usize,
    /// Bytes of such a length.
    width: usize,
    /// Where the parameters begin, behind their lengths.
    params: usize,
    /// Where the event ends, once an option follows it.
    end: Option<usize>,
    is_finished: bool,
}

impl<'o> EventBuilder<'o> {
    /// Begins an event with so many parameters.
    pub fn new(out: &'o mut Vec<u8>, head: EventHead, params: u32) -> Self {
        let wide = has_wide_lengths(head.code, Form::V2);
        let start = out.len();
        out.u32(match (wide, head.state_only) {
            (false, false) => 0x216,
            (false, true) => 0x217,
            (true, false) => 0x221,
            (true, true) => 0x222,
        });
        out.u32(0);
        out.u16(head.cpu);
        if head.state_only {
            out.u32(1);
        }
        out.u64(head.ts);
        out.i64(head.tid);
        let len_at = out.len();
        out.u32(0);
        out.u16(head.code);
        out.u32(params);
        let (next_len, width) = (out.len(), if wide { 4 } else { 2 });
        out.resize(next_len + width * params as usize, 0);
        let params = out.len();
        EventBuilder { out, start, len_at, next_len, width, params, end: None, is_finished: false }
    }

    /// How many bytes may still be appended.
    pub fn room(&self) -> usize {
        let longest = if self.width == 4 { u32::MAX as usize / 2 } else { LONGEST };
        longest.saturating_sub(self.out.len() - self.start)
    }

    /// How many parameters are still to come.
    pub fn remaining(&self) -> u32 {
        ((self.params - self.next_len) / self.width) as u32
    }

    /// The next parameter: these bytes.
    #[inline]
    pub fn param(&mut self, bytes: &[u8]) {
        self.param_with(|out| out.extend_from_slice(bytes));
    }

    /// The next parameter: what is appended. More parameters than were announced are dropped.
    #[inline]
    pub fn param_with(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        let (from, room) = (self.out.len(), self.room());
        if self.next_len >= self.params {
            return;
        }
        append(self.out);
        let len = (self.out.len() - from).min(room);
        self.out.truncate(from + len);
        if let Some(field) = self.out.get_mut(self.next_len..self.next_len + self.width) {
            field.copy_from_slice((len as u32).to_le_bytes().get(..self.width).unwrap_or_default());
        }
        self.next_len += self.width;
    }

    /// A pcapng option behind the event. One that has no room is left out.
    pub fn option(&mut self, code: u16, value: &[u8]) {
        self.end.get_or_insert(self.out.len());
        pad(self.out, self.start);
        if self.room() < value.len() + 8 {
            return;
        }
        self.out.u16(code);
        self.out.str16(value, u16::MAX);
    }

    /// Ends the block.
    pub fn finish(mut self) {
        let end = self.end.unwrap_or(self.out.len());
        // The event begins with its time and its thread, 16 bytes before its length.
        let len = end + 16 - self.len_at;
        set_u32(self.out, self.len_at, len as u32);
        pad(self.out, self.start);
        if self.end.is_some() {
            self.out.u32(0);
        }
        let len = (self.out.len() + 4 - self.start) as u32;
        set_u32(self.out, self.start + 4, len);
        self.out.u32(len);
        self.is_finished = true;
    }
}

impl Drop for EventBuilder<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.out.truncate(self.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockOption, RawEvent};

    const HEAD: EventHead = EventHead { ts: 7, tid: -1, cpu: 3, code: 3, state_only: false };

    #[test]
    fn builds_what_the_other_writer_writes() {
        let option = [BlockOption { code: 0xCA03, value: b"/etc/passwd" }];
        for options in [&[][..], &option] {
            for state_only in [false, true] {
                let mut built = Vec::new();
                let mut builder = EventBuilder::new(&mut built, EventHead { state_only, ..HEAD }, 3);
                builder.param(b"abc");
                builder.param(b"");
                builder.param_with(|out| out.extend_from_slice(b"12345"));
                options.iter().for_each(|option| builder.option(option.code, option.value));
                builder.finish();
                let params: [&[u8]; 3] = [b"abc", b"", b"12345"];
                let raw = RawEvent {
                    ts: 7,
                    tid: -1,
                    cpu: 3,
                    code: 3,
                    dump_flags: state_only.into(),
                    params: &params,
                    surplus: &[],
                    options,
                    large: false,
                };
                let mut written = Vec::new();
                crate::write::event::event(&mut written, &raw).unwrap();
                assert_eq!(built, written);
            }
        }
    }

    #[test]
    fn cuts_what_readers_would_refuse() {
        let mut out = vec![1, 2, 3, 4];
        let mut builder = EventBuilder::new(&mut out, HEAD, 3);
        builder.param(&[0; 65_000]);
        builder.param(&[0; 65_000]);
        builder.param(b"x");
        builder.param(b"one too many");
        builder.option(0xCA03, b"no room");
        builder.finish();
        assert!(out.len() - 4 <= 65_544, "{}", out.len());
    }

    #[test]
    fn appends_nothing_if_it_is_given_up() {
        let mut out = vec![1, 2, 3, 4];
        EventBuilder::new(&mut out, HEAD, 2).param(b"abc");
        assert_eq!(out, [1, 2, 3, 4]);
    }
}
