//! Linux's flags in the numbers of the schema, where these differ.

use libc::*;

/// The schema's numbers of those Linux flags that are set.
fn translated(flags: u32, table: &[(c_int, u32)]) -> u32 {
    let set = table.iter().filter(|(linux, _)| *linux != 0 && flags & *linux as u32 == *linux as u32);
    set.fold(0, |all, (_, ours)| all | ours)
}

/// Flags of open(2).
pub fn open_flags(flags: u32) -> u32 {
    const TABLE: &[(c_int, u32)] = &[
        (O_CREAT, 0x4),
        (O_APPEND, 0x8),
        (O_DSYNC, 0x10),
        (O_EXCL, 0x20),
        (O_NONBLOCK, 0x40),
        (O_SYNC, 0x80),
        (O_TRUNC, 0x100),
        (O_DIRECT, 0x200),
        (O_DIRECTORY, 0x400),
        (O_LARGEFILE, 0x800),
        (O_CLOEXEC, 0x1000),
        (O_TMPFILE, 0x2000),
    ];
    let access = match flags as c_int & O_ACCMODE {
        O_WRONLY => 2,
        O_RDWR => 3,
        _ => 1,
    };
    access | translated(flags, TABLE)
}

/// The mode of open(2): the kernel looks at it only if a file may be created.
pub fn open_mode(flags: u32, mode: u32) -> u32 {
    if flags as c_int & (O_CREAT | O_TMPFILE) != 0 { mode } else { 0 }
}

/// Flags of clone(2).
pub fn clone_flags(flags: u64) -> u32 {
    const TABLE: &[(c_int, u32)] = &[
        (CLONE_FILES, 0x1),
        (CLONE_FS, 0x2),
        (CLONE_IO, 0x4),
        (CLONE_NEWIPC, 0x8),
        (CLONE_NEWNET, 0x10),
        (CLONE_NEWNS, 0x20),
        (CLONE_NEWPID, 0x40),
        (CLONE_NEWUTS, 0x80),
        (CLONE_PARENT, 0x100),
        (CLONE_PARENT_SETTID, 0x200),
        (CLONE_PTRACE, 0x400),
        (CLONE_SIGHAND, 0x800),
        (CLONE_SYSVSEM, 0x1000),
        (CLONE_THREAD, 0x2000),
        (CLONE_UNTRACED, 0x4000),
        (CLONE_VM, 0x8000),
        (CLONE_NEWUSER, 0x100000),
        (CLONE_CHILD_CLEARTID, 0x800000),
        (CLONE_CHILD_SETTID, 0x1000000),
        (CLONE_SETTLS, 0x2000000),
        (CLONE_VFORK, 0x8000000),
        (CLONE_NEWCGROUP, 0x10000000),
    ];
    translated(flags as u32, TABLE)
}
