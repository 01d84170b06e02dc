//! Events that change nothing but the books of their thread, which are most: reads and writes of what is long known,
//! calls that the replay does not follow, context switches. Where nobody wants a row of such an event, it is applied
//! here, in a fraction of the time. What is left is exactly what [`Machine::apply`] would leave; where that is not
//! sure at a glance, the event is left to it.

use crate::fds::{Fd, FdFlags, FdTable, traffic};
use crate::reset::{Lookup, ends, works_on_fd};
use crate::steps::Steps;
use crate::threads::set_at_switch;
use crate::{Machine, Thread};
use capture_batch::{Id, Object, View};
use capture_event::{Event, EventFlags, EventInfo, code};

/// How little an event of a type may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing.
    Bystander,
    /// Quantities of its thread.
    Switch,
    /// That its thread is in a call.
    Enter,
    /// That its thread is in no call any more.
    Exit,
    /// The same, where the call moves data through a descriptor.
    Traffic,
}

/// What events of a type need that may change little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quiet {
    /// How little they may change.
    kind: Kind,
    /// How many of their parameters must be looked at for that.
    pub params: usize,
}

/// What events of a type need that go through these steps; `None` if they may change more.
pub(crate) fn quiet(view: View, info: &EventInfo, steps: &Steps) -> Option<Quiet> {
    let kind = kind(view, info, steps)?;
    let fd_at = match (kind, view) {
        (Kind::Bystander, _) => None,
        (Kind::Switch, _) => return Some(Quiet { kind, params: info.params.len() }),
        (Kind::Enter, _) => Some(0),
        (Kind::Exit | Kind::Traffic, View::Exit) => steps.fd_param,
        (Kind::Exit | Kind::Traffic, View::Classic) => Some(1).filter(|_| info.code == code::COPY_FILE_RANGE_X),
    };
    Some(Quiet { kind, params: fd_at.filter(|_| steps.uses_fd).map_or(0, |at| at + 1) })
}

fn kind(view: View, info: &EventInfo, steps: &Steps) -> Option<Kind> {
    let code = info.code;
    let is_traffic = traffic::way(view, code).is_some();
    if code == code::SCHEDSWITCH_6_E {
        return Some(Kind::Switch);
    }
    // Options behind these may tell more.
    if info.flags.contains(EventFlags::CREATES_FD) || matches!(code, code::DROP_E | code::DROP_X) {
        return None;
    }
    let changes_threads = steps.keeps.is_some() || steps.threads.is_some() || steps.identity.is_some();
    let changes_more = steps.fds.is_some() && !is_traffic || steps.containers.is_some() || steps.users.is_some();
    match steps.lookup {
        _ if changes_threads || changes_more => None,
        Lookup::None | Lookup::Bystander => Some(Kind::Bystander),
        Lookup::Known => None,
        Lookup::OrMadeUp if code.is_multiple_of(2) => Some(Kind::Enter),
        Lookup::OrMadeUp if is_traffic => Some(Kind::Traffic),
        Lookup::OrMadeUp => Some(Kind::Exit),
    }
}

impl Machine {
    /// Applies an event of which nobody wants to know what it was bound to, if it changes no more than the books of
    /// its thread; whether it does. If not, nothing happened. To be called after [`Machine::turn_to`]. The event needs
    /// no more parameters than `quiet` says.
    #[inline]
    pub(crate) fn apply_quietly(&mut self, event: &Event<'_>, steps: &Steps, Quiet { kind, .. }: Quiet) -> bool {
        let is_done = self.containers.has_begun()
            && match self.threads.get(event.tid) {
                // Those of no thread, such as switches from an idle CPU, make none up.
                None => matches!(kind, Kind::Bystander | Kind::Switch),
                Some(thread) => {
                    let leader = self.main_thread_from(thread).map(|leader| leader.tid);
                    // Asking for a leader that is not known would make one up.
                    (leader.is_some() || self.view == View::Exit) && self.book(event, steps, kind, leader)
                }
            };
        if is_done {
            self.allowance.pay_in();
        }
        is_done
    }

    /// The object of an event that is still to be applied, if that is known at a glance: it was bound in a segment with
    /// this serial number, and did not change since.
    pub(crate) fn known_object(
        &self,
        event: &Event<'_>,
        steps: &Steps,
        Quiet { kind, .. }: Quiet,
        segment: u64,
    ) -> Option<Id<Object>> {
        let thread = self.threads.get(event.tid).filter(|_| steps.uses_fd)?;
        let number = match kind {
            Kind::Bystander | Kind::Switch => return None,
            Kind::Enter => event.i64(0)?,
            Kind::Exit | Kind::Traffic => {
                let paired = ends(self.view, event.code, thread.last.code);
                let number = thread.last.fd_at_exit(event, steps, (self.view, paired));
                Some(number).filter(|_| works_on_fd(self.view, steps, paired))?
            }
        };
        self.fds_of(thread).filter(|_| number >= 0)?.known(number, segment)
    }

    /// The descriptors that a thread of the table uses.
    fn fds_of<'t>(&'t self, thread: &'t Thread) -> Option<&'t FdTable> {
        let owner = if thread.shares_fds() { self.main_thread_from(thread) } else { Some(thread) };
        owner.map(|owner| &owner.fds)
    }

    /// Takes an event into the books of its thread, unless it may change more.
    fn book(&mut self, event: &Event<'_>, steps: &Steps, kind: Kind, leader: Option<i64>) -> bool {
        match kind {
            Kind::Bystander => {}
            Kind::Switch => set_at_switch(self, event, event.tid, leader),
            Kind::Enter => return self.enters_quietly(event, steps),
            Kind::Exit | Kind::Traffic => return self.exits_quietly(event, steps, kind),
        }
        true
    }

    fn enters_quietly(&mut self, event: &Event<'_>, steps: &Steps) -> bool {
        let Some(thread) = self.threads.get_mut(event.tid) else { return false };
        thread.last.enter(event, steps);
        true
    }

    fn exits_quietly(&mut self, event: &Event<'_>, steps: &Steps, kind: Kind) -> bool {
        let view = self.view;
        let Some(thread) = self.threads.get(event.tid).filter(|thread| thread.last.kept.is_none()) else {
            return false;
        };
        let paired = ends(view, event.code, thread.last.code);
        let fd = thread.last.fd_at_exit(event, steps, (view, paired));
        if works_on_fd(view, steps, paired) && self.may_change_fd(thread, fd, event.code, kind) {
            return false;
        }
        if let Some(thread) = self.threads.get_mut(event.tid) {
            thread.last.exit(event, steps, (view, paired));
        }
        true
    }

    /// Whether the exit of a call may change the descriptor with this number.
    fn may_change_fd(&self, thread: &Thread, number: i64, code: u16, kind: Kind) -> bool {
        let fd: Option<&Fd> = self.fds_of(thread).filter(|_| number >= 0).and_then(|fds| fds.get(number));
        let is_being_closed = fd.is_some_and(|fd| fd.flags.contains(FdFlags::CLOSE_CANCELED));
        is_being_closed || kind == Kind::Traffic && traffic::may_change(self.view, code, fd)
    }
}
