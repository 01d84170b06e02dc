//! The schema's numbers for open flags, which are not Linux's.

/// Linux's `O_*`, the schema's `PPM_O_*`.
const FLAGS: &[(i32, u32)] = &[
    (libc::O_CREAT, 1 << 2),
    (libc::O_APPEND, 1 << 3),
    (libc::O_DSYNC, 1 << 4),
    (libc::O_EXCL, 1 << 5),
    (libc::O_NONBLOCK, 1 << 6),
    (libc::O_SYNC, 1 << 7),
    (libc::O_TRUNC, 1 << 8),
    (libc::O_DIRECT, 1 << 9),
    (libc::O_DIRECTORY, 1 << 10),
    (libc::O_CLOEXEC, 1 << 12),
    (libc::O_TMPFILE, 1 << 13),
];

/// Linux's `O_*` as flags of the `file_flags` table. What the table does not have is left out, and so is `O_LARGEFILE`,
/// which the kernel adds by itself. `O_TMPFILE` and `O_SYNC`, which have the bits of `O_DIRECTORY` and `O_DSYNC`, set
/// those too, but not the other way round.
pub fn open_flags(linux: i32) -> u32 {
    let access = match linux & libc::O_ACCMODE {
        libc::O_WRONLY => 2,
        libc::O_RDWR => 3,
        _ => 1,
    };
    FLAGS.iter().filter(|(flag, _)| linux & flag == *flag).fold(access, |all, (_, flag)| all | flag)
}
