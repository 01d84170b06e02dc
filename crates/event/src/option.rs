//! Options behind an event: what a recorder of ours knows of an event and no parameter has a place for.
//!
//! They are pcapng options with codes of the range for local use, so other readers skip them. Numbers are
//! little-endian.
//!
//! | code | name | value |
//! |---|---|---|
//! | 0xCA01 | origin | u8: where the event came from, see [`Origin`]; the recording header says it for events without |
//! | 0xCA02 | arguments | six u64: the raw arguments of a call whose event has no parameters for them |
//! | 0xCA03 | real name | the path that the opened descriptor really refers to, links resolved |
//! | 0xCA04 | abi | u8: how the call was made if not natively, see [`Abi`] |
//! | 0xCA05 | key | the key of the watch that the event matched |
//! | 0xCA06 | merged | nothing: the kernel reported it together with others |
//! | 0xCA07 | lost | u64: how many events are missing here; 0 if nobody knows |
//! | 0xCA08 | reason | why they are missing |
//! | 0xCA09 | call | u16: the schema's number of the call of a generic event whose parameter says 0, since older readers do not know it |

/// The code of [`Origin`].
pub const ORIGIN: u16 = 0xCA01;
/// The code of the raw arguments.
pub const ARGUMENTS: u16 = 0xCA02;
/// The code of the real name.
pub const REAL_NAME: u16 = 0xCA03;
/// The code of [`Abi`].
pub const ABI: u16 = 0xCA04;
/// The code of the watch's key.
pub const KEY: u16 = 0xCA05;
/// The code of the mark of merged events.
pub const MERGED: u16 = 0xCA06;
/// The code of the number of lost events.
pub const LOST: u16 = 0xCA07;
/// The code of the reason of a loss.
pub const REASON: u16 = 0xCA08;
/// The code of the call's number.
pub const CALL: u16 = 0xCA09;

/// All codes. The first option of each code counts, others of the same code do not.
pub const CODES: std::ops::RangeInclusive<u16> = ORIGIN..=CALL;

/// Where an event came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Origin {
    /// The tracer of the acting process.
    Ptrace = 1,
    /// The kernel's file notification.
    Fanotify = 2,
    /// The kernel's process connector.
    Connector = 3,
    /// A comparison of the sockets now with those before.
    SockDiag = 4,
    /// A container engine.
    Engine = 5,
    /// The recorder itself.
    Recorder = 6,
}

impl Origin {
    /// All of them.
    pub const ALL: [Origin; 6] =
        [Origin::Ptrace, Origin::Fanotify, Origin::Connector, Origin::SockDiag, Origin::Engine, Origin::Recorder];

    /// Their names.
    pub const NAMES: [&'static str; Origin::ALL.len()] = {
        let mut names = [""; Origin::ALL.len()];
        let mut i = 0;
        while i < names.len() {
            names[i] = Origin::ALL[i].name();
            i += 1;
        }
        names
    };

    /// The name that users see.
    pub const fn name(self) -> &'static str {
        match self {
            Origin::Ptrace => "ptrace",
            Origin::Fanotify => "fanotify",
            Origin::Connector => "connector",
            Origin::SockDiag => "sockdiag",
            Origin::Engine => "docker",
            Origin::Recorder => "recorder",
        }
    }

    /// By its code.
    pub fn of(code: u8) -> Option<Origin> {
        Origin::ALL.into_iter().find(|origin| *origin as u8 == code)
    }
}

/// How a call was made if not in the machine's own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Abi {
    /// With the 32-bit interface of x86.
    I386 = 1,
    /// With 32-bit pointers on x86_64.
    X32 = 2,
    /// With the 32-bit interface of ARM.
    Arm = 3,
}

impl Abi {
    /// All of them.
    pub const ALL: [Abi; 3] = [Abi::I386, Abi::X32, Abi::Arm];

    /// Their names.
    pub const NAMES: [&'static str; Abi::ALL.len()] = {
        let mut names = [""; Abi::ALL.len()];
        let mut i = 0;
        while i < names.len() {
            names[i] = Abi::ALL[i].name();
            i += 1;
        }
        names
    };

    /// The name that users see.
    pub const fn name(self) -> &'static str {
        match self {
            Abi::I386 => "i386",
            Abi::X32 => "x32",
            Abi::Arm => "arm",
        }
    }

    /// By its code.
    pub fn of(code: u8) -> Option<Abi> {
        Abi::ALL.into_iter().find(|abi| *abi as u8 == code)
    }
}
