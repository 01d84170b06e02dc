//! Writer of machine info.

use super::{Put, TooLong, block};
use crate::block::machine::{HOSTNAME_LEN, MachineInfo};

pub(crate) fn machine(out: &mut Vec<u8>, machine: &MachineInfo<'_>) -> Result<(), TooLong> {
    block(out, 0x201, |out| {
        out.u32(machine.cpus);
        out.u64(machine.memory);
        out.u64(machine.max_pid);
        // Readers take the name up to a zero byte: there must be one.
        let name = machine.hostname.get(..HOSTNAME_LEN - 1).unwrap_or(machine.hostname);
        out.bytes(name);
        out.resize(out.len() + HOSTNAME_LEN - name.len(), 0);
        out.u64(machine.boot_ts);
        out.u64(machine.flags);
        machine.reserved.iter().for_each(|&word| out.u64(word));
    })
}
