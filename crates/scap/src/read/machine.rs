//! Parser of machine info.

use super::{Fault, bytes, fault, u32, u64};
use crate::block::machine::{HOSTNAME_LEN, MachineInfo};
use nom::Parser;

pub(crate) fn machine(body: &[u8]) -> Result<MachineInfo<'_>, Fault> {
    let fields = (
        u32("number of CPUs"),
        u64("memory size"),
        u64("highest pid"),
        bytes("host name", HOSTNAME_LEN),
        u64("boot time"),
        u64("flags"),
        u64("reserved"),
        u64("reserved"),
    )
        .parse(body);
    let (_, (cpus, memory, max_pid, hostname, boot_ts, flags, r1, r2)) =
        fields.map_err(|error| fault(error, body.len()))?;
    let hostname = capture_event::event::until_nul(hostname);
    Ok(MachineInfo { cpus, memory, max_pid, hostname, boot_ts, flags, reserved: [r1, r2] })
}
