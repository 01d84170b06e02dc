//! A filter that makes the kernel stop a thread only at chosen calls (seccomp(2), SECCOMP_RET_TRACE).

use super::checked;
use libc::{BPF_ABS, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, sock_filter};
use std::io;

/// The machine's own interface, as linux/audit.h names it.
#[cfg(target_arch = "x86_64")]
const NATIVE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const NATIVE: u32 = 0xC000_00B7;

/// Numbers from here on are those of x32 on x86_64; no other interface has so large ones.
const X32: u32 = 0x4000_0000;

/// Offsets in `struct seccomp_data`.
const NR: u32 = 0;
const ARCH: u32 = 4;

/// A filter program.
pub struct Filter(Vec<sock_filter>);

impl Filter {
    /// Stops at these calls of the machine's own interface, and at all calls of others. The kernel finds out by itself
    /// for which numbers the program is not to be run at all.
    pub fn tracing(calls: &[u16]) -> Filter {
        let statement = |code: u32, k: u32| sock_filter { code: code as u16, jt: 0, jf: 0, k };
        let jump = |test: u32, k: u32, jt: u8, jf: u8| sock_filter { code: (BPF_JMP | test | BPF_K) as u16, jt, jf, k };
        let load = |offset| statement(BPF_LD | BPF_W | BPF_ABS, offset);
        let trace = statement(BPF_RET | BPF_K, libc::SECCOMP_RET_TRACE);
        let mut program = vec![load(ARCH), jump(BPF_JEQ, NATIVE, 1, 0), trace, load(NR)];
        program.extend([jump(BPF_JGE, X32, 0, 1), trace]);
        for call in calls {
            program.extend([jump(BPF_JEQ, (*call).into(), 0, 1), trace]);
        }
        program.push(statement(BPF_RET | BPF_K, libc::SECCOMP_RET_ALLOW));
        Filter(program)
    }

    /// Sets it for the calling thread and all that it starts, for ever. Without CAP_SYS_ADMIN they can gain no
    /// privileges any more (no_new_privs).
    pub fn set(&self) -> io::Result<()> {
        let program = libc::sock_fprog { len: self.0.len() as u16, filter: self.0.as_ptr().cast_mut() };
        // SAFETY: the kernel copies the program, which is as long as it says.
        let set = || checked(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &program) });
        match set() {
            Err(error) if error.raw_os_error() == Some(libc::EACCES) => {
                // SAFETY: numbers only.
                checked(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }.into())?;
                set().map(drop)
            }
            result => result.map(drop),
        }
    }
}
