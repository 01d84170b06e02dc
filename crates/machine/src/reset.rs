//! Before an event is applied: whose it is, what it works on, and whether it ends the call that its thread began.

use crate::steps::Steps;
use crate::threads::is_clone;
use crate::{Applied, FdKey, LastEvent, Machine};
use capture_batch::View;
use capture_event::{Event, EventFlags, EventInfo, ParamType, code};

/// How a view's program finds the thread of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// It does not look: the event has none.
    None,
    /// It looks, and leaves the thread's books alone.
    Bystander,
    /// It looks.
    Known,
    /// It looks, and makes a thread up if there is none.
    OrMadeUp,
}

/// How the thread of an event of this type is found.
pub(crate) fn lookup(view: View, info: &EventInfo) -> Lookup {
    if info.flags.contains(EventFlags::SKIPPARSERESET) {
        return if info.code == code::PROCINFO_E { Lookup::Bystander } else { Lookup::None };
    }
    match info.code {
        code::SCHEDSWITCH_6_E => Lookup::Bystander,
        code if is_clone(code) => Lookup::Known,
        code::CONTAINER_JSON_E | code::CONTAINER_JSON_2_E => Lookup::None,
        code::PROCEXIT_1_E if view == View::Exit => Lookup::Known,
        code::USER_ADDED_E
        | code::USER_DELETED_E
        | code::GROUP_ADDED_E
        | code::GROUP_DELETED_E
        | code::PLUGINEVENT_E
        | code::ASYNCEVENT_E
            if view == View::Exit =>
        {
            Lookup::None
        }
        _ => Lookup::OrMadeUp,
    }
}

/// Whether an exit event ends the call that began with an enter event.
pub(crate) fn ends(view: View, exit: u16, enter: u16) -> bool {
    // A successful execveat comes back as an execve.
    let execveat = view == View::Exit && exit == code::EXECVE_19_X && enter == code::EXECVEAT_E;
    enter.checked_add(1) == Some(exit) || execveat
}

/// Which parameter of an exit event is the descriptor that it works on, in the exit view.
pub(crate) fn fd_param(info: &EventInfo) -> Option<usize> {
    if info.code == code::SPLICE_X {
        return Some(2);
    }
    (1..info.params.len()).find(|&i| info.params.get(i).is_some_and(|param| param.ty == ParamType::Fd))
}

impl Machine {
    /// Looks up descriptor `fd` of `tid` for the event under way.
    pub fn look_up_fd(&mut self, tid: i64, fd: i64) -> Option<FdKey> {
        if fd < 0 {
            return None;
        }
        let owner = self.fd_owner(tid)?;
        let table = &mut self.threads.get_mut(owner)?.fds;
        table.look_up(fd).map(|_| FdKey { owner, fd })
    }

    /// Finds the thread and the descriptor of an event, and keeps the thread's books. `applied` is as new.
    pub(crate) fn reset(&mut self, event: &Event<'_>, applied: &mut Applied) {
        let steps = Steps::of(self.view, event.code);
        let lookup = steps.lookup;
        let is_known = || self.threads.get(event.tid).is_some();
        applied.thread = match lookup {
            Lookup::None => None,
            Lookup::Bystander | Lookup::Known => is_known().then_some(event.tid),
            Lookup::OrMadeUp => self.thread_or_placeholder(event.tid),
        };
        let Some(thread) = applied.thread.and_then(|tid| self.threads.get(tid)) else { return };
        if lookup == Lookup::Bystander {
            applied.latency = thread.last.latency;
            return;
        }
        if event.is_enter() {
            self.enters(event, steps, applied);
        } else {
            self.exits(event, steps, applied);
        }
    }

    /// A call begins (or something happened that is no call).
    fn enters(&mut self, event: &Event<'_>, steps: &Steps, applied: &mut Applied) {
        let Some(thread) = self.threads.get_mut(event.tid) else { return };
        thread.last.enter(event, steps);
        if steps.uses_fd {
            let fd = thread.last.fd;
            applied.object = self.look_up_fd(event.tid, fd);
        }
    }

