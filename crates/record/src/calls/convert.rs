//! Linux's flags and numbers as those of the schema, where these differ.

use libc::*;

/// A kind of flags or of numbers that the schema has its own codes for.
pub trait Convert {
    /// The schema's code.
    fn convert(linux: u64) -> u32;
}

/// The schema's numbers of those Linux flags that are set.
fn translated(flags: u32, table: &[(u32, u32)]) -> u32 {
    let set = table.iter().filter(|(linux, _)| flags & *linux == *linux);
    set.fold(0, |all, (_, ours)| all | ours)
}

/// Sets of flags: each flag of Linux's with that of the schema. Others are left out.
macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident: [$($linux:expr => $ours:expr),* $(,)?];)*) => {$(
        $(#[$doc])*
        pub enum $name {}
        impl Convert for $name {
            fn convert(linux: u64) -> u32 {
                translated(linux as u32, &[$(($linux as u32, $ours)),*])
            }
        }
    )*};
}

/// Numbers: each of Linux's with that of the schema, and what all others become.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident: [$($linux:expr => $ours:expr),* $(,)?] else $other:expr;)*) => {$(
        $(#[$doc])*
        pub enum $name {}
        impl Convert for $name {
            fn convert(linux: u64) -> u32 {
                const TABLE: &[(u32, u32)] = &[$(($linux as u32, $ours)),*];
                let found = TABLE.iter().find(|(number, _)| u64::from(*number) == linux & 0xffff_ffff);
                found.map_or($other, |(_, ours)| *ours)
            }
        }
    )*};
}

