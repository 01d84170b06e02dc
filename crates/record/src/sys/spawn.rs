//! Starts a command that waits until it is let go.

use super::checked;
use super::ptrace::Tid;
use super::seccomp::Filter;
use std::ffi::{CStr, CString};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::Path;

/// A command that is not executed yet: its process waits.
pub struct Held {
    tid: Tid,
    gate: std::fs::File,
}

impl Held {
    /// Its process.
    pub fn tid(&self) -> Tid {
        self.tid
    }

    /// Lets it execute the command. If it cannot, it ends with the status of a shell: 126 or 127.
    pub fn release(mut self) -> io::Result<()> {
        self.gate.write_all(b"x")
    }
}

fn pipe() -> io::Result<(std::fs::File, std::fs::File)> {
    let mut ends = [0; 2];
    // SAFETY: the kernel writes two descriptors.
    checked(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }.into())?;
    let [reader, writer] = ends;
    // SAFETY: they are new and nobody else's.
    Ok(unsafe { (std::fs::File::from_raw_fd(reader), std::fs::File::from_raw_fd(writer)) })
}

/// Starts `program` with `args` (its own name included) and our environment, and holds it before it is executed.
/// With a filter, its calls go through that.
pub fn held(program: &Path, args: &[CString], filter: Option<&Filter>) -> io::Result<Held> {
    use std::os::unix::ffi::OsStrExt;
    let path = CString::new(program.as_os_str().as_bytes())?;
    let mut pointers: Vec<*const libc::c_char> = args.iter().map(|arg| arg.as_ptr()).collect();
    pointers.push(std::ptr::null());
    let (mut gate, opener) = pipe()?;
    // SAFETY: the new process calls nothing but system calls, and allocates only to say what is wrong: other threads of
    // ours may hold locks as it begins.
    let tid = checked(unsafe { libc::fork() }.into())? as Tid;
    if tid == 0 {
        drop(opener);
        let mut go = [0];
        let is_let_go = matches!(gate.read(&mut go), Ok(1)) && filter.is_none_or(|filter| filter.set().is_ok());
        let status = if is_let_go { execute(&path, &pointers) } else { 125 };
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(status) };
    }
    Ok(Held { tid, gate: opener })
}

/// Replaces this process. Returns only if that fails.
fn execute(path: &CStr, args: &[*const libc::c_char]) -> i32 {
    // SAFETY: the standard library ignores SIGPIPE, and the recorder holds signals; a command must find neither. The
    // arguments end with a null pointer; the environment is that of the process, which has no other thread.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
        libc::execv(path.as_ptr(), args.as_ptr());
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(libc::ENOEXEC) {
        // A script without an interpreter, which the shell runs as execvp(3) does.
        let shell = c"/bin/sh";
        let mut with_shell = vec![shell.as_ptr(), path.as_ptr()];
        with_shell.extend(args.get(1..).unwrap_or_default());
        // SAFETY: as above.
        unsafe { libc::execv(shell.as_ptr(), with_shell.as_ptr()) };
    }
    let status = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
    let message = format!("capture: {}: {error}\n", path.to_string_lossy());
    // SAFETY: writes a local buffer to standard error.
    unsafe { libc::write(std::io::stderr().as_raw_fd(), message.as_ptr().cast(), message.len()) };
    status
}
