//! What becomes of descriptors when their process calls exec. The classic view keeps them all.

use super::fd::Fd;
use crate::Machine;
use capture_event::tables::fd::FdType;

/// Close on exec, in open flags as the schema numbers them.
pub const O_CLOEXEC: u32 = 1 << 12;
/// The same in the flags of epoll_create1 and of memfd_create. For other kinds the bit means something else, which
/// the exit view's program does not mind when it clears it.
const CREATED_CLOEXEC: u32 = 1;

/// Says whether a descriptor is to be closed on exec.
pub(super) fn close(fd: &mut Fd, closes: bool) {
    fd.open_flags &= !(O_CLOEXEC | CREATED_CLOEXEC);
    if closes {
        fd.open_flags |= O_CLOEXEC;
    }
}

fn is_closed(fd: &Fd) -> bool {
    let created = matches!(fd.kind, FdType::Eventpoll | FdType::Memfd) && fd.open_flags & CREATED_CLOEXEC != 0;
    created || fd.open_flags & O_CLOEXEC != 0
}

impl Machine {
    /// Exit view: closes what a successful exec of thread `tid` closes.
    pub(crate) fn close_on_exec(&mut self, tid: i64) {
        if let Some(owner) = self.fd_owner(tid).and_then(|owner| self.threads.get_mut(owner)) {
            owner.fds.retain(|_, fd| !is_closed(fd));
        }
    }
}