flags! {
    /// Flags of clone(2), unshare(2) and setns(2).
    Clone: [
        CLONE_FILES => 0x1, CLONE_FS => 0x2, CLONE_IO => 0x4, CLONE_NEWIPC => 0x8, CLONE_NEWNET => 0x10,
        CLONE_NEWNS => 0x20, CLONE_NEWPID => 0x40, CLONE_NEWUTS => 0x80, CLONE_PARENT => 0x100,
        CLONE_PARENT_SETTID => 0x200, CLONE_PTRACE => 0x400, CLONE_SIGHAND => 0x800, CLONE_SYSVSEM => 0x1000,
        CLONE_THREAD => 0x2000, CLONE_UNTRACED => 0x4000, CLONE_VM => 0x8000, CLONE_NEWUSER => 0x10_0000,
        CLONE_CHILD_CLEARTID => 0x80_0000, CLONE_CHILD_SETTID => 0x100_0000, CLONE_SETTLS => 0x200_0000,
        CLONE_VFORK => 0x800_0000, CLONE_NEWCGROUP => 0x1000_0000,
    ];
    /// The flags among those of open(2) that other calls take: socket(2), eventfd2(2), timerfd_create(2) …
    DescriptorFlags: [O_NONBLOCK => 0x40, O_CLOEXEC => 0x1000];
    /// Protection of memory.
    Protection: [
        PROT_READ => 0x1, PROT_WRITE => 0x2, PROT_EXEC => 0x4, 0x8 => 0x8, PROT_GROWSDOWN => 0x10,
        PROT_GROWSUP => 0x20,
    ];
    /// Flags of mmap(2).
    Mapping: [
        MAP_SHARED => 0x1, MAP_PRIVATE => 0x2, MAP_FIXED => 0x4, MAP_ANONYMOUS => 0x8, 0x40 => 0x10,
        MAP_NORESERVE => 0x40, MAP_POPULATE => 0x80, MAP_NONBLOCK => 0x100, MAP_GROWSDOWN => 0x200,
        MAP_DENYWRITE => 0x400, MAP_EXECUTABLE => 0x800, MAP_LOCKED => 0x4000,
    ];
    /// Events of poll(2).
    Poll: [
        POLLIN => 0x1, POLLPRI => 0x2, POLLOUT => 0x4, POLLRDHUP => 0x8, POLLERR => 0x10, POLLHUP => 0x20,
        POLLNVAL => 0x40, POLLRDNORM => 0x80, POLLRDBAND => 0x100, POLLWRNORM => 0x200, POLLWRBAND => 0x400,
    ];
    /// What access(2) asks for.
    Access: [X_OK => 0x1, W_OK => 0x2, R_OK => 0x4];
    /// Flags of semop(2).
    Semop: [IPC_NOWAIT => 0x1, 0x1000 => 0x2];
    /// Flags of semget(2).
    Semget: [IPC_CREAT => 0x2000, IPC_EXCL => 0x4000];
    /// Operations of flock(2).
    Flock: [LOCK_SH => 0x1, LOCK_EX => 0x2, LOCK_NB => 0x4, LOCK_UN => 0x8];
    /// Flags of umount2(2).
    Umount: [MNT_FORCE => 0x1, MNT_DETACH => 0x2, MNT_EXPIRE => 0x4, UMOUNT_NOFOLLOW => 0x8];
    /// Flags of splice(2).
    Splice: [SPLICE_F_MOVE => 0x1, SPLICE_F_NONBLOCK => 0x2, SPLICE_F_MORE => 0x4, SPLICE_F_GIFT => 0x8];
    /// How openat2(2) may resolve a path.
    Resolve: [
        RESOLVE_BENEATH => 0x1, RESOLVE_IN_ROOT => 0x2, RESOLVE_NO_MAGICLINKS => 0x4, RESOLVE_NO_SYMLINKS => 0x8,
        RESOLVE_NO_XDEV => 0x10, RESOLVE_CACHED => 0x20,
    ];
    /// Flags of execveat(2).
    Execveat: [AT_EMPTY_PATH => 0x1, AT_SYMLINK_NOFOLLOW => 0x2];
    /// Flags of unlinkat(2).
    Unlinkat: [AT_REMOVEDIR => 0x200];
    /// Flags of linkat(2).
    Linkat: [AT_SYMLINK_FOLLOW => 0x400, AT_EMPTY_PATH => 0x1000];
    /// Flags of newfstatat(2).
    Newfstatat: [AT_SYMLINK_NOFOLLOW => 0x100, AT_NO_AUTOMOUNT => 0x800, AT_EMPTY_PATH => 0x1000];
    /// Flags of fchownat(2): the schema's number of not following links is that of following them elsewhere.
    Fchownat: [AT_SYMLINK_NOFOLLOW => 0x400, AT_EMPTY_PATH => 0x1000];
    /// Flags of mlockall(2).
    Mlockall: [MCL_CURRENT => 0x1, MCL_FUTURE => 0x2, MCL_ONFAULT => 0x4];
    /// Flags of mlock2(2).
    Mlock2: [1 => 0x1];
    /// Flags of memfd_create(2).
    Memfd: [MFD_CLOEXEC => 0x1, MFD_ALLOW_SEALING => 0x2, MFD_HUGETLB => 0x4];
    /// Flags of epoll_create1(2).
    EpollCreate: [EPOLL_CLOEXEC => 0x1];
    /// Flags of pidfd_open(2).
    PidfdOpen: [O_NONBLOCK => 0x1];
    /// Flags of delete_module(2).
    DeleteModule: [O_TRUNC => 0x1, O_NONBLOCK => 0x2];
    /// Flags of finit_module(2).
    FinitModule: [1 => 0x1, 2 => 0x2, 4 => 0x4];
    /// Flags of close_range(2).
    CloseRange: [CLOSE_RANGE_UNSHARE => 0x2, CLOSE_RANGE_CLOEXEC => 0x4];
    /// Flags of io_uring_setup(2): polling, a kernel thread, its CPU, queue sizes …
    UringSetup: [0x1 => 0x1, 0x2 => 0x2, 0x4 => 0x8, 0x8 => 0x10, 0x10 => 0x20, 0x20 => 0x40, 0x40 => 0x80];
    /// Features that io_uring_setup(2) reports: the first eleven have the same numbers.
    UringFeatures: [
        0x1 => 0x1, 0x2 => 0x2, 0x4 => 0x4, 0x8 => 0x8, 0x10 => 0x10, 0x20 => 0x20, 0x40 => 0x40, 0x80 => 0x80,
        0x100 => 0x100, 0x200 => 0x200, 0x400 => 0x400,
    ];
    /// Flags of io_uring_enter(2).
    UringEnter: [0x1 => 0x1, 0x2 => 0x2, 0x4 => 0x4, 0x8 => 0x8];
}

