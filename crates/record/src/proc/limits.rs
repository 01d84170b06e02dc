//! `/proc/TID/limits`: a table with a line for each limit.

use super::scan::{lines, number, words};

/// How many descriptors may be open: the soft limit. `None` if it is unlimited or not said.
pub fn open_files(text: &[u8]) -> Option<i64> {
    let line = lines(text).find_map(|line| line.strip_prefix(b"Max open files"))?;
    number(words(line).next()?)
}
