//! The kernel's file notification: fanotify(7).

use super::checked;
use super::notification::{self, Info};
use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// The longest file handle that the kernel gives.
const LONGEST_HANDLE: usize = 128;

/// A group: what is marked is reported to it.
#[derive(Debug)]
pub struct Group(OwnedFd);

/// What the kernel reports at once. Descriptors that it opened for us are ours.
#[derive(Debug)]
pub struct Event<'b> {
    /// What happened, bits of `FAN_*`.
    pub mask: u64,
    /// Which process did it; 0 if it is not one that we can see.
    pub pid: i32,
    /// The file, opened, where the group wants that.
    pub file: Option<OwnedFd>,
    /// The process, where the group wants that and it is still there.
    pub process: Option<OwnedFd>,
    /// Which file it is, where the group wants that.
    pub info: Info<'b>,
}

impl Group {
    /// A new group, which nobody waits for.
    pub fn new(flags: u32) -> io::Result<Group> {
        let flags = flags | libc::FAN_CLOEXEC | libc::FAN_NONBLOCK | libc::FAN_CLASS_NOTIF;
        let files = libc::O_RDONLY | libc::O_LARGEFILE | libc::O_CLOEXEC | libc::O_NOATIME | libc::O_NONBLOCK;
        // SAFETY: numbers only.
        let fd = checked(unsafe { libc::fanotify_init(flags, files as u32) }.into())?;
        // SAFETY: it is new and nobody else's.
        Ok(Group(unsafe { OwnedFd::from_raw_fd(fd as i32) }))
    }

    /// Marks what a path leads to.
    pub fn mark(&self, flags: u32, mask: u64, path: &CStr) -> io::Result<()> {
        let flags = flags | libc::FAN_MARK_ADD;
        // SAFETY: the path is a string that ends.
        checked(unsafe { libc::fanotify_mark(self.0.as_raw_fd(), flags, mask, libc::AT_FDCWD, path.as_ptr()).into() })
            .map(drop)
    }

    /// Reads what was reported, and calls for each event. Whether there was any.
    pub fn read(&self, buffer: &mut [u8], mut each: impl FnMut(Event<'_>)) -> io::Result<bool> {
        let len = match rustix::io::read(&self.0, &mut *buffer) {
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(false),
            result => result?,
        };
        for reported in notification::events(buffer.get(..len).unwrap_or_default()) {
            // SAFETY: the kernel opened both for this event, of which there is one.
            let [file, process] =
                [reported.file, reported.info.process].map(|fd| (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd) }));
            each(Event { mask: reported.mask, pid: reported.pid, file, process, info: reported.info });
        }
        Ok(len > 0)
    }

    /// To wait for.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(&self.0)
    }
}

/// Opens what a file handle of a mounted file system means, as a mere place.
pub fn open_handle(mount: BorrowedFd<'_>, kind: i32, handle: &[u8]) -> io::Result<OwnedFd> {
    /// `struct file_handle` with room for any handle.
    #[repr(C)]
    struct Handle {
        len: u32,
        kind: i32,
        bytes: [u8; LONGEST_HANDLE],
    }
    let mut given = Handle { len: handle.len() as u32, kind, bytes: [0; LONGEST_HANDLE] };
    let room = given.bytes.get_mut(..handle.len()).ok_or(io::ErrorKind::InvalidInput)?;
    room.copy_from_slice(handle);
    let flags = libc::O_PATH | libc::O_CLOEXEC;
    let pointer = (&raw mut given).cast();
    // SAFETY: the handle has as many bytes as it says, and more.
    let fd = checked(unsafe { libc::open_by_handle_at(mount.as_raw_fd(), pointer, flags) }.into())?;
    // SAFETY: it is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