numbers! {
    /// Commands of fcntl(2). The three with numbers are those for long offsets of 32-bit programs.
    Fcntl: [
        F_DUPFD => 1, F_GETFD => 2, F_SETFD => 3, F_GETFL => 4, F_SETFL => 5, F_GETLK => 6, F_SETLK => 8,
        F_SETLKW => 9, F_SETOWN => 10, F_GETOWN => 12, 10 => 13, 11 => 15, 12 => 17, 13 => 18, 14 => 19, 15 => 21,
        16 => 22, F_SETLEASE => 23, F_GETLEASE => 24, F_CANCELLK => 25, F_DUPFD_CLOEXEC => 26, F_NOTIFY => 27,
        F_SETPIPE_SZ => 28, F_GETPIPE_SZ => 29, F_OFD_GETLK => 30, F_OFD_SETLK => 31, F_OFD_SETLKW => 32,
    ] else 0;
    /// Where lseek(2) counts from.
    Whence: [SEEK_SET => 0, SEEK_CUR => 1, SEEK_END => 2] else 0;
    /// What shutdown(2) shuts down.
    Shutdown: [SHUT_RD => 0, SHUT_WR => 1, SHUT_RDWR => 2] else 0xffff;
    /// Commands of semctl(2).
    Semctl: [
        IPC_STAT => 0x1, IPC_SET => 0x2, IPC_RMID => 0x4, IPC_INFO => 0x8, SEM_INFO => 0x10, SEM_STAT => 0x20,
        GETALL => 0x40, GETNCNT => 0x80, GETPID => 0x100, GETVAL => 0x200, GETZCNT => 0x400, SETALL => 0x800,
        SETVAL => 0x1000,
    ] else 0;
    /// Requests of ptrace(2), by their numbers on x86.
    Ptrace: [
        0 => 1, 1 => 2, 2 => 3, 3 => 4, 4 => 5, 5 => 6, 6 => 7, 7 => 8, 8 => 9, 9 => 10, 16 => 11, 17 => 12,
        24 => 13, 0x4200 => 14, 0x4201 => 15, 0x4202 => 16, 0x4203 => 17, 0x4204 => 18, 0x4205 => 19, 0x4206 => 20,
        0x4207 => 21, 0x4208 => 22, 0x4209 => 23, 0x420a => 24, 0x420b => 25, 12 => 26, 13 => 27, 14 => 28,
        15 => 29, 18 => 30, 19 => 31, 21 => 32, 25 => 33, 26 => 34, 30 => 35, 31 => 36, 32 => 37, 33 => 38,
    ] else 0;
    /// Levels of getsockopt(2).
    SocketLevel: [SOL_SOCKET => 1, SOL_TCP => 2] else 0;
    /// Commands of quotactl(2), without the kind of quota.
    QuotaCommand: [
        0x80_0002 => 0x1, 0x80_0003 => 0x2, 0x80_0004 => 0x4, 0x80_0005 => 0x8, 0x80_0006 => 0x10,
        0x80_0007 => 0x20, 0x80_0008 => 0x40, 0x80_0001 => 0x80, 0x5801 => 0x100, 0x5802 => 0x200, 0x5803 => 0x400,
        0x5804 => 0x800, 0x5805 => 0x1000, 0x5806 => 0x2000, 0x5807 => 0x4000,
    ] else 0;
    /// Kinds of quota: of users, of groups.
    QuotaKind: [0 => 1, 1 => 2] else 0;
    /// Formats of quota files.
    QuotaFormat: [1 => 2, 2 => 4, 4 => 8] else 1;
}

/// The number as it is.
pub enum Same {}
impl Convert for Same {
    fn convert(linux: u64) -> u32 {
        linux as u32
    }
}

/// Permission bits.
pub enum Permissions {}
impl Convert for Permissions {
    fn convert(linux: u64) -> u32 {
        linux as u32 & 0o7777
    }
}

