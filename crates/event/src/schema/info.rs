//! What the schema says of one event type, and how a declaration yields it for each dialect.

use super::declarations::code::*;
use crate::param::ParamInfo;
use std::borrow::Cow;

/// Which of the two event schemas a capture is looked at with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Enter and exit events, as in sysdig 0.29.3 (schema 1.x).
    Classic,
    /// Exit events that carry the arguments too (schema 4.x).
    Newest,
}

/// What an event type is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are the field's own
pub enum Category {
    Unknown,
    Other,
    File,
    Net,
    Ipc,
    Memory,
    Process,
    Sleep,
    System,
    Signal,
    User,
    Time,
    IoRead,
    IoWrite,
    IoOther,
    Wait,
    Scheduler,
    /// Bookkeeping of the capture itself: not shown unless asked for.
    Internal,
}

/// Where the events of a type come from (newest schema; the classic one does not say).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Not said.
    NoSource,
    /// A system call's enter or exit.
    Syscall,
    /// A kernel tracepoint.
    Tracepoint,
    /// A plugin.
    Plugin,
    /// The capturing program itself.
    MetaEvent,
    /// A kernel iterator.
    Iterator,
}

bitflags::bitflags! {
    /// Properties of an event type.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct EventFlags: u32 {
        /// Opens a descriptor.
        const CREATES_FD = 1;
        /// Closes a descriptor.
        const DESTROYS_FD = 2;
        /// Works on a descriptor.
        const USES_FD = 4;
        /// Reads from its descriptor.
        const READS_FROM_FD = 8;
        /// Writes to its descriptor.
        const WRITES_TO_FD = 16;
        /// Changes the machine's state.
        const MODIFIES_STATE = 32;
        /// Was never sent.
        const UNUSED = 64;
        /// Its system call may block.
        const WAITS = 128;
        /// Does not count as the thread's last event.
        const SKIPPARSERESET = 256;
        /// Comes from older captures only.
        const OLD_VERSION = 512;
        /// Its parameter lengths have 32 bits.
        const LARGE_PAYLOAD = 2048;
        /// The converter between the dialects has rules for it.
        const CONVERTER_MANAGED = 4096;
    }
}

/// One event type in one dialect.
#[derive(Debug, Clone)]
pub struct EventInfo {
    /// Its code in captures. Even: enter (`>`); odd: exit (`<`).
    pub code: u16,
    /// The identifier of the schema, such as `OPEN_X`.
    pub ident: &'static str,
    /// The name users see, such as `open`.
    pub name: &'static str,
    /// What it is about.
    pub category: Category,
    /// Where it comes from.
    pub source: Source,
    /// Its properties.
    pub flags: EventFlags,
    /// Its parameters, in file order.
    pub params: Cow<'static, [ParamInfo]>,
}

impl EventInfo {
    /// Whether it is the enter event of a call (also true of events without a pair).
    pub fn is_enter(&self) -> bool {
        self.code.is_multiple_of(2)
    }

    /// Whether its events have to do with a descriptor: make it, work on it or close it.
    pub fn is_about_fds(&self) -> bool {
        self.flags.intersects(EventFlags::CREATES_FD | EventFlags::USES_FD | EventFlags::DESTROYS_FD)
    }

    /// The position of the parameter called `name`.
    pub fn param(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|p| p.name == name)
    }
}

/// The enter events of the pairs that the classic schema calls an older version of another. (The newest one calls
/// almost every enter event so.)
const OLD_IN_CLASSIC: [u16; 25] = [
    BRK_1_E,
    EXECVE_8_E,
    CLONE_11_E,
    PROCEXIT_E,
    ACCEPT_E,
    ACCEPT4_E,
    IOCTL_2_E,
    OPENAT_E,
    LINK_E,
    LINKAT_E,
    UNLINK_E,
    UNLINKAT_E,
    SCHEDSWITCH_1_E,
    EXECVE_13_E,
    CLONE_16_E,
    EXECVE_14_E,
    FORK_E,
    VFORK_E,
    EXECVE_15_E,
    CLONE_17_E,
    FORK_17_E,
    VFORK_17_E,
    CONTAINER_E,
    EXECVE_17_E,
    EXECVE_18_E,
];

/// What the classic dialect has differently from the newest.
pub(super) enum Difference {
    Name(&'static str),
    InCategory(Category),
    Flags(EventFlags),
    ParamCount(usize),
    Param(usize, ParamInfo),
}

/// One declaration: an event type of the newest schema and its differences in the classic one.
pub(super) struct Declaration {
    pub code: u16,
    pub ident: &'static str,
    pub name: &'static str,
    pub category: Category,
    pub source: Source,
    pub flags: EventFlags,
    pub params: &'static [ParamInfo],
    /// `None`: the classic dialect does not have it.
    pub classic: Option<&'static [Difference]>,
}

impl Declaration {
    pub(super) fn newest(&self) -> EventInfo {
        EventInfo {
            code: self.code,
            ident: self.ident,
            name: self.name,
            category: self.category,
            source: self.source,
            flags: self.flags,
            params: Cow::Borrowed(self.params),
        }
    }

    /// The properties in the classic dialect, unless the declaration lists them as a difference.
    fn classic_flags(&self) -> EventFlags {
        let mut flags = self.flags - EventFlags::CONVERTER_MANAGED;
        flags.set(EventFlags::OLD_VERSION, OLD_IN_CLASSIC.contains(&(self.code & !1)));
        flags
    }

    pub(super) fn classic(&self) -> Option<EventInfo> {
        let differences = self.classic?;
        let mut info = EventInfo { source: Source::NoSource, flags: self.classic_flags(), ..self.newest() };
        for difference in differences {
            match *difference {
                Difference::Name(name) => info.name = name,
                Difference::InCategory(category) => info.category = category,
                Difference::Flags(flags) => info.flags = flags,
                Difference::ParamCount(n) => info.params.to_mut().truncate(n),
                Difference::Param(i, param) => {
                    if let Some(slot) = info.params.to_mut().get_mut(i) {
                        *slot = param;
                    }
                }
            }
        }
        Some(info)
    }
}
