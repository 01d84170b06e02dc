//! What the tracer saw, as events.

use super::thread::Made;
use super::{Ended, Tracer};
use crate::calls::thread::{PARAMETERS_OF_EXIT, put_exited};
use crate::calls::{Decoding, Moment, Part};
use crate::sys::ptrace::{self, Tid};
use capture_event::code;
use capture_event::option;
use capture_event::schema::{self, Dialect};
use capture_event::tables::syscall;
use capture_scap::{EventBuilder, EventHead};

/// The kernel takes no more messages at once.
const MOST_MESSAGES: i64 = 1024;

impl Tracer {
    /// The enter event of a call, if it has one.
    pub(super) fn write_enter(&mut self, tid: Tid, made: &Made) {
        match made.decoding {
            Some(Decoding { enter: None, .. }) => {}
            Some(Decoding { enter: Some(parts), enter_code, .. }) => self.write(tid, made, *enter_code, parts, None, 0),
            None => self.write_generic(tid, made, code::GENERIC_E),
        }
    }

    /// The exit event of a call.
    pub(super) fn write_exit(&mut self, tid: Tid, made: &Made, result: i64) {
        match made.decoding {
            Some(decoding) => {
                // Of many messages each has an event.
                let many = if decoding.per_message { result.clamp(1, MOST_MESSAGES) } else { 1 };
                for index in 0..many as u16 {
                    if let Some(thread) = self.threads.get_mut(&tid) {
                        thread.kept.message_index = index;
                        thread.kept.has_many_messages = decoding.per_message;
                    }
                    self.write(tid, made, decoding.enter_code + 1, decoding.exit, decoding.behind, result);
                }
            }
            None => self.write_generic(tid, made, code::GENERIC_X),
        }
    }

    fn write(&mut self, tid: Tid, made: &Made, code: u16, parts: &[Part], behind: Option<Part>, result: i64) {
        let cpu = self.cpu(tid);
        let Some(thread) = self.threads.get_mut(&tid) else { return };
        let Some(process) = self.processes.get_mut(&thread.pid) else { return };
        if !self.sees_closing {
            process.forget_sockets();
        }
        let mut appending = self.stream.append();
        let ts = appending.time(self.now);
        let head = EventHead { ts, tid: tid.into(), cpu, code, state_only: false };
        let out = EventBuilder::new(appending.blocks(), head, parameter_count(code));
        thread.kept.next_event();
        let (call, kept, extent) = (&made.call, &mut thread.kept, &self.extent);
        let proc = &mut self.proc;
        let mut moment = Moment { tid, process, proc, call, result, kept, extent, out };
        parts.iter().chain(&behind).for_each(|part| part(&mut moment));
        if let Some(abi) = made.call.abi {
            moment.out.option(option::ABI, &[abi as u8]);
        }
        moment.out.finish();
    }

    /// An event of a call that has none of its own: which call it is.
    fn write_generic(&mut self, tid: Tid, made: &Made, code: u16) {
        let cpu = self.cpu(tid);
        let mut appending = self.stream.append();
        let ts = appending.time(self.now);
        let head = EventHead { ts, tid: tid.into(), cpu, code, state_only: false };
        let mut out = EventBuilder::new(appending.blocks(), head, 2);
        // Programs of the classic dialect end in a crash at calls that they do not know.
        let is_known = syscall::by_id(made.call.id, Dialect::Classic).is_some();
        out.param(&if is_known { made.call.id } else { 0 }.to_le_bytes());
        out.param(&made.call.nr.to_le_bytes());
        if !is_known {
            out.option(option::CALL, &made.call.id.to_le_bytes());
        }
        if code == code::GENERIC_X {
            let args: Vec<u8> = made.call.args.iter().flat_map(|arg| arg.to_le_bytes()).collect();
            out.option(option::ARGUMENTS, &args);
        }
        if let Some(abi) = made.call.abi {
            out.option(option::ABI, &[abi as u8]);
        }
        out.finish();
    }

    /// The CPU that a thread ran on; 0 if it is not known.
    fn cpu(&self, tid: Tid) -> u16 {
        let place = self.threads.get(&tid).map(|thread| thread.place);
        self.places.as_ref().zip(place).and_then(|(places, place)| places.cpu(&place)).unwrap_or(0)
    }

    /// A signal that a thread is about to get.
    pub(super) fn signal(&mut self, tid: Tid, signal: i32) {
        let sender = ptrace::signal_origin(tid).map_or(0, |(_, pid, _)| pid);
        let cpu = self.cpu(tid);
        let mut appending = self.stream.append();
        let ts = appending.time(self.now);
        let head = EventHead { ts, tid: tid.into(), cpu, code: code::SIGNALDELIVER_E, state_only: false };
        let mut out = EventBuilder::new(appending.blocks(), head, 3);
        out.param(&i64::from(sender).to_le_bytes());
        out.param(&i64::from(tid).to_le_bytes());
        out.param(&[signal as u8]);
        out.finish();
    }

    /// A thread is about to end, with this status word of wait(2).
    pub(super) fn exiting(&mut self, tid: Tid, word: i32) {
        match self.threads.get_mut(&tid) {
            Some(thread) if !thread.has_ended => thread.has_ended = true,
            _ => return,
        }
        let cpu = self.cpu(tid);
        let mut appending = self.stream.append();
        let ts = appending.time(self.now);
        let head = EventHead { ts, tid: tid.into(), cpu, code: code::PROCEXIT_1_E, state_only: false };
        let mut out = EventBuilder::new(appending.blocks(), head, PARAMETERS_OF_EXIT);
        put_exited(&mut out, word);
        out.finish();
    }

    /// A thread has ended.
    pub(super) fn ended(&mut self, tid: Tid, how: Ended, core: bool) {
        let word = match how {
            Ended::Exited(status) => status << 8,
            Ended::Killed(signal) => signal | if core { 0x80 } else { 0 },
        };
        self.exiting(tid, word);
        if self.command == Some(tid) {
            self.ended = Some(how);
        }
        self.forget(tid);
        if tid_is_leader(&self.threads, tid) {
            self.processes.remove(&tid);
        }
    }
}

/// How many parameters an event has that is written for both schemas: an enter event as many as the classic schema
/// knows, an exit event as many as the newest.
pub(crate) fn parameter_count(code: u16) -> u32 {
    let dialect = if code.is_multiple_of(2) { Dialect::Classic } else { Dialect::Newest };
    schema::event(code, dialect).map_or(0, |event| event.params.len() as u32)
}

/// Whether no thread of the process is left.
fn tid_is_leader(threads: &rustc_hash::FxHashMap<Tid, super::Thread>, pid: Tid) -> bool {
    !threads.values().any(|thread| thread.pid == pid)
}