    /// A call ends.
    fn exits(&mut self, event: &Event<'_>, steps: &Steps, applied: &mut Applied) {
        let view = self.view;
        let Some(thread) = self.threads.get_mut(event.tid) else { return };
        let last = &mut thread.last;
        applied.paired = ends(view, event.code, last.code);
        last.exit(event, steps, (view, applied.paired));
        applied.latency = last.latency;
        let fd = last.fd;
        if let Some(mut kept) = last.kept.take() {
            let is_its_end = applied.paired && ends(view, event.code, kept.code());
            if view == View::Classic && event.state_only {
                // Its program forgets what was entered after an exit that it shows.
                applied.enter = is_its_end.then(|| kept.clone());
                last.kept = Some(kept);
            } else if is_its_end {
                applied.enter = Some(kept);
            } else {
                kept.clear();
                self.spare.0 = kept;
            }
        }
        if works_on_fd(view, steps, applied.paired) {
            applied.object = self.look_up_fd(event.tid, fd);
        }
    }
}

/// Whether an exit event works on the descriptor of its call. The classic view knows that from the enter event.
pub(crate) fn works_on_fd(view: View, steps: &Steps, paired: bool) -> bool {
    steps.uses_fd && (paired || view == View::Exit)
}

impl LastEvent {
    /// Books that a call begins.
    pub(crate) fn enter(&mut self, event: &Event<'_>, steps: &Steps) {
        self.code = event.code;
        self.enter_ts = event.ts;
        self.latency = 0;
        self.fd = if steps.uses_fd { event.i64(0).unwrap_or(-1) } else { -1 };
    }

    /// Books that a call ends; `paired`: the one that began last.
    pub(crate) fn exit(&mut self, event: &Event<'_>, steps: &Steps, (view, paired): (View, bool)) {
        if view == View::Classic && self.enter_ts != 0 {
            self.latency = event.ts.wrapping_sub(self.enter_ts);
        }
        self.fd = self.fd_at_exit(event, steps, (view, paired));
    }

    /// The descriptor of the call that an exit event ends.
    pub(crate) fn fd_at_exit(&self, event: &Event<'_>, steps: &Steps, (view, paired): (View, bool)) -> i64 {
        match view {
            View::Classic if paired && steps.uses_fd && event.code == code::COPY_FILE_RANGE_X => {
                event.i64(1).unwrap_or(-1)
            }
            View::Classic => self.fd,
            View::Exit if paired && (self.fd != -1 || !steps.uses_fd) => self.fd,
            View::Exit => steps.fd_param.filter(|_| steps.uses_fd).and_then(|i| event.i64(i)).unwrap_or(-1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capture_event::Dialect;
    use capture_event::schema::events;

    #[test]
    fn an_exit_event_names_its_descriptor_after_its_result() {
        let position = |code: u16| fd_param(capture_event::schema::event(code, Dialect::Newest).unwrap());
        assert_eq!(position(code::READ_X), Some(2));
        assert_eq!(position(code::RECVMSG_X), Some(5));
        assert_eq!(position(code::FCNTL_X), Some(1));
        assert_eq!(position(code::SPLICE_X), Some(2));
        assert_eq!(position(code::MMAP_X), Some(8));
        for info in events(Dialect::Newest).iter().filter(|info| !info.is_enter()) {
            let retired = matches!(info.code, code::IOCTL_2_X | code::DUP_X);
            if info.flags.contains(EventFlags::USES_FD) && !retired {
                assert!(fd_param(info).is_some(), "{}", info.ident);
            }
        }
    }

    #[test]
    fn a_successful_execveat_returns_as_an_execve_in_the_exit_view() {
        assert!(ends(View::Exit, code::EXECVE_19_X, code::EXECVEAT_E));
        assert!(!ends(View::Classic, code::EXECVE_19_X, code::EXECVEAT_E));
        assert!(ends(View::Classic, code::OPEN_X, code::OPEN_E));
        assert!(!ends(View::Classic, code::OPEN_X, u16::MAX));
    }
}
