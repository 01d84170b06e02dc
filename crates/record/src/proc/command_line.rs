//! `/proc/TID/cmdline` and `/proc/TID/environ`: texts, each ended by a zero byte.

/// How many bytes of arguments and of environments captures hold; readers refuse files with more.
pub const LONGEST_LIST: usize = 4096;

/// A list of texts as captures hold it: at most [`LONGEST_LIST`] bytes, the last of them zero.
pub fn list(text: &[u8]) -> Vec<u8> {
    let mut list = text.get(..LONGEST_LIST).unwrap_or(text).to_vec();
    if list.last().is_some_and(|&last| last != 0) {
        list.truncate(LONGEST_LIST - 1);
        list.push(0);
    }
    list
}

/// The first argument without the zero byte, and the rest as captures hold it. Both together have at most
/// [`LONGEST_LIST`] bytes.
pub fn split(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut exe = list(text);
    let end = memchr::memchr(0, &exe).unwrap_or(exe.len());
    let args = exe.get(end + 1..).unwrap_or_default().to_vec();
    exe.truncate(end);
    (exe, args)
}
