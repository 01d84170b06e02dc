//! Block types.

use std::collections::BTreeMap;

/// A type of block that the format has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlockKind {
    /// Section header.
    Section,
    /// Machine info.
    Machine,
    /// Process list of a version, 1 to 9.
    Processes(u8),
    /// Descriptor list of a version, 1 or 2.
    Fds(u8),
    /// Interface list of a version, 1 or 2.
    Interfaces(u8),
    /// User list of a version, 1 or 2.
    Users(u8),
    /// Event.
    Event {
        /// Version of the event header, 1 or 2.
        version: u8,
        /// Whether dump flags are stored.
        flags: bool,
        /// Whether it is of the kind without a limit of its size.
        large: bool,
    },
}

const fn event(version: u8, flags: bool, large: bool) -> BlockKind {
    BlockKind::Event { version, flags, large }
}

impl BlockKind {
    /// The type with this code; `None` if the format has none. Codes of pre-release versions have the type that
    /// their layout became.
    #[inline]
    pub fn from_code(code: u32) -> Option<BlockKind> {
        Some(match code {
            0x0A0D_0D0A => BlockKind::Section,
            0x201 | 0x8002_ABCD => BlockKind::Machine,
            0x202 | 0x8000_ABCD => BlockKind::Processes(1),
            0x207 | 0x8013_ABCD => BlockKind::Processes(2),
            0x209 | 0x8014_ABCD => BlockKind::Processes(3),
            0x210 => BlockKind::Processes(4),
            0x211 => BlockKind::Processes(5),
            0x212 => BlockKind::Processes(6),
            0x213 => BlockKind::Processes(7),
            0x214 => BlockKind::Processes(8),
            0x215 => BlockKind::Processes(9),
            0x203 | 0x8001_ABCD => BlockKind::Fds(1),
            0x218 => BlockKind::Fds(2),
            0x205 | 0x8011_ABCD => BlockKind::Interfaces(1),
            0x219 => BlockKind::Interfaces(2),
            0x206 | 0x8012_ABCD => BlockKind::Users(1),
            0x220 => BlockKind::Users(2),
            0x204 | 0x8010_ABCD => event(1, false, false),
            0x208 => event(1, true, false),
            0x216 => event(2, false, false),
            0x217 => event(2, true, false),
            0x221 => event(2, false, true),
            0x222 => event(2, true, true),
            _ => return None,
        })
    }

    /// Whether it is a list, of which a part is better than nothing.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, BlockKind::Processes(_) | BlockKind::Fds(_) | BlockKind::Interfaces(_) | BlockKind::Users(_))
    }

    /// What it is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            BlockKind::Section => "section header",
            BlockKind::Machine => "machine info",
            BlockKind::Processes(_) => "process list",
            BlockKind::Fds(_) => "descriptor list",
            BlockKind::Interfaces(_) => "interface list",
            BlockKind::Users(_) => "user list",
            BlockKind::Event { .. } => "event",
        }
    }
}

/// How many blocks of each type were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    by_code: BTreeMap<u32, u64>,
    /// The type of the last block and how many of it came in a row: events come in millions.
    last: (u32, u64),
}

impl Counts {
    #[inline]
    pub(crate) fn add(&mut self, code: u32) {
        if self.last.0 != code {
            self.settle();
            self.last = (code, 0);
        }
        self.last.1 += 1;
    }

    fn settle(&mut self) {
        if self.last.1 != 0 {
            *self.by_code.entry(self.last.0).or_default() += self.last.1;
        }
    }

    /// Block type codes with their numbers of blocks, ascending.
    pub fn by_code(&self) -> BTreeMap<u32, u64> {
        let mut counts = self.clone();
        counts.settle();
        counts.by_code
    }

    /// How many events, of every form.
    pub fn events(&self) -> u64 {
        let is_event = |code: u32| matches!(BlockKind::from_code(code), Some(BlockKind::Event { .. }));
        self.by_code().into_iter().filter(|&(code, _)| is_event(code)).map(|(_, n)| n).sum()
    }
}
