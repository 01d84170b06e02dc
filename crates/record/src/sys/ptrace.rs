//! ptrace(2). A request works only on a thread that this thread traces and that is stopped, but for [`seize`] and
//! [`interrupt`]; otherwise, and if the thread was killed meanwhile, the error is `ESRCH`.

use super::checked;
use libc::{c_long, c_uint, c_void, pid_t};
use std::io;

/// A thread.
pub type Tid = pid_t;

/// What a thread is doing as it stops at the boundary of the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// It enters a call.
    Enter(Entry),
    /// It leaves a call, with this result: a negative number is an error.
    Exit(i64),
    /// It enters a call that a filter of ours asked to see.
    Filtered(Entry),
    /// It is somewhere else.
    Elsewhere,
}

/// A call as it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which interface of the kernel it uses: one of linux/audit.h's `AUDIT_ARCH_*`.
    pub arch: u32,
    /// Its number in that interface.
    pub nr: u64,
    /// Its arguments.
    pub args: [u64; 6],
}

fn request(request: c_uint, tid: Tid, addr: usize, data: usize) -> io::Result<c_long> {
    // SAFETY: the callers of this function pass numbers only, or pointers to values that outlive the call and are as
    // large as the request says.
    checked(unsafe { libc::ptrace(request, tid, addr as *mut c_void, data as *mut c_void) })
}

/// Begins to trace a thread without stopping it. `dies_with_us`: it is killed when the tracer dies.
pub fn seize(tid: Tid, dies_with_us: bool) -> io::Result<()> {
    let mut options = libc::PTRACE_O_TRACESYSGOOD
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEEXEC
        | libc::PTRACE_O_TRACEEXIT;
    if dies_with_us {
        options |= libc::PTRACE_O_EXITKILL | libc::PTRACE_O_TRACESECCOMP;
    }
    request(libc::PTRACE_SEIZE, tid, 0, options as usize).map(drop)
}

/// Stops a thread that was seized.
pub fn interrupt(tid: Tid) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT, tid, 0, 0).map(drop)
}

/// Lets a stopped thread run on to the next boundary of a call, with a signal if it is not 0.
pub fn go_to_boundary(tid: Tid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_SYSCALL, tid, 0, signal as usize).map(drop)
}

/// Lets a stopped thread run on, with a signal if it is not 0.
pub fn go(tid: Tid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_CONT, tid, 0, signal as usize).map(drop)
}

/// Leaves a thread stopped that job control stopped, until something happens to it.
pub fn listen(tid: Tid) -> io::Result<()> {
    request(libc::PTRACE_LISTEN, tid, 0, 0).map(drop)
}

/// Ends tracing a stopped thread, which runs on, with a signal if it is not 0.
pub fn detach(tid: Tid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_DETACH, tid, 0, signal as usize).map(drop)
}

/// What comes with an event stop: the new thread, the former id, or the exit status.
pub fn event_message(tid: Tid) -> io::Result<u64> {
    let mut message: libc::c_ulong = 0;
    request(libc::PTRACE_GETEVENTMSG, tid, 0, &raw mut message as usize)?;
    Ok(message)
}

/// Who sent the signal that a thread stopped for: code, process and user of linux's siginfo.
pub fn signal_origin(tid: Tid) -> io::Result<(i32, i32, u32)> {
    // SAFETY: plain data, for which zeros are a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    request(libc::PTRACE_GETSIGINFO, tid, 0, &raw mut info as usize)?;
    // SAFETY: the two fields are read as numbers, whatever part of the union is in use.
    Ok((info.si_code, unsafe { info.si_pid() }, unsafe { info.si_uid() }))
}

/// Where a stopped thread is (PTRACE_GET_SYSCALL_INFO, Linux 5.3).
pub fn boundary(tid: Tid) -> io::Result<Boundary> {
    // SAFETY: plain data, for which zeros are a value.
    let mut info: libc::ptrace_syscall_info = unsafe { std::mem::zeroed() };
    let size = size_of::<libc::ptrace_syscall_info>();
    request(libc::PTRACE_GET_SYSCALL_INFO, tid, size, &raw mut info as usize)?;
    // SAFETY (all three): the kernel filled the part that it names; all parts are numbers.
    Ok(match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY => {
            let entry = unsafe { info.u.entry };
            Boundary::Enter(Entry { arch: info.arch, nr: entry.nr, args: entry.args })
        }
        libc::PTRACE_SYSCALL_INFO_EXIT => Boundary::Exit(unsafe { info.u.exit }.sval),
        libc::PTRACE_SYSCALL_INFO_SECCOMP => {
            let entry = unsafe { info.u.seccomp };
            Boundary::Filtered(Entry { arch: info.arch, nr: entry.nr, args: entry.args })
        }
        _ => Boundary::Elsewhere,
    })
}
