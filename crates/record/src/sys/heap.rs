//! When the allocator gives memory back to the kernel.

/// Freed memory of up to so many bytes is kept for what is allocated next.
#[cfg(target_env = "gnu")]
const KEPT: libc::c_int = 32 << 20;

/// Keeps freed memory. Who allocates and frees the same amounts over and over, as batch after batch does, would have
/// the kernel clear the same pages again and again. Changes how fast things go, nothing else.
pub fn keep_freed() {
    // Only glibc has these settings. That one is refused is no harm.
    #[cfg(target_env = "gnu")]
    for setting in [libc::M_TRIM_THRESHOLD, libc::M_MMAP_THRESHOLD] {
        // SAFETY: the call sets a number that later allocations go by; memory that is in use stays as it is.
        unsafe { libc::mallopt(setting, KEPT) };
    }
}
