//! Descriptor types and transport protocols.

/// The number that a recorder of ours writes for a descriptor whose number it cannot know: no descriptor has it, since
/// the kernel gives none above 2,147,483,583.
pub const UNKNOWN_FD: i64 = i32::MAX as i64;

/// What a descriptor refers to (`SCAP_FD_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the names are the field's own
pub enum FdType {
    Unknown = 0,
    File = 1,
    Directory = 2,
    Ipv4Sock = 3,
    Ipv6Sock = 4,
    Ipv4Servsock = 5,
    Ipv6Servsock = 6,
    Fifo = 7,
    UnixSock = 8,
    Event = 9,
    Unsupported = 10,
    Signalfd = 11,
    Eventpoll = 12,
    Inotify = 13,
    Timerfd = 14,
    Netlink = 15,
    FileV2 = 16,
    Bpf = 17,
    Userfaultfd = 18,
    Iouring = 19,
    Memfd = 20,
    Pidfd = 21,
}

impl FdType {
    /// The type with a code of the fd list; `None` for an unknown code.
    pub fn from_code(code: u8) -> Option<FdType> {
        FD_TYPES.get(usize::from(code)).map(|row| row.0)
    }

    /// The character users see in `fd.typechar` and before a name: `f` for a file.
    pub fn typechar(self) -> char {
        FD_TYPES.get(self as usize).map_or('?', |row| row.1)
    }

    /// The text of `fd.type`; `None` where there is none.
    pub fn type_string(self) -> Option<&'static str> {
        FD_TYPES.get(self as usize).and_then(|row| row.2)
    }

    /// Whether it is an IPv4 or IPv6 socket, connected or listening.
    pub fn is_inet(self) -> bool {
        matches!(self, FdType::Ipv4Sock | FdType::Ipv6Sock | FdType::Ipv4Servsock | FdType::Ipv6Servsock)
    }

    /// Whether it is a socket of any kind that has an address.
    pub fn is_socket(self) -> bool {
        self.is_inet() || self == FdType::UnixSock
    }
}

/// Type, character, text; in the order of the codes.
static FD_TYPES: &[(FdType, char, Option<&str>)] = &[
    (FdType::Unknown, 'o', None),
    (FdType::File, 'f', Some("file")),
    (FdType::Directory, 'd', Some("directory")),
    (FdType::Ipv4Sock, '4', Some("ipv4")),
    (FdType::Ipv6Sock, '6', Some("ipv6")),
    (FdType::Ipv4Servsock, '4', Some("ipv4")),
    (FdType::Ipv6Servsock, '6', Some("ipv6")),
    (FdType::Fifo, 'p', Some("pipe")),
    (FdType::UnixSock, 'u', Some("unix")),
    (FdType::Event, 'e', Some("event")),
    (FdType::Unsupported, 'X', None),
    (FdType::Signalfd, 's', Some("signalfd")),
    (FdType::Eventpoll, 'l', Some("eventpoll")),
    (FdType::Inotify, 'i', Some("inotify")),
    (FdType::Timerfd, 't', Some("timerfd")),
    (FdType::Netlink, 'n', Some("netlink")),
    (FdType::FileV2, 'f', Some("file")),
    (FdType::Bpf, 'b', Some("bpf")),
    (FdType::Userfaultfd, 'u', Some("userfaultfd")),
    (FdType::Iouring, 'r', Some("io_uring")),
    (FdType::Memfd, 'm', Some("memfd")),
    (FdType::Pidfd, 'P', Some("pidfd")),
];

/// The protocol above the network layer (`SCAP_L4_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the names are the field's own
pub enum L4Proto {
    Unknown = 0,
    NotApplicable = 1,
    Tcp = 2,
    Udp = 3,
    Icmp = 4,
    Raw = 5,
}

impl L4Proto {
    /// The protocol with a code of the fd list; any unknown code is [`L4Proto::Unknown`].
    pub fn from_code(code: u8) -> L4Proto {
        match code {
            1 => L4Proto::NotApplicable,
            2 => L4Proto::Tcp,
            3 => L4Proto::Udp,
            4 => L4Proto::Icmp,
            5 => L4Proto::Raw,
            _ => L4Proto::Unknown,
        }
    }

    /// `tcp`, `udp`, `icmp` or `raw`.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            L4Proto::Tcp => "tcp",
            L4Proto::Udp => "udp",
            L4Proto::Icmp => "icmp",
            L4Proto::Raw => "raw",
            L4Proto::Unknown | L4Proto::NotApplicable => return None,
        })
    }

    /// The character after the type character of a socket in `evt.args`.
    pub fn typechar(self) -> Option<char> {
        self.name().and_then(|name| name.chars().next())
    }
}
