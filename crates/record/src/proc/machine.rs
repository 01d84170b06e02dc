//! The machine: `/proc/stat`, `/proc/meminfo`, `/proc/sys/kernel`.

use super::directory::Directory;
use super::scan::{lines, number, split_once, words};

/// What the capture says of the host as a whole. What `/proc` does not say is 0 or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Machine {
    /// CPUs that are in use.
    pub cpus: u32,
    /// Physical memory, bytes.
    pub memory: u64,
    /// The highest id that a process can have, and one more.
    pub max_pid: u64,
    /// Host name.
    pub hostname: Vec<u8>,
    /// When the host was started, ns since the epoch, to the second.
    pub boot_ts: u64,
}

const LONGEST: usize = 16 << 20;

const SECOND: u64 = 1_000_000_000;

impl Machine {
    /// Reads the files of `/proc`.
    pub fn of(proc: &Directory) -> Machine {
        let mut text = Vec::new();
        let (cpus, boot_ts) = cpus_and_boot(proc.read(c"stat", LONGEST, &mut text).unwrap_or_default());
        let memory = memory(proc.read(c"meminfo", LONGEST, &mut text).unwrap_or_default());
        let first_line = |name, text: &mut Vec<u8>| {
            let text = proc.read(name, LONGEST, text).unwrap_or_default();
            lines(text).next().unwrap_or_default().to_vec()
        };
        let max_pid = number(&first_line(c"sys/kernel/pid_max", &mut text)).unwrap_or(0);
        let hostname = first_line(c"sys/kernel/hostname", &mut text);
        Machine { cpus, memory, max_pid, hostname, boot_ts }
    }
}

/// From `stat`: how many CPUs there are, and when the host was started, ns since the epoch.
pub fn cpus_and_boot(text: &[u8]) -> (u32, u64) {
    let (mut cpus, mut boot) = (0, 0u64);
    for line in lines(text) {
        let mut fields = words(line);
        match fields.next() {
            Some(b"btime") => boot = fields.next().and_then(number).unwrap_or(0),
            Some(key) if key.strip_prefix(b"cpu").is_some_and(|digits| number::<u32>(digits).is_some()) => cpus += 1,
            _ => {}
        }
    }
    (cpus, boot.saturating_mul(SECOND))
}

/// From `meminfo`: physical memory, bytes.
pub fn memory(text: &[u8]) -> u64 {
    let total = lines(text).filter_map(|line| split_once(line, b':')).find(|&(key, _)| key == b"MemTotal");
    let kilobytes: Option<u64> = total.and_then(|(_, value)| number(words(value).next()?));
    kilobytes.unwrap_or(0).saturating_mul(1024)
}
