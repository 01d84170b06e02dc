//! `/proc/TID/fdinfo/N`: lines of a key, a colon and a value. The first of them are the same for all descriptors.

use super::scan::{in_base, lines, number, split_once, words};

/// What is said of a descriptor of any type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FdInfo {
    /// How it was opened: Linux's `O_*`, with `O_CLOEXEC` as it is now.
    pub flags: u32,
    /// Where the next read or write takes place.
    pub position: u64,
    /// The mount that it was opened through; 0 if not said.
    pub mount: u64,
}

impl FdInfo {
    /// Reads the text of the file; `None` if it says nothing of the flags.
    pub fn parse(text: &[u8]) -> Option<FdInfo> {
        let mut info = FdInfo::default();
        let mut has_flags = false;
        for (key, value) in lines(text).filter_map(|line| split_once(line, b':')) {
            let Some(value) = words(value).next() else { continue };
            match key {
                b"pos" => info.position = number(value).unwrap_or(0),
                b"flags" => {
                    info.flags = in_base(value, 8)? as u32;
                    has_flags = true;
                }
                b"mnt_id" => info.mount = number(value).unwrap_or(0),
                _ => {}
            }
        }
        has_flags.then_some(info)
    }
}
