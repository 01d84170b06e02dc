//! statfs(2): what kind of file system a file is on.

use super::checked;
use std::ffi::CString;
use std::io;

/// The magic number of overlays.
pub const OVERLAY: u64 = 0x794c_7630;

/// The magic number of the file system that a path leads to.
pub fn kind(path: &str) -> io::Result<u64> {
    let path = CString::new(path)?;
    // SAFETY: plain data, for which zeros are a value.
    let mut found: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a zero byte; the kernel fills the local structure.
    checked(unsafe { libc::statfs(path.as_ptr(), &raw mut found) }.into())?;
    Ok(found.f_type as u64 & 0xffff_ffff)
}
