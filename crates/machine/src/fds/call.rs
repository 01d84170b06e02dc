//! The event under way, as the handlers of descriptors see it.

use super::fd::{Fd, FdFlags};
use super::table::FdTable;
use crate::{Applied, FdKey, KeptEvent, Machine, View};
use capture_batch::Text;
use capture_event::Event;
use capture_event::event::until_nul;

/// How a null pointer shows where a string is expected.
const NO_STRING: &[u8] = b"<NA>";
/// What old drivers wrote for a null pointer.
const NULL_POINTER: &[u8] = b"(NULL)\0";

/// An exit event (or one without a pair) of a known thread, with what it was bound to so far.
pub(crate) struct Call<'a> {
    pub machine: &'a mut Machine,
    pub event: &'a Event<'a>,
    pub applied: &'a mut Applied,
    /// The kept enter event of the call, if it was seen.
    pub enter: Option<KeptEvent>,
    /// The thread.
    pub tid: i64,
}

impl Call<'_> {
    pub fn view(&self) -> View {
        self.machine.view
    }

    /// What the call returned; 0 where the event does not say.
    pub fn result(&self) -> i64 {
        self.event.signed(0).unwrap_or(0)
    }

    /// The bytes of an argument: parameter `enter` of the enter event in the classic view, parameter `exit` of the
    /// exit event in the exit view. `None` where there are none.
    pub fn argument(&self, enter: usize, exit: usize) -> Option<&[u8]> {
        match self.view() {
            View::Classic => self.enter.as_ref()?.raw(enter),
            View::Exit => self.event.raw(exit),
        }
        .filter(|bytes| !bytes.is_empty())
    }

    /// An argument of 32 bits.
    pub fn u32_argument(&self, enter: usize, exit: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.argument(enter, exit)?.try_into().ok()?))
    }

    /// A path or string parameter of the event under way. In the exit view a missing one is `<NA>`.
    pub fn string(&self, i: usize) -> &[u8] {
        string(self.view(), self.event.raw(i))
    }

    /// A path or string parameter of the kept enter event; `None` where it has none to tell.
    pub fn entered_string(&self, i: usize) -> Option<&[u8]> {
        let raw = self.enter.as_ref()?.raw(i).filter(|raw| !raw.is_empty() && *raw != NULL_POINTER)?;
        Some(until_nul(raw)).filter(|string| self.view() == View::Classic || *string != NO_STRING)
    }

    /// The working directory of the process, with a slash at its end.
    pub fn cwd(&mut self) -> Text {
        let leader = self.machine.leader_of(self.tid);
        let cwd = leader.and_then(|leader| self.machine.threads.get(leader)).map(|leader| leader.id.cwd.clone());
        cwd.unwrap_or_else(|| "./".into())
    }

    /// The descriptor with a number in the thread's table.
    pub fn descriptor(&self, number: i64) -> Option<&Fd> {
        if number < 0 {
            return None;
        }
        self.machine.threads.get(self.machine.fd_owner_if_known(self.tid)?)?.fds.get(number)
    }

    /// The table that the thread's descriptors are in.
    pub fn table(&mut self) -> Option<&mut FdTable> {
        let owner = self.machine.fd_owner(self.tid)?;
        self.machine.threads.get_mut(owner).map(|owner| &mut owner.fds)
    }

    /// The descriptor that the event works on.
    pub fn fd(&self) -> Option<&Fd> {
        let key = self.applied.object?;
        self.machine.threads.get(key.owner)?.fds.get(key.fd)
    }

    /// The descriptor that the event works on, to change it.
    pub fn fd_mut(&mut self) -> Option<&mut Fd> {
        let key = self.applied.object?;
        self.machine.threads.get_mut(key.owner)?.fds.get_mut(key.fd)
    }

    /// Changes the descriptor that the event works on, and notes whether its name became another.
    pub fn change(&mut self, change: impl FnOnce(&mut Fd)) {
        let Some(fd) = self.fd_mut() else { return };
        let before = fd.name.clone();
        change(fd);
        self.applied.name_changed = fd.name != before;
    }

    /// Changes how far the descriptor that the event works on is closed.
    pub fn mark(&mut self, change: impl FnOnce(&mut FdFlags)) {
        let Some(FdKey { owner, fd }) = self.applied.object else { return };
        if let Some(flags) = self.machine.threads.get_mut(owner).and_then(|owner| owner.fds.marks_mut(fd)) {
            change(flags);
        }
    }

    /// Opens a descriptor that was not there before, and makes it the one that the event works on.
    pub fn open(&mut self, number: i64, fd: Fd) {
        let has_name = !fd.name.is_empty();
        self.put(number, fd);
        self.applied.name_changed = has_name && self.applied.object.is_some();
    }

    /// Opens a copy of another descriptor, and makes it the one that the event works on. Its name is not new.
    pub fn open_copy(&mut self, number: i64, fd: Fd) {
        self.put(number, fd);
        self.applied.name_changed = false;
    }

    fn put(&mut self, number: i64, fd: Fd) {
        let view = self.view();
        let owner = self.machine.fd_owner(self.tid);
        if owner.is_some() {
            self.set_number(number);
        }
        self.applied.object = owner.and_then(|owner| {
            let table = &mut self.machine.threads.get_mut(owner)?.fds;
            table.put(view, number, fd).then_some(FdKey { owner, fd: number })
        });
    }

    /// Makes `number` the event's descriptor number, open or not.
    pub fn set_number(&mut self, number: i64) {
        if let Some(thread) = self.machine.threads.get_mut(self.tid) {
            thread.last.fd = number;
        }
    }

    /// The number of the event's descriptor; -1 for none.
    pub fn number(&self) -> i64 {
        self.machine.threads.get(self.tid).map_or(-1, |thread| thread.last.fd)
    }

    /// Has a descriptor of the thread's table removed before the next event.
    pub fn close_later(&mut self, number: i64) {
        self.machine.pending.fds_of = self.tid;
        self.machine.pending.fds.push(number);
    }
}

fn string(view: View, raw: Option<&[u8]>) -> &[u8] {
    let raw = raw.unwrap_or_default();
    if view == View::Exit && (raw.is_empty() || raw == NULL_POINTER) { NO_STRING } else { until_nul(raw) }
}
