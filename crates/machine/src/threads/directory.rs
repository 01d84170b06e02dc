//! chdir, fchdir, getcwd, chroot. The working directory is that of the process: its leader has it.

use super::values;
use crate::{Applied, Machine};
use capture_batch::{Text, View, path};
use capture_event::Event;

impl Machine {
    /// The working directory of a thread's process, with a slash at its end.
    pub fn cwd(&mut self, tid: i64) -> Text {
        let leader = self.leader_of(tid).and_then(|leader| self.threads.get(leader));
        leader.map_or_else(|| Text::from("./"), |leader| leader.id.cwd.clone())
    }

    /// Changes the working directory of a thread's process.
    pub(crate) fn set_cwd(&mut self, tid: i64, directory: &[u8]) {
        let Some(leader) = self.leader_of(tid) else { return };
        // The exit view's program takes the thread's own directory for the base, and only leaders have one.
        let base = match self.view {
            View::Classic => leader,
            View::Exit => tid,
        };
        let base = self.threads.get(base).map(|thread| thread.id.cwd.clone()).unwrap_or_default();
        let mut cwd = path::join(self.view, &base, directory);
        if cwd.last() != Some(&b'/') {
            cwd.push(b'/');
        }
        if let Some(leader) = self.threads.get_mut(leader).filter(|leader| *leader.id.cwd != *cwd) {
            leader.id.cwd = Text::from(cwd);
        }
    }
}

fn succeeded(event: &Event<'_>) -> bool {
    event.i64(0).is_some_and(|result| result >= 0)
}

/// chdir, and getcwd, which tells the same.
pub(super) fn chdir(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if let Some(tid) = applied.thread.filter(|_| succeeded(event)) {
        let directory = values::text(machine.view, event, 1);
        machine.set_cwd(tid, &directory);
    }
}

pub(super) fn fchdir(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if let (Some(tid), Some(key)) = (applied.thread.filter(|_| succeeded(event)), applied.object) {
        let directory = machine.fd_name(key);
        // A nameless descriptor leads to the root.
        machine.set_cwd(tid, if directory.is_empty() { b"/" } else { &directory });
    }
}

pub(super) fn chroot(machine: &mut Machine, event: &Event<'_>, applied: &mut Applied) {
    if event.i64(0) != Some(0) {
        return;
    }
    let Some(tid) = applied.thread else { return };
    let directory = values::text(machine.view, event, 1);
    let root = if matches!(directory.first(), None | Some(b'/')) || directory.starts_with(b"<NA>") {
        directory
    } else {
        Text::from(path::join(machine.view, &machine.cwd(tid), &directory))
    };
    if let Some(thread) = machine.threads.get_mut(tid) {
        thread.id.root = root;
    }
}
