//! Machine info.
//!
//! | offset | type | field |
//! |---|---|---|
//! | 0 | u32 | number of CPUs |
//! | 4 | u64 | physical memory, bytes |
//! | 12 | u64 | highest pid |
//! | 20 | 128 bytes | host name, zero-padded |
//! | 148 | u64 | boot time, ns since the epoch; 0 in older files |
//! | 156 | u64 | flags; 0 in older files |
//! | 164, 172 | u64, u64 | reserved |

/// The host that was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MachineInfo<'r> {
    /// Number of CPUs.
    pub cpus: u32,
    /// Physical memory, bytes.
    pub memory: u64,
    /// Highest pid.
    pub max_pid: u64,
    /// Host name, without padding.
    pub hostname: &'r [u8],
    /// Boot time, ns since the epoch; 0 if not said.
    pub boot_ts: u64,
    /// Flags of the newest writers; 0 otherwise.
    pub flags: u64,
    /// Two words without a meaning yet.
    pub reserved: [u64; 2],
}

/// How many bytes of the block the host name has.
pub const HOSTNAME_LEN: usize = 128;
