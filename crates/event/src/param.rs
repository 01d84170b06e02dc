//! Parameter types, their encodings and their print formats.

use crate::flags::FlagTable;
use crate::tables::dynamic::DynamicTable;

/// The type of a parameter's bytes. Numbers are little-endian; see [`ParamType::size`] for fixed sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the names are the field's own: PT_INT8, PT_FSPATH …
pub enum ParamType {
    None = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Int64 = 4,
    UInt8 = 5,
    UInt16 = 6,
    UInt32 = 7,
    UInt64 = 8,
    /// Bytes with one terminating zero, which the length counts.
    CharBuf = 9,
    /// Raw bytes; for exec and clone `args`, `env`, `cgroups`: strings each ended by a zero byte.
    ByteBuf = 10,
    /// Signed result; negative is an errno.
    Errno = 11,
    /// One family byte, then the address.
    SockAddr = 12,
    /// One family byte, then source and destination.
    SockTuple = 13,
    /// A descriptor; negative is an errno, except -100, which is AT_FDCWD.
    Fd = 14,
    Pid = 15,
    /// `u16` count, then count times `{ i64 fd, i16 flags }`.
    FdList = 16,
    FsPath = 17,
    /// The schema's own system-call number, not the kernel's.
    SyscallId = 18,
    SigType = 19,
    /// Nanoseconds; all ones means none.
    RelTime = 20,
    /// Nanoseconds since the epoch.
    AbsTime = 21,
    Port = 22,
    L4Proto = 23,
    SockFamily = 24,
    Bool = 25,
    Ipv4Addr = 26,
    /// One index byte into a [`DynamicTable`], then a value of the type found there.
    Dyn = 27,
    Flags8 = 28,
    Flags16 = 29,
    Flags32 = 30,
    Uid = 31,
    Gid = 32,
    Double = 33,
    SigSet = 34,
    CharBufArray = 35,
    CharBufPairArray = 36,
    Ipv4Net = 37,
    Ipv6Addr = 38,
    Ipv6Net = 39,
    IpAddr = 40,
    IpNet = 41,
    Mode = 42,
    /// A path relative to the descriptor in parameter [`ParamInfo::dirfd`] of the same event.
    FsRelPath = 43,
    EnumFlags8 = 44,
    EnumFlags16 = 45,
    EnumFlags32 = 46,
    Fd32 = 47,
    Pid32 = 48,
}

impl ParamType {
    /// The size in bytes of a type that has a fixed one.
    pub const fn size(self) -> Option<usize> {
        use ParamType::*;
        Some(match self {
            None => 0,
            Int8 | UInt8 | SigType | L4Proto | SockFamily | Flags8 | EnumFlags8 => 1,
            Int16 | UInt16 | SyscallId | Port | Flags16 | EnumFlags16 => 2,
            Int32 | UInt32 | Bool | Ipv4Addr | Flags32 | EnumFlags32 | Uid | Gid | SigSet | Mode | Fd32 | Pid32 => 4,
            Int64 | UInt64 | Errno | Fd | Pid | RelTime | AbsTime | Double => 8,
            Ipv6Addr => 16,
            _ => return Option::None,
        })
    }

    /// The name of the type in lists of events and fields, such as `FSPATH`.
    pub const fn name(self) -> &'static str {
        use ParamType::*;
        match self {
            None => "NONE",
            Int8 => "INT8",
            Int16 => "INT16",
            Int32 => "INT32",
            Int64 => "INT64",
            UInt8 => "UINT8",
            UInt16 => "UINT16",
            UInt32 => "UINT32",
            UInt64 => "UINT64",
            CharBuf => "CHARBUF",
            ByteBuf => "BYTEBUF",
            Errno => "ERRNO",
            SockAddr => "SOCKADDR",
            SockTuple => "SOCKTUPLE",
            Fd => "FD",
            Pid => "PID",
            FdList => "FDLIST",
            FsPath => "FSPATH",
            SyscallId => "SYSCALLID",
            SigType => "SIGTYPE",
            RelTime => "RELTIME",
            AbsTime => "ABSTIME",
            Port => "PORT",
            L4Proto => "L4PROTO",
            SockFamily => "SOCKFAMILY",
            Bool => "BOOL",
            Ipv4Addr => "IPV4ADDR",
            Dyn => "DYNAMIC",
            Flags8 => "FLAGS8",
            Flags16 => "FLAGS16",
            Flags32 => "FLAGS32",
            Uid => "UID",
            Gid => "GID",
            Double => "DOUBLE",
            SigSet => "SIGSET",
            CharBufArray => "CHARBUFARRAY",
            CharBufPairArray => "CHARBUF_PAIR_ARRAY",
            Ipv4Net => "IPV4NET",
            Ipv6Addr => "IPV6ADDR",
            Ipv6Net => "IPV6NET",
            IpAddr => "IPADDR",
            IpNet => "IPNET",
            Mode => "MODE",
            FsRelPath => "FSRELPATH",
            EnumFlags8 => "ENUMFLAGS8",
            EnumFlags16 => "ENUMFLAGS16",
            EnumFlags32 => "ENUMFLAGS32",
            Fd32 => "FD32",
            Pid32 => "PID32",
        }
    }

    /// Whether a value of the type is text: a string or a path.
    pub const fn is_text(self) -> bool {
        matches!(self, ParamType::CharBuf | ParamType::FsPath | ParamType::FsRelPath)
    }
}

/// How a number prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrintFormat {
    /// Not applicable: not a number.
    NA,
    /// Decimal.
    Dec,
    /// Hexadecimal, upper case, without prefix.
    Hex,
    /// Decimal of at least nine digits, padded with zeros: the part of a time below a second.
    PaddedDec10,
    /// Decimal that names something and is not summed.
    Id,
    /// A direction: `>` or `<`.
    Dir,
    /// Octal with a leading zero.
    Oct,
}

/// One parameter of an event.
#[derive(Debug, Clone, Copy)]
pub struct ParamInfo {
    /// Its name, as in `evt.arg.NAME`.
    pub name: &'static str,
    /// How its bytes are encoded.
    pub ty: ParamType,
    /// How its numbers print.
    pub format: PrintFormat,
    /// The names of its values, for flags and enumerations.
    pub table: Option<&'static FlagTable>,
    /// The inner types of a [`ParamType::Dyn`].
    pub dynamic: Option<&'static DynamicTable>,
    /// For a [`ParamType::FsRelPath`], which parameter of the event holds the directory's descriptor.
    pub dirfd: Option<u8>,
}

pub(crate) const fn p(name: &'static str, ty: ParamType, format: PrintFormat) -> ParamInfo {
    ParamInfo { name, ty, format, table: None, dynamic: None, dirfd: None }
}

impl ParamInfo {
    pub(crate) const fn table(mut self, table: &'static FlagTable) -> Self {
        self.table = Some(table);
        self
    }

    pub(crate) const fn dynamic(mut self, table: &'static DynamicTable) -> Self {
        self.dynamic = Some(table);
        self
    }

    pub(crate) const fn dirfd(mut self, index: u8) -> Self {
        self.dirfd = Some(index);
        self
    }
}
