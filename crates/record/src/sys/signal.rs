//! Signals to the recorder itself.

use super::checked;
use super::ptrace::Tid;
use std::io;

/// The id of the calling thread.
pub fn this_thread() -> Tid {
    // SAFETY: no arguments.
    unsafe { libc::gettid() }
}

/// Interrupts the system call in which a thread of ours waits.
pub fn kick(tid: Tid) {
    // SAFETY: numbers only. A thread that is gone is no harm.
    let _ = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, libc::SIGURG) };
}

/// What [`notify`] sends.
pub const NOTICE: i32 = libc::SIGIO;

/// Sends a thread of ours that waits in [`next`], or will, a word: [`NOTICE`].
pub fn notify(tid: Tid) {
    // SAFETY: numbers only. A thread that is gone is no harm.
    let _ = unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, NOTICE) };
}

/// Makes [`kick`] interrupt system calls.
pub fn accept_kicks() -> io::Result<()> {
    extern "C" fn nothing(_: libc::c_int) {}
    // No flags: calls are not restarted.
    act(libc::SIGURG, nothing as *const () as usize, 0)
}

/// No signal tells us any more that a thread which we trace has stopped: we wait for that, and it costs time.
pub fn refuse_stops() -> io::Result<()> {
    act(libc::SIGCHLD, libc::SIG_DFL, libc::SA_NOCLDSTOP)
}

fn act(signal: i32, handler: libc::sighandler_t, flags: i32) -> io::Result<()> {
    // SAFETY: plain data, for which zeros are a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    (action.sa_sigaction, action.sa_flags) = (handler, flags);
    // SAFETY: the handler is the default one, or does nothing, which is safe whenever it runs.
    checked(unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) }.into()).map(drop)
}

fn set_of(signals: &[i32]) -> libc::sigset_t {
    // SAFETY: plain data; it is emptied before use.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the pointers are to the local set.
    unsafe { libc::sigemptyset(&mut set) };
    signals.iter().for_each(|&signal| {
        unsafe { libc::sigaddset(&mut set, signal) };
    });
    set
}

/// Keeps signals from the calling thread and all that it starts, until [`next`] takes them.
pub fn hold(signals: &[i32]) -> io::Result<()> {
    // SAFETY: the set is a local value.
    let error = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &set_of(signals), std::ptr::null_mut()) };
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
}

/// A signal that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Got {
    /// Its number.
    pub signal: i32,
    /// Whether the terminal sent it, to all processes in its foreground.
    pub is_of_terminal: bool,
}

/// Waits for one of the signals that are held, at most so long.
pub fn next(signals: &[i32], wait: std::time::Duration) -> Option<Got> {
    let time = libc::timespec { tv_sec: wait.as_secs() as _, tv_nsec: wait.subsec_nanos().into() };
    // SAFETY: plain data, for which zeros are a value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: all pointers are to local values.
    let signal = unsafe { libc::sigtimedwait(&set_of(signals), &raw mut info, &time) };
    (signal > 0).then_some(Got { signal, is_of_terminal: info.si_code == libc::SI_KERNEL })
}