/// Permission bits and the kind of a file; none means a regular file.
pub enum NodeMode {}
impl Convert for NodeMode {
    fn convert(linux: u64) -> u32 {
        let mode = linux as u32;
        let kind = match mode & S_IFMT {
            0 => S_IFREG,
            kind @ (S_IFREG | S_IFSOCK | S_IFBLK | S_IFCHR | S_IFIFO) => kind,
            _ => 0,
        };
        kind | mode & 0o7777
    }
}

/// Address families, up to the last that the schema knows.
pub enum Family {}
impl Convert for Family {
    fn convert(linux: u64) -> u32 {
        match linux as u32 {
            family @ (0..=26 | 29..=39) => family,
            _ => 0,
        }
    }
}

/// Operations of futex(2).
pub enum Futex {}
impl Convert for Futex {
    fn convert(linux: u64) -> u32 {
        let operation = match linux as u32 & 0x7f {
            known @ 0..=12 => known,
            _ => 0,
        };
        operation | linux as u32 & (FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) as u32
    }
}

/// Flags of mount(2), without the magic number that old programs put into the upper half.
pub enum Mount {}
impl Convert for Mount {
    fn convert(linux: u64) -> u32 {
        let flags = linux as u32;
        if flags & 0xffff_0000 == MS_MGC_VAL as u32 { flags & 0xffff } else { flags }
    }
}

/// Resources of getrlimit(2).
pub enum Limit {}
impl Convert for Limit {
    fn convert(linux: u64) -> u32 {
        match linux as u32 {
            known @ 0..=15 => known,
            _ => 255,
        }
    }
}

/// Options of the socket level of getsockopt(2): the first fifty have the same numbers.
pub enum SocketOption {}
impl Convert for SocketOption {
    fn convert(linux: u64) -> u32 {
        match linux as u32 {
            same @ 0..=50 => same,
            55 => 52,
            57 => 53,
            59 => 51,
            SO_RCVTIMEO_NEW => 20,
            SO_SNDTIMEO_NEW => 21,
            _ => 0,
        }
    }
}

/// The 64-bit time that 32-bit programs give for `SO_RCVTIMEO`.
pub const SO_RCVTIMEO_NEW: u32 = 66;
/// The same for `SO_SNDTIMEO`.
pub const SO_SNDTIMEO_NEW: u32 = 67;

/// Flags of open(2). The one for large files is recorded if it was given: the kernel may add it later.
pub fn open_flags(flags: u32) -> u32 {
    // The C library calls it 0 where all files are large.
    let large = if flags & 0o100000 != 0 { 0x800 } else { 0 };
    crate::proc::open_flags(flags as c_int) | large
}

/// The mode of open(2): the kernel looks at it only if a file may be created.
pub fn open_mode(flags: u32, mode: u32) -> u32 {
    let creates = flags as c_int & O_CREAT != 0 || flags as c_int & O_TMPFILE == O_TMPFILE;
    if creates { mode & 0o7777 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_schema() {
        assert_eq!(open_flags((O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_TMPFILE) as u32), 0x3427);
        assert_eq!(open_flags(O_DIRECTORY as u32), 0x401);
        assert_eq!(Clone::convert((CLONE_VM | CLONE_THREAD | CLONE_NEWCGROUP | SIGCHLD) as u64), 0x1000_a000);
        assert_eq!(Mapping::convert((MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK) as u64), 0xa);
        assert_eq!(Futex::convert((FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) as u64), 0x189);
        assert_eq!(Fcntl::convert(F_DUPFD_CLOEXEC as u64), 26);
        assert_eq!(Fcntl::convert(9999), 0);
        assert_eq!(Poll::convert((POLLRDHUP | POLLERR | POLLWRBAND) as u64), 0x418);
        assert_eq!(NodeMode::convert(0o644), u64::from(S_IFREG | 0o644) as u32);
        assert_eq!(Family::convert(AF_VSOCK as u64), 0);
        assert_eq!(Mount::convert(0xC0ED_0001), 1);
        assert_eq!(Limit::convert(99), 255);
    }
}
