//! The process list: one entry a thread.
//!
//! | field | type | present in |
//! |---|---|---|
//! | length of the entry, these four bytes included | u32 | V9 |
//! | tid, pid, ptid | u64 each | all |
//! | sid | i64 | V6 and later |
//! | vpgid | i64 | V8 and later |
//! | comm, exe | str16 | all |
//! | exepath | str16 | V7 and later |
//! | args, cwd | str16 | all |
//! | fdlimit | i64 | all |
//! | flags, uid, gid | u32 each | all |
//! | vmsize, vmrss, vmswap | u32 each | V2 and later |
//! | pfmajor, pfminor | u64 each | V2 and later |
//! | env | str16 | V3 and later |
//! | vtid, vpid | i64 each | V4 and later |
//! | cgroups | str16 | V4 and later |
//! | root | str16 | V5 and later |
//! | tail | see below | V9 |
//!
//! A str16 is a `u16` length and so many bytes.
//!
//! **The tail of V9** grew over the years, and not only at its end. With R bytes left after `root`:
//! `pidns_init_start_ts` u64 and `tty` u32 come first if R is more than 29. Then, each only if it still fits:
//! `loginuid` u32, `exe_writable` u8, `cap_inheritable`, `cap_permitted`, `cap_effective` u64 each,
//! `exe_upper_layer` u8, `exe_ino`, `exe_ino_ctime`, `exe_ino_mtime` u64 each, `exe_from_memfd` u8,
//! `exe_lower_layer` u8, `pgid` i64. What is left is from a newer writer and is skipped.

/// What the capture says of one thread at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessEntry<'r> {
    /// Thread id.
    pub tid: i64,
    /// Id of its process: the tid of the leader.
    pub pid: i64,
    /// Id of the parent process.
    pub ptid: i64,
    /// Session; -1 if not said.
    pub sid: i64,
    /// Process group as seen inside its pid namespace; -1 if not said.
    pub vpgid: i64,
    /// Name of the command.
    pub comm: &'r [u8],
    /// First argument.
    pub exe: &'r [u8],
    /// Path of the executable; empty if not said.
    pub exepath: &'r [u8],
    /// Arguments after the first, each ended by a zero byte (the last zero may be missing).
    pub args: &'r [u8],
    /// Working directory.
    pub cwd: &'r [u8],
    /// Limit of open descriptors.
    pub fdlimit: i64,
    /// Bits of the thread-flags table.
    pub flags: u32,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Virtual memory, kB.
    pub vmsize: u32,
    /// Resident memory, kB.
    pub vmrss: u32,
    /// Swapped memory, kB.
    pub vmswap: u32,
    /// Page faults that had to read.
    pub pfmajor: u64,
    /// Page faults that had not.
    pub pfminor: u64,
    /// Environment, each item ended by a zero byte.
    pub env: &'r [u8],
    /// Thread id inside its pid namespace; -1 if not said.
    pub vtid: i64,
    /// Process id inside its pid namespace; -1 if not said.
    pub vpid: i64,
    /// `subsystem=path` items, each ended by a zero byte.
    pub cgroups: &'r [u8],
    /// Root directory; empty if not said.
    pub root: &'r [u8],
    /// What newer writers add.
    pub tail: Tail,
}

/// The fields that came after the format was made extensible; `None` where the writer did not know them yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tail {
    /// Start of the first process of its pid namespace, ns since the epoch.
    pub pidns_init_start_ts: Option<u64>,
    /// Controlling terminal, as the kernel numbers it; 0 for none.
    pub tty: Option<u32>,
    /// Login user; all ones for none.
    pub loginuid: Option<u32>,
    /// Whether the thread may write its own executable.
    pub exe_writable: Option<bool>,
    /// Inheritable capabilities, bits.
    pub cap_inheritable: Option<u64>,
    /// Permitted capabilities, bits.
    pub cap_permitted: Option<u64>,
    /// Effective capabilities, bits.
    pub cap_effective: Option<u64>,
    /// Whether the executable lies in the upper layer of an overlay file system.
    pub exe_upper_layer: Option<bool>,
    /// Inode of the executable.
    pub exe_ino: Option<u64>,
    /// Its change time, ns since the epoch.
    pub exe_ino_ctime: Option<u64>,
    /// Its modification time, ns since the epoch.
    pub exe_ino_mtime: Option<u64>,
    /// Whether the executable is in memory only.
    pub exe_from_memfd: Option<bool>,
    /// Whether the executable lies in a lower layer of an overlay file system.
    pub exe_lower_layer: Option<bool>,
    /// Process group.
    pub pgid: Option<i64>,
}

impl Default for ProcessEntry<'_> {
    fn default() -> Self {
        ProcessEntry {
            tid: 0,
            pid: 0,
            ptid: 0,
            sid: -1,
            vpgid: -1,
            comm: &[],
            exe: &[],
            exepath: &[],
            args: &[],
            cwd: &[],
            fdlimit: 0,
            flags: 0,
            uid: 0,
            gid: 0,
            vmsize: 0,
            vmrss: 0,
            vmswap: 0,
            pfmajor: 0,
            pfminor: 0,
            env: &[],
            vtid: -1,
            vpid: -1,
            cgroups: &[],
            root: &[],
            tail: Tail::default(),
        }
    }
}
