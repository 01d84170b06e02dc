//! Which calls are recorded.

use capture_batch::Types;
use capture_event::code;
use capture_event::schema::code::GENERIC_E;
use capture_event::tables::syscall::{self, Arch};
use std::collections::BTreeSet;

/// The calls that are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The types of their events.
    pub types: Types,
    /// Of those without a type of their own only these, by the schema's numbers; `None`: all of them, if any.
    pub generic: Option<BTreeSet<u16>>,
}

/// The calls after which a descriptor may be something else. What is known of sockets holds only if they are seen.
const CLOSING: [u16; 4] = [code::CLOSE_E, code::DUP2_E, code::DUP3_E, code::CLOSE_RANGE_E];

/// Calls that the tracer must see to hide where threads run.
pub(super) const OWN_CALLS: [libc::c_long; 2] = [libc::SYS_sched_getaffinity, libc::SYS_sched_setaffinity];

/// Above all numbers of calls.
const LAST_CALL: u16 = 1024;

impl Calls {
    /// All calls.
    pub const ALL: Calls = Calls { types: Types::ALL, generic: None };

    /// Whether the events of a call with this enter event are recorded, if only one of them.
    fn has_type(&self, enter: u16) -> bool {
        self.types.contains(enter) || self.types.contains(enter + 1)
    }

    /// Whether all calls are recorded after which a descriptor may be something else.
    pub(super) fn sees_closing(&self) -> bool {
        CLOSING.iter().all(|enter| self.has_type(*enter))
    }

    /// Whether a call is recorded that has this number in the schema and this type of enter event.
    pub fn contains(&self, id: u16, code: u16) -> bool {
        let is_selected = |ids: &BTreeSet<u16>| code != GENERIC_E || ids.contains(&id);
        self.has_type(code) && self.generic.as_ref().is_none_or(is_selected)
    }

    /// The kernel's numbers of the calls at which a command must stop to be recorded.
    pub fn stops(&self) -> Vec<u16> {
        let ours = OWN_CALLS.map(|nr| nr as u16);
        let is_wanted = |nr: &u16| {
            // What the schema does not know is recorded with what is generic, whatever it is.
            let (id, code) = syscall::native(*nr, Arch::X86_64).unwrap_or((0, GENERIC_E));
            self.contains(id, code) || ours.contains(nr)
        };
        (0..LAST_CALL).filter(is_wanted).collect()
    }
}
